/**
 * A run that asks by searches in place of an export: its searches are planned once everybody of the cohort is found, and
 * as many of them are under way as limits.parallel_reads allows. Its files are ours, one a type: a file is whole when
 * every search of its type has ended. All of this is decided under the lock of the run (advance.ts).
 */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { BY_PATIENT, CATEGORIES, OF_NOBODY, USUAL_TYPES } from '../fhir/search-facts.ts';
import { phaseOf } from '../load/phases.ts';
import type { Queue } from '../step/queue.ts';
import type { Run } from '../step/run.ts';

/** The server's clocks and indexes may be late: changes are asked for since this long before the watermark. */
const MARGIN_SECONDS = 300;

/** Types that such a run asks for: those that the connection names, or its vendor's usual ones. */
export function typesOf({ export_resource_types, ehr_vendor }: Connection): readonly string[] {
  const wanted = export_resource_types.length > 0 ? export_resource_types : USUAL_TYPES[ehr_vendor];
  return [...new Set(['Patient', ...wanted])].filter((type) => BY_PATIENT[type] || OF_NOBODY.includes(type));
}

interface Template {
  readonly type: string;
  readonly phase: number;
  readonly name: string;
  readonly prefix: string;
  readonly more: readonly (readonly [string, string])[];
}

/** The searches for one patient: one of each type, or of each of its categories. */
function templates(connection: Connection, types: readonly string[]): Template[] {
  const { categories } = connection.config.search;
  return types.flatMap((type) => {
    const name = BY_PATIENT[type];
    if (name === undefined) return [];
    const prefix = name === 'patient' || name === '_id' ? '' : 'Patient/';
    const wanted = categories[type] ?? CATEGORIES[connection.ehr_vendor][type] ?? [];
    const base = { type, phase: phaseOf(type), name, prefix };
    if (wanted.length === 0) return [{ ...base, more: [] }];
    return wanted.map((category) => ({ ...base, more: [['category', category] as const] }));
  });
}

/** The instant from which changes are asked for, in SQL. */
const withMargin = (tx: Tx, { config }: Connection, column: string) => {
  const seconds = Math.max(MARGIN_SECONDS, config.since_overlap_seconds);
  return tx`to_char((${tx(column)}::timestamptz - make_interval(secs => ${seconds})) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
};

/** Those of types that are nobody's, and the list of all Patients: they need no cohort. */
export async function planWideSearchesInTx(
  tx: Tx,
  run: Run,
  connection: Connection,
  all: boolean,
): Promise<void> {
  const types = typesOf(connection).filter((type) => OF_NOBODY.includes(type));
  const wide = [
    ...types.map((type) => ({ type, purpose: 'data', phase: phaseOf(type) })),
    ...(all ? [{ type: 'Patient', purpose: 'list', phase: 0 }] : []),
  ];
  await tx`
    insert into crawl_search (run_id, file_id, purpose, phase, resource_type, parameters, since)
    select ${run.run_id}, f.file_id, w.purpose, w.phase, w.type, '[]',
      case when r.mode = 'incremental' and r.since is not null then ${withMargin(tx, connection, 'since')} end
    from jsonb_to_recordset(${tx.json(wide)}) as w(type text, purpose text, phase smallint)
    join run r on r.run_id = ${run.run_id}
    join export_file f on f.run_id = r.run_id and f.resource_type = w.type
    order by w.phase`;
}

/** Plans what is due, ends files that are whole, and queues what may begin; the caller holds the run's lock. */
export async function moveSearchesInTx(
  tx: Tx,
  queue: Queue,
  runId: number,
  { parallel, upToPhase, now }: { readonly parallel: number; readonly upToPhase: number; readonly now: Date },
): Promise<void> {
  const [crawl] = await tx<{ planned: boolean; looking: boolean; connection_id: number }[]>`
    select planned_at is not null as planned, connection_id, planned_at is null and exists (
      select from crawl_search
      where run_id = ${runId} and purpose <> 'data' and state in ('pending', 'queued')
    ) as looking
    from crawl where run_id = ${runId}`;
  if (!crawl) return;
  const planned = crawl.planned || !crawl.looking;
  if (planned && !crawl.planned)
    await planInTx(tx, runId, await readConnection(tx, crawl.connection_id), now);
  await tx`
    update export_file f set state = 'done', finished_at = ${now}
    where f.run_id = ${runId} and f.state = 'queued'
      and (${planned} or f.resource_type = any(${list(OF_NOBODY)}::text[]))
      and not exists (
        select from crawl_search s where s.file_id = f.file_id and s.state in ('pending', 'queued')
      )`;
  const [under] = await tx<{ way: number }[]>`
    select count(*)::int as way from crawl_search where run_id = ${runId} and state = 'queued'`;
  const free = parallel - (under?.way ?? 0);
  if (free <= 0) return;
  // The limit is a literal: for an unknown limit the planner reads all that wait.
  const searches = await tx<{ search_id: number }[]>`
    update crawl_search set state = 'queued'
    where search_id in (
      select search_id from crawl_search
      where run_id = ${runId} and state in ('pending', 'queued') and state = 'pending' and phase <= ${upToPhase}
      order by phase, search_id limit ${tx.unsafe(String(free))}
    )
    returning search_id`;
  await queue.sendManyInTx(
    tx,
    'crawl',
    searches.map(({ search_id }) => ({ run_id: runId, search_id })),
  );
}

/** Every patient that was found times every search; a patient whose history is here is asked for changes. */
async function planInTx(tx: Tx, runId: number, connection: Connection, now: Date): Promise<void> {
  await tx`
    update crawl_patient p set since = w.watermark
    from run r join crawl_watermark w on w.connection_id = r.connection_id and w.scope = r.export_scope
    where r.run_id = ${runId} and r.mode = 'incremental' and p.run_id = r.run_id and p.state = 'found'
      and w.patient_id = p.patient_id`;
  const [crawl] = await tx<{ cohort: string }[]>`
    update crawl set planned_at = ${now} where run_id = ${runId} returning cohort`;
  // The list of all Patients has brought them.
  const types = typesOf(connection).filter((type) => type !== 'Patient' || crawl?.cohort !== 'all');
  await tx`
    insert into crawl_search (run_id, file_id, phase, resource_type, n, parameters, since)
    select ${runId}, f.file_id, t.phase, t.type, p.n,
      jsonb_build_array(jsonb_build_array(t.name, t.prefix || p.patient_id)) || t.more,
      case when p.since is not null then ${withMargin(tx, connection, 'p.since')} end
    from jsonb_to_recordset(${tx.json(templates(connection, types).map((one) => ({ ...one })) as never)})
      as t(type text, phase smallint, name text, prefix text, more jsonb)
    join export_file f on f.run_id = ${runId} and f.resource_type = t.type
    cross join crawl_patient p
    where p.run_id = ${runId} and p.state = 'found'
    order by t.phase, p.n`;
}

/**
 * The watermark has moved: up to it, everything of these patients is here. Of whom a search was given up, the next sync
 * asks from where this one did.
 */
export async function settleSearchesInTx(tx: Tx, run: Run): Promise<void> {
  const isIncremental = run.mode === 'incremental';
  await tx`
    insert into crawl_watermark as w (connection_id, patient_id, scope, watermark, run_id)
    select ${run.connection_id}, patient_id, ${run.export_scope ?? ''},
      case when n not in (${lostPatients(tx, run)}) then ${run.transaction_time ?? ''} when ${isIncremental} then since end,
      ${run.run_id}
    from crawl_patient where run_id = ${run.run_id} and state = 'found'
    order by patient_id
    on conflict (connection_id, patient_id) do update
    set scope = excluded.scope, watermark = excluded.watermark, run_id = excluded.run_id`;
}

/** `error_code` of a search that is done, whose server has more than it gave out (short_files "hold"). */
export const CUT_OFF = 'search-fewer-than-total';

const lostPatients = (tx: Tx, { run_id }: Run) =>
  tx`select n from crawl_search
    where run_id = ${run_id} and n is not null and (state = 'failed' or error_code = ${CUT_OFF})`;

/**
 * Whether the searches that were given up are each about one patient: whoever they are about is asked for again, and the
 * watermark of the connection says nothing of them. What is nobody's, and types that were named and are refused, hold it.
 */
export async function losesOnlyPatients(tx: Tx, run: Run, connection: Connection): Promise<boolean> {
  if (!run.crawls) return false;
  const [wide] = await tx`
    select from crawl_search
    where run_id = ${run.run_id} and ((state = 'failed' or error_code = ${CUT_OFF}) and n is null
      or state = 'refused' and resource_type = any(${list(connection.export_resource_types)}::text[])) limit 1`;
  return wide === undefined;
}

/** A retry goes on at the place of each search that was under way or given up. */
export async function reopenSearchesInTx(tx: Tx, runId: number): Promise<void> {
  await tx`
    update crawl_search set state = 'pending', restarts = 0, error_code = null
    where run_id = ${runId} and state in ('queued', 'failed', 'refused')`;
  await tx`
    update export_file f set state = 'queued', finished_at = null
    where f.run_id = ${runId} and f.state = 'done'
      and exists (select from crawl_search s where s.file_id = f.file_id and s.state = 'pending')`;
}

/**
 * A run that has ended goes on at no place. One that failed or was paused may go on for as long as no later one was
 * started. Searches that are done have forgotten theirs by themselves.
 */
export async function forgetPlacesInTx(tx: Tx, connectionId: number): Promise<void> {
  const ended = tx`
    select r.run_id from run r where r.connection_id = ${connectionId} and r.crawls and (
      r.status = 'completed' or r.status in ('failed', 'cancelled') and exists (
        select from run later where later.connection_id = r.connection_id and later.run_id > r.run_id
      ))`;
  await tx`
    delete from crawl_page where search_id in (select search_id from crawl_search where run_id in (${ended}))`;
  await tx`
    update crawl_search set next_url = null, parameters = '[]'
    where run_id in (${ended}) and (next_url is not null or parameters <> '[]')`;
}
