/** Results of the checks of OHDSI's Data Quality Dashboard, in the form that it writes. */
import { z } from '@hono/zod-openapi';
import { id, MOST_INTEGER } from './whole.ts';

const one = (description: string) =>
  z.array(z.string()).describe(`${description} A list of one, as R writes it.`);
const flag = (description: string) => z.union([z.literal(0), z.literal(1)]).describe(description);

const CheckResultSchema = z
  .object({
    checkId: z.string().describe('Names the check, also for its threshold.'),
    checkName: z.string().describe('Type of the check, such as isRequired.'),
    checkLevel: z.enum(['TABLE', 'FIELD', 'CONCEPT']).describe('What it is about.'),
    checkDescription: z.string().describe('What counts as a violation.'),
    cdmTableName: z.string().describe('Table of the CDM, in capitals.'),
    cdmFieldName: z.string().optional().describe('Its field, in capitals.'),
    conceptId: z
      .string()
      .optional()
      .describe('Of level CONCEPT: the concept, or several with commas between.'),
    category: z.string().describe('Completeness, Conformance or Plausibility.'),
    subcategory: z.string().optional().describe('Relational, Value, Computational, Temporal or Atemporal.'),
    context: z.string().describe('Verification or Validation.'),
    numViolatedRows: z.number().describe('Rows that break the rule.'),
    pctViolatedRows: z.number().describe('Their share, 0 to 1.'),
    numDenominatorRows: z.number().describe('Rows that the rule applies to.'),
    failed: flag('1: it fails by the threshold of today.'),
    passed: flag('1: it passes.'),
    isError: flag('Always 0: a check that cannot be made ends the pass.'),
    notApplicable: flag('1: there was nothing to check.'),
    notApplicableReason: z.string().optional().describe('Why there was nothing to check.'),
    thresholdValue: z.number().describe('Greatest percentage of violating rows with which it passes.'),
    notesValue: z.string().optional().describe('Why the site has set the threshold.'),
    executionTime: z.string().describe('Time of the statement that answered it, shared with others.'),
    queryText: z.string().describe('SQL that gives its two figures.'),
    sqlFile: z.string().describe('The file of this project that writes the SQL.'),
  })
  .openapi('DqdCheckResult');

export const DqdResultsSchema = z
  .object({
    startTimestamp: one('When the pass began, UTC.'),
    endTimestamp: one('When it ended, UTC.'),
    executionTime: one('How long it took, in words.'),
    executionTimeSeconds: z.array(z.number()).describe('The same in seconds.'),
    CheckResults: z.array(CheckResultSchema).describe('Each check.'),
    Metadata: z
      .array(z.record(z.string(), z.union([z.string(), z.number()])))
      .describe('The row of cdm_source, and as dqdVersion the program that made the pass.'),
    Overview: z
      .record(z.string(), z.array(z.number()))
      .describe('How many pass and fail, in all and by category.'),
  })
  .openapi('DqdResults');

const checkId = z.string().min(1).max(300).describe('checkId of a result.');

export const ThresholdParams = z.object({
  check_id: checkId.openapi({
    param: { name: 'check_id', in: 'path' },
    example: 'field_isrequired_person_person_id',
  }),
});

export const SetThresholdSchema = z
  .strictObject({
    threshold: z
      .number()
      .min(0)
      .max(100)
      .describe('Greatest percentage of violating rows with which it passes.'),
    note: z.string().trim().min(1).max(1000).describe('Why: it is shown with the result.'),
  })
  .openapi('SetDqdThreshold');

export const ThresholdSchema = z
  .object({
    check_id: checkId,
    threshold: z.number().describe('Greatest percentage of violating rows with which it passes.'),
    note: z.string().describe('Why.'),
    changed_by: z.string().describe('Who set it.'),
    changed_at: z.string().describe('When, UTC.'),
  })
  .openapi('DqdThreshold');

export type DqdThreshold = z.infer<typeof ThresholdSchema>;

export const PassParams = z.object({
  pass: id('pass', 'dqd_run_id', MOST_INTEGER),
});

const when = (description: string) => z.iso.datetime().nullable().describe(description);
const checks = (description: string) => z.number().int().describe(description);

export const PassSchema = z
  .object({
    dqd_run_id: z.number().int().describe('Number of the pass.'),
    state: z
      .enum(['queued', 'running', 'ended', 'failed', 'cancelled'])
      .describe('The last three are final; only one that has ended has results.'),
    tables: checks('Tables to check; 0 before it begins, and of a pass from the command line.'),
    tables_done: checks('Of them, those that are checked.'),
    requested_by: z.string().nullable().describe('Who asked for it; null of the command line.'),
    program: z.string().describe('Name and version of the program that makes it.'),
    started_at: z.iso.datetime().describe('When it was asked for; of the command line, when it began.'),
    ended_at: when('When it ended.'),
    error: z
      .object({ code: z.string().describe('Stable code.'), message: z.string().describe('What to do.') })
      .nullable()
      .describe('Why it failed.'),
    counts: z
      .object({
        passed: checks('Checks that pass.'),
        failed: checks('Checks that fail.'),
        not_applicable: checks('Checks with nothing to check.'),
        failed_completeness: checks('Failing ones of the category Completeness.'),
        failed_conformance: checks('Failing ones of Conformance.'),
        failed_plausibility: checks('Failing ones of Plausibility.'),
        began_to_fail: z.array(z.string()).describe('Checks that fail and did not in the pass before.'),
        mended: z.array(z.string()).describe('Checks that pass and failed in the pass before.'),
      })
      .nullable()
      .describe('By the thresholds of today; null where it has no results.'),
  })
  .openapi('DqdPass', {
    example: {
      ...{ dqd_run_id: 7, state: 'running', tables: 39, tables_done: 12, requested_by: 'api:kim' },
      ...{ program: 'fhir-omop-sync 1.0.0', started_at: '2026-03-01T08:00:00Z', ended_at: null },
      ...{ error: null, counts: null },
    },
  });

export type DqdPass = z.infer<typeof PassSchema>;

export const passAddress = (pass: number) => `/api/v1/admin/quality/dqd/passes/${pass}`;
