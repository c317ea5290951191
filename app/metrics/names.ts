/**
 * The metrics that /metrics gives out. Names and labels are a promise to dashboards and alerts: they are added to, not
 * changed. Labels are keys of connections, steps, operations, states, classes of status and codes: each has a bounded
 * number of values, and none says anything of a patient.
 */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly labels: readonly string[];
}

const metric = (type: Metric['type'], labels: readonly string[], help: string): Metric => ({
  type,
  labels,
  help,
});
const SITE = ['site_key'];

export const METRICS = {
  fhir_omop_build_info: metric(
    'gauge',
    ['version', 'node', 'mapping'],
    'Always 1; the labels say which build answers.',
  ),
  fhir_omop_connection_health: metric(
    'gauge',
    ['site_key', 'health'],
    '1 for the state that the connection is in, 0 for the others.',
  ),
  fhir_omop_connection_reasons: metric(
    'gauge',
    ['site_key', 'code'],
    'Why the connection is not healthy: how many reasons of each code.',
  ),
  fhir_omop_connection_failures_in_row: metric('gauge', SITE, 'Runs in a row that failed at the EHR.'),
  fhir_omop_data_age_seconds: metric(
    'gauge',
    SITE,
    'Seconds since the time up to which the EHR has told everything (the watermark).',
  ),
  fhir_omop_last_success_timestamp_seconds: metric(
    'gauge',
    SITE,
    'When the last sync or import was completed.',
  ),
  fhir_omop_mapping_coverage_ratio: metric(
    'gauge',
    SITE,
    'Of the loaded resources, the share whose every primary code has a Standard concept.',
  ),
  fhir_omop_open_resources: metric(
    'gauge',
    ['site_key', 'state'],
    'Resources that are not in the CDM and should be: failed, or parked until their Patient comes.',
  ),
  fhir_omop_resources_total: metric(
    'counter',
    ['site_key', 'outcome'],
    'Resources by what became of them: unchanged, loaded, excluded, failed, parked.',
  ),
  fhir_omop_resources_extracted_total: metric('counter', SITE, 'Resources that were received.'),
  fhir_omop_rows_written_total: metric('counter', SITE, 'CDM rows that were written.'),
  fhir_omop_runs_total: metric('counter', ['site_key', 'kind', 'status'], 'Runs that have ended.'),
  fhir_omop_run_duration_seconds: metric(
    'summary',
    ['site_key', 'kind'],
    'How long completed runs took, from their trigger to their end.',
  ),
  fhir_omop_runs_live: metric('gauge', ['site_key', 'status'], 'Runs under way.'),
  fhir_omop_run_live_seconds: metric('gauge', SITE, 'How long the oldest run under way has taken so far.'),
  fhir_omop_steps_retrying: metric('gauge', SITE, 'Steps that failed and are tried again.'),
  fhir_omop_backlog_chunks: metric('gauge', SITE, 'Chunks that are downloaded and not mapped yet.'),
  fhir_omop_backlog_bytes: metric('gauge', SITE, 'Their text, uncompressed.'),
  fhir_omop_queue_jobs: metric('gauge', ['step', 'state'], 'Jobs of the queue: ready, deferred, active.'),
  fhir_omop_queue_oldest_seconds: metric(
    'gauge',
    ['step'],
    'How long the oldest job that is ready has waited.',
  ),
  fhir_omop_alerts_open: metric('gauge', ['kind'], 'Alerts that nobody has acknowledged.'),
  fhir_omop_step_duration_seconds: metric(
    'histogram',
    ['step', 'outcome'],
    'Tries of steps (step "map" is one chunk): done, retry, failed, lost.',
  ),
  fhir_omop_ehr_request_duration_seconds: metric(
    'histogram',
    ['site_key', 'answer'],
    'Requests to EHRs until the headers of the answer, by its class of status; none: no answer came.',
  ),
  fhir_omop_token_errors_total: metric('counter', ['site_key', 'code'], 'Tokens that were not to be had.'),
  fhir_omop_api_request_duration_seconds: metric(
    'histogram',
    ['operation', 'answer'],
    'Requests to the API, by operation and class of status.',
  ),
  fhir_omop_database_bytes: metric('gauge', [], 'Size of the database.'),
  fhir_omop_disk_free_bytes: metric('gauge', [], 'Free space where the embedded database is.'),
  process_resident_memory_bytes: metric('gauge', [], 'Memory of the process that answers.'),
  process_start_time_seconds: metric('gauge', [], 'When the process that answers was started.'),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** The names that a metric has in the text, which dashboards and alerts ask for. */
export function seriesOf(name: MetricName): string[] {
  const { type } = METRICS[name];
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [`${name}_sum`, `${name}_count`] : [name];
}
