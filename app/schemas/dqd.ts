/** Results of the checks of OHDSI's Data Quality Dashboard, in the form that it writes. */
import { z } from '@hono/zod-openapi';

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
