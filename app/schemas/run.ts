/** A run as the API answers it; the detail adds what became of each type, table, reason and file. */
import { z } from '@hono/zod-openapi';
import { LIVE_STATUSES, RUN_STATUSES } from '../../jobs/step/run-status.ts';
import { NoticeSchema } from './health.ts';

const count = (description: string) => z.number().int().describe(description);
const when = (description: string) => z.iso.datetime().nullable().describe(description);

const FILTERS = [...RUN_STATUSES, 'active'] as const;

export const StatusQuery = {
  status: z
    .preprocess(
      (given) => (typeof given === 'string' ? given.split(',') : given),
      z
        .array(z.enum(FILTERS))
        .min(1)
        .transform((words) => words.flatMap((word) => (word === 'active' ? LIVE_STATUSES : [word])))
        .optional(),
    )
    .openapi({
      param: { name: 'status', in: 'query', required: false },
      type: 'array',
      items: { type: 'string', enum: [...FILTERS] },
      description:
        'Only runs of these statuses; repeated or with commas. "active" stands for those that are not final.',
    }),
};

export const RunSchema = z
  .object({
    run_id: z.number().int().describe('Number of the run.'),
    connection_id: z.number().int().describe('Connection that is synced.'),
    status: z.enum(RUN_STATUSES).describe('Where the run is; the last three are final.'),
    kind: z
      .enum(['export', 'import', 'remap', 'redrive', 'removal', 'purge', 'deletion', 'patient'])
      .describe(
        'From a Bulk Data export, or from files on disk; or work on what is stored: mapped again with a new ' +
          'vocabulary, failures mapped again, what is gone taken out, a patient purged, the connection deleted. `patient`: some patients, by searches.',
      ),
    mode: z.enum(['full', 'incremental']).describe('Everything, or what changed since the watermark.'),
    since: z.string().nullable().describe('`_since` as it was sent; null for a full export.'),
    triggered_by: z.string().describe('Who or what started it.'),
    created_at: z.iso.datetime().describe('When it was asked for.'),
    started_at: when('When its first step began.'),
    finished_at: when('When it reached a final status.'),
    duration_seconds: z.number().describe('Seconds from the trigger to the end, or to now.'),
    transaction_time: z.string().nullable().describe("The export's transactionTime, as the server wrote it."),
    next_poll_at: when('When the export is asked about next.'),
    export_progress: z
      .string()
      .nullable()
      .describe("The server's own words on its progress (X-Progress), while it prepares the export."),
    records_extracted: count('Resources received.'),
    records_mapped: count('Of the loaded ones, those whose codes all have a Standard concept.'),
    records_written: count('Rows written to the CDM.'),
    records_failed: count('Resources that should have been loaded and were not; each has its reason.'),
    records_skipped: count('Resources that were unchanged.'),
    records_excluded: count('Resources rightly not loaded, by a rule.'),
    records_loaded: count('Resources loaded.'),
    records_parked: count('Resources that wait for their Patient.'),
    records_redriven: count('Resources of earlier runs that were taken up again.'),
    records_removed: count(
      'Resources taken out of the CDM: deleted or vanished at the source, or purged. Not received, so not in the sum.',
    ),
    mapping_coverage: z
      .number()
      .nullable()
      .describe('Percent of the loaded that are mapped; null when nothing was loaded.'),
    error: z
      .object({
        step: z.string().nullable().describe('Step that failed.'),
        code: z.string().describe('Stable code.'),
        message: z.string().nullable().describe('What was expected, what came, what to do.'),
      })
      .nullable()
      .describe('Why the run failed; null otherwise.'),
    retrying: z
      .object({
        step: z.string().describe('Step that failed and is tried again.'),
        code: z.string().describe('Stable code of the error.'),
        message: z.string().describe('What was expected, what came, what to do.'),
        attempt: count('Tries of that step so far.'),
        failed_at: z.iso.datetime().describe('When the last try failed.'),
        next_at: z.iso.datetime().describe('When it is tried again; past while it is being tried.'),
        steps: count(
          'Steps that are being tried again, files for example; the one that failed last is shown.',
        ),
      })
      .nullable()
      .describe('Why a live run does not get on; null when nothing is being tried again.'),
    held_by: z
      .array(z.string())
      .describe('Reasons of failures for which the watermark did not move when the run was completed.'),
  })
  .openapi('Run');

export const RunDetailSchema = RunSchema.extend({
  by_type: z
    .array(
      z.object({
        resource_type: z.string().describe('FHIR resource type.'),
        extracted: count('Received.'),
        redriven: count('Taken up again from earlier runs.'),
        unchanged: count('Unchanged.'),
        loaded: count('Loaded.'),
        excluded: count('Rightly not loaded.'),
        failed: count('Failed.'),
        parked: count('Waiting for their Patient.'),
        mapped: count('Loaded with Standard concepts.'),
      }),
    )
    .describe(
      'What became of each type; extracted + redriven = unchanged + loaded + excluded + failed + parked.',
    ),
  by_table: z
    .array(
      z.object({
        table_name: z.string().describe('CDM table.'),
        written: count('Rows written.'),
        deleted: count('Rows deleted, those of replaced versions included.'),
      }),
    )
    .describe('Rows by CDM table.'),
  by_reason: z
    .array(
      z.object({
        resource_type: z.string().describe('FHIR resource type.'),
        outcome: z
          .string()
          .describe('excluded, failed or parked; loaded for a part that was left out; removed from the CDM.'),
        reason: z.string().describe('Rule or reason.'),
        resources: count('How many.'),
      }),
    )
    .describe('Why resources were not loaded, or were removed.'),
  files: z
    .array(
      z.object({
        file_no: z.number().int().describe('Place in the manifest.'),
        kind: z.string().describe('output, deleted, error, members or hydrated (asked for one by one).'),
        type: z.string().nullable().describe('Resource type that the manifest names.'),
        state: z.string().describe('pending, queued, done or failed.'),
        bytes: count('Bytes of NDJSON that are here.'),
        lines: count('Lines that are here.'),
        expected_count: count('Resources that the manifest announced.').nullable(),
        finished_at: when('When it was complete, or given up.'),
        error: z
          .object({ code: z.string().describe('Stable code.'), message: z.string().describe('What came.') })
          .nullable()
          .describe('Why it could not be had; null otherwise. The rest of the run went on.'),
      }),
    )
    .describe('Files of the export. Never their URLs, which may be signed.'),
  crawl: z
    .object({
      cohort: z.enum(['group', 'list', 'all']).describe('Whom it is about: a Group, a list, everybody.'),
      patients: count('Patients found.'),
      patients_done: count('Of whom everything was asked for.'),
      not_found: count('Entries of the cohort that are no patient, or several (view crawl_cohort).'),
      searches: count('Searches planned.'),
      searches_done: count('Of them at their end.'),
      searches_lost: count('Of them given up, or of types that the server does not search.'),
      requests: count('Pages received.'),
      throttled: count('Requests that the server refused for a while.'),
      done_at: when('When it may be done at its pace so far; null until then, and once it has ended.'),
    })
    .nullable()
    .describe('How far a sync by searches is; null for others.'),
  hydration: z
    .array(
      z.object({
        resource_type: z.string().describe('FHIR resource type.'),
        wanted: count('Not asked for yet.'),
        asked: count('Asked for: found + not_found + refused + unavailable.'),
        found: count('Came; mapped as if exported, and part of the sums above.'),
        not_found: count('404 or 410.'),
        refused: count('Another answer than the resource; asked for again after hydrate.retry_after_days.'),
        unavailable: count('No answer, or the whole type is refused: the next sync asks again.'),
      }),
    )
    .describe('What the export left out and the server was asked for one by one (sync_config.hydrate).'),
  notices: z
    .array(NoticeSchema)
    .describe('What a person should know of the run although it did not fail for it.'),
}).openapi('RunDetail');

export type Run = z.infer<typeof RunSchema>;
export type RunDetail = z.infer<typeof RunDetailSchema>;
