/**
 * Reads the figures of the whole installation from the database, whichever process they come from: the views say how
 * connections and runs are doing, the queue what waits, the table `meter` what processes measured.
 */
import { statfs } from 'node:fs/promises';
import { HEALTH } from '../../jobs/connection/health.ts';
import { MAPPING_CODE_VERSION } from '../../jobs/map/version.ts';
import { BOUNDS } from '../../jobs/step/meters.ts';
import { DEAD, STEP_NAMES } from '../../jobs/step/queue.ts';
import about from '../../package.json' with { type: 'json' };
import type { Schemas, Sql } from '../../sql/connect.ts';
import type { MetricName } from './names.ts';
import type { Sample } from './text.ts';

export interface Collected {
  readonly sql: Sql;
  readonly schemas: Schemas;
  readonly clock: () => Date;
  /** Where the embedded database is; undefined where it is another. */
  readonly folder: string | undefined;
}

export async function collect(from: Collected): Promise<Sample[]> {
  const parts = await Promise.all([
    connections(from),
    funnel(from),
    runs(from),
    backlog(from),
    queue(from),
    alerts(from),
    meters(from),
    room(from),
  ]);
  return [...ofProcess(from), ...parts.flat()];
}

const sample = (metric: MetricName, labels: readonly string[], value: number): Sample => ({
  metric,
  labels,
  value,
});

async function connections({ sql, clock }: Collected): Promise<Sample[]> {
  const rows = await sql<
    {
      site_key: string;
      health: string;
      codes: string[];
      failures_in_row: number;
      watermark: string | null;
      last_success_at: Date | null;
      mapping_coverage: number | null;
      records_failed_open: number;
      parked_open: number;
    }[]
  >`
    select site_key, health, array(select r ->> 'code' from jsonb_array_elements(reasons) r) as codes, failures_in_row,
      watermark, last_success_at, mapping_coverage, records_failed_open, parked_open
    from connection_health order by connection_id`;
  return rows.flatMap((row) => {
    const { site_key } = row;
    const codes = Map.groupBy(row.codes, (code) => code);
    const told = Date.parse(row.watermark ?? '');
    return [
      ...HEALTH.map((state) =>
        sample('fhir_omop_connection_health', [site_key, state], state === row.health ? 1 : 0),
      ),
      ...[...codes].map(([code, all]) =>
        sample('fhir_omop_connection_reasons', [site_key, code], all.length),
      ),
      sample('fhir_omop_connection_failures_in_row', [site_key], row.failures_in_row),
      ...(Number.isNaN(told)
        ? []
        : [sample('fhir_omop_data_age_seconds', [site_key], (clock().getTime() - told) / 1000)]),
      ...(row.last_success_at
        ? [
            sample(
              'fhir_omop_last_success_timestamp_seconds',
              [site_key],
              row.last_success_at.getTime() / 1000,
            ),
          ]
        : []),
      ...(row.mapping_coverage === null
        ? []
        : [sample('fhir_omop_mapping_coverage_ratio', [site_key], row.mapping_coverage / 100)]),
      sample('fhir_omop_open_resources', [site_key, 'failed'], row.records_failed_open),
      sample('fhir_omop_open_resources', [site_key, 'parked'], row.parked_open),
    ];
  });
}

const OUTCOMES = ['unchanged', 'loaded', 'excluded', 'failed', 'parked'] as const;

async function funnel({ sql }: Collected): Promise<Sample[]> {
  type Row = { site_key: string; extracted: number; rows_written: number } & Record<
    (typeof OUTCOMES)[number],
    number
  >;
  const rows = await sql<Row[]>`
    select site_key, extracted, unchanged, loaded, excluded, failed, parked, rows_written from pipeline_funnel
    order by connection_id`;
  return rows.flatMap((row) => [
    sample('fhir_omop_resources_extracted_total', [row.site_key], row.extracted),
    ...OUTCOMES.map((outcome) => sample('fhir_omop_resources_total', [row.site_key, outcome], row[outcome])),
    sample('fhir_omop_rows_written_total', [row.site_key], row.rows_written),
  ]);
}

async function runs({ sql, clock }: Collected): Promise<Sample[]> {
  const now = clock();
  const [rows, retrying] = await Promise.all([
    sql<
      {
        site_key: string;
        kind: string;
        status: string;
        live: boolean;
        n: number;
        seconds: number;
        oldest: Date;
      }[]
    >`
      select c.site_key, r.kind, r.status, r.finished_at is null as live, count(*) as n, min(r.created_at) as oldest,
        coalesce(sum(extract(epoch from r.finished_at - r.created_at)), 0)::float8 as seconds
      from run r join connection c using (connection_id)
      group by c.site_key, r.kind, r.status, r.finished_at is null
      order by 1, 2, 3`,
    sql<{ site_key: string; n: number }[]>`
      select c.site_key, count(t.run_id) as n
      from connection c left join run r using (connection_id) left join run_retry t using (run_id)
      group by c.site_key order by 1`,
  ]);
  const ended = rows.filter(({ live }) => !live);
  const completed = ended.filter(({ status }) => status === 'completed');
  const live = Map.groupBy(
    rows.filter((row) => row.live),
    ({ site_key }) => site_key,
  );
  return [
    ...ended.map((row) => sample('fhir_omop_runs_total', [row.site_key, row.kind, row.status], row.n)),
    ...completed.flatMap(({ site_key, kind, seconds, n }) =>
      sumAndCount('fhir_omop_run_duration_seconds', [site_key, kind], seconds, n),
    ),
    ...[...live].flatMap(([site_key, all]) => [
      ...[...Map.groupBy(all, ({ status }) => status)].map(([status, some]) =>
        sample(
          'fhir_omop_runs_live',
          [site_key, status],
          some.reduce((sum, { n }) => sum + n, 0),
        ),
      ),
      sample(
        'fhir_omop_run_live_seconds',
        [site_key],
        (now.getTime() - Math.min(...all.map(({ oldest }) => oldest.getTime()))) / 1000,
      ),
    ]),
    ...retrying.map(({ site_key, n }) => sample('fhir_omop_steps_retrying', [site_key], n)),
  ];
}

/** Only live runs have chunks that wait. */
async function backlog({ sql }: Collected): Promise<Sample[]> {
  const rows = await sql<{ site_key: string; chunks: number; bytes: number }[]>`
    select c.site_key, coalesce(sum(w.chunks), 0)::bigint as chunks, coalesce(sum(w.bytes), 0)::bigint as bytes
    from connection c
    left join run r on r.connection_id = c.connection_id and r.finished_at is null
    left join lateral (
      select count(*) as chunks, sum(byte_end - byte_start) as bytes from chunk
      where run_id = r.run_id and state <> 'done'
    ) w on true
    group by c.site_key order by 1`;
  return rows.flatMap(({ site_key, chunks, bytes }) => [
    sample('fhir_omop_backlog_chunks', [site_key], chunks),
    sample('fhir_omop_backlog_bytes', [site_key], bytes),
  ]);
}

const JOB_STATES = ['ready', 'deferred', 'active'] as const;

async function queue({ sql, schemas }: Collected): Promise<Sample[]> {
  const rows = await sql<{ name: string; state: string; n: number; waited: number }[]>`
    select name,
      case when state = 'active' then 'active' when start_after > now() then 'deferred' else 'ready' end as state,
      count(*) as n, extract(epoch from now() - min(start_after))::float8 as waited
    from ${sql(`${schemas.queue}.job`)}
    where state in ('created', 'retry', 'active') and name like 'sync-%'
    group by 1, 2`;
  return [...STEP_NAMES.map((step) => [step, `sync-${step}`] as const), ['dead', DEAD] as const].flatMap(
    ([step, name]) => {
      const of = (state: string) => rows.find((row) => row.name === name && row.state === state);
      return [
        ...JOB_STATES.map((state) => sample('fhir_omop_queue_jobs', [step, state], of(state)?.n ?? 0)),
        sample('fhir_omop_queue_oldest_seconds', [step], of('ready')?.waited ?? 0),
      ];
    },
  );
}

async function alerts({ sql }: Collected): Promise<Sample[]> {
  const rows = await sql<{ kind: string; n: number }[]>`
    select kind, count(*) as n from alerts where state = 'open' group by kind order by kind`;
  return rows.map(({ kind, n }) => sample('fhir_omop_alerts_open', [kind], n));
}

interface MeterRow {
  readonly name: string;
  readonly site_key: string | null;
  readonly label: string;
  readonly outcome: string;
  readonly observed: number;
  readonly seconds: number;
  readonly buckets: readonly number[];
}

async function meters({ sql }: Collected): Promise<Sample[]> {
  const rows = await sql<MeterRow[]>`
    select m.name, c.site_key, m.label, m.outcome, m.observed, m.seconds, m.buckets
    from meter m left join connection c using (connection_id)
    order by m.name, c.site_key, m.label, m.outcome`;
  return rows.flatMap((row) => {
    const { name, outcome, observed } = row;
    const site = row.site_key ?? '';
    if (name === 'step') return histogram('fhir_omop_step_duration_seconds', [row.label, outcome], row);
    if (name === 'ehr-request') {
      return histogram('fhir_omop_ehr_request_duration_seconds', [site, outcome], row);
    }
    if (name === 'token-error') return [sample('fhir_omop_token_errors_total', [site, outcome], observed)];
    if (name === 'api-request') {
      return histogram('fhir_omop_api_request_duration_seconds', [row.label, outcome], row);
    }
    return [];
  });
}

function histogram(metric: MetricName, labels: readonly string[], row: MeterRow): Sample[] {
  let below = 0;
  const buckets = BOUNDS.map((bound, n) => {
    below += row.buckets[n] ?? 0;
    return { metric, labels, suffix: '_bucket', le: String(bound), value: below };
  });
  return [
    ...buckets,
    { metric, labels, suffix: '_bucket', le: '+Inf', value: row.observed },
    ...sumAndCount(metric, labels, row.seconds, row.observed),
  ];
}

function sumAndCount(metric: MetricName, labels: readonly string[], sum: number, count: number): Sample[] {
  return [
    { metric, labels, suffix: '_sum', value: sum },
    { metric, labels, suffix: '_count', value: count },
  ];
}

async function room({ sql, folder }: Collected): Promise<Sample[]> {
  const [size] = await sql<{ bytes: number }[]>`select pg_database_size(current_database()) as bytes`;
  const disk = folder === undefined ? undefined : await statfs(folder).catch(() => undefined);
  return [
    sample('fhir_omop_database_bytes', [], size?.bytes ?? 0),
    ...(disk ? [sample('fhir_omop_disk_free_bytes', [], disk.bavail * disk.bsize)] : []),
  ];
}

function ofProcess({ clock }: Collected): Sample[] {
  const mapping = String(MAPPING_CODE_VERSION);
  return [
    sample('fhir_omop_build_info', [about.version, process.versions.node, mapping], 1),
    sample('process_resident_memory_bytes', [], process.memoryUsage.rss()),
    sample('process_start_time_seconds', [], clock().getTime() / 1000 - process.uptime()),
  ];
}
