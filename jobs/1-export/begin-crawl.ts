/**
 * Step 1 of a sync by searches: there is no export to ask for. What stands in its place is made here in one commit: the
 * time on the server's clock up to which the run will have asked for everything, a file for each type, and whom it is
 * about. The searches follow (3-crawl), the first of them to find those who are known by an identifier only.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import type { Connection } from '../connection/connection.ts';
import { requestMetadata } from '../fhir/capability.ts';
import { ehrHttp } from '../fhir/ehr-http.ts';
import { membersOf } from '../fhir/group.ts';
import { dateOf, escaped } from '../fhir/search.ts';
import { OF_NOBODY } from '../fhir/search-facts.ts';
import { readBlocklist } from '../load/blocklist.ts';
import { phaseOf } from '../load/phases.ts';
import { advanceInTx } from '../run/advance.ts';
import { noteInTx, notice } from '../run/notices.ts';
import { planWideSearchesInTx, typesOf } from '../run/searches.ts';
import type { Deps } from '../step/deps.ts';
import type { StepContext } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';
import { settleScopes } from './granted-scopes.ts';

export async function beginCrawl(
  deps: Deps,
  step: StepContext<'export'>,
  run: Run,
  connection: Connection,
): Promise<void> {
  const { sql, clock, queue, tokens } = deps;
  // Nothing is asked for while nothing of it could be mapped.
  await deps.resolver.state(sql);
  await settleScopes(deps, connection, run, (await tokens.of(connection).get()).notGranted);
  const began = await clockOfServer(deps, connection);
  const cohort =
    run.kind === 'patient' ? await askedFor(sql, run) : await cohortOf(deps, connection, step.stopping);
  await step.commit(async (tx) => {
    const live = await tx`
      update run set status = 'downloading', crawls = true, started_at = coalesce(started_at, ${clock()}),
        manifest_at = ${clock()}, requires_token = true,
        reconciles = reconciles or (mode = 'full' and ${connection.watermark !== null}), transaction_time = ${began?.toISOString() ?? null}
      where run_id = ${run.run_id} and status in ('pending', 'exporting') returning run_id`;
    if (live.length === 0) return;
    await tx`
      insert into crawl (run_id, connection_id, cohort)
      values (${run.run_id}, ${run.connection_id}, ${cohort.kind})`;
    if (!began) await noteInTx(tx, run.run_id, clock(), notice('server-without-clock'));
    // What is nobody's is asked for by no patient.
    const isWide = run.kind !== 'patient';
    await makeFilesInTx(
      tx,
      run.run_id,
      typesOf(connection).filter((type) => isWide || !OF_NOBODY.includes(type)),
    );
    await writeCohortInTx(tx, deps, run, cohort);
    const now = await readRun(tx, run.run_id);
    if (isWide) await planWideSearchesInTx(tx, now ?? run, connection, cohort.kind === 'all');
    await advanceInTx(tx, queue, { run_id: run.run_id, limits: connection.config.limits }, clock());
  });
}

/** Whatever the answer: it is the first, so what is asked for afterwards is not older. */
async function clockOfServer({ outbound }: Deps, connection: Connection): Promise<Date | undefined> {
  const http = ehrHttp(outbound, connection);
  const response = await requestMetadata(connection.fhir_base_url ?? '', undefined, http);
  await response.body?.cancel();
  return dateOf(response);
}

interface Cohort {
  readonly kind: 'group' | 'list' | 'all';
  readonly patients: readonly string[];
  readonly identifiers: readonly string[];
}

async function cohortOf(
  deps: Deps,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Cohort> {
  const { config, group_id } = connection;
  if (config.cohort) return { kind: 'list', ...config.cohort };
  if (group_id === null) return { kind: 'all', patients: [], identifiers: [] };
  const options = { outbound: deps.outbound, now: deps.clock(), signal };
  const patients = await membersOf(connection, deps.tokens.of(connection), group_id, options);
  return { kind: 'group', patients, identifiers: [] };
}

/** Of whom a run of some patients was asked for (operator/start-patient-sync.ts). */
async function askedFor(sql: Sql, { run_id }: Run): Promise<Cohort> {
  const rows = await sql<{ asked: string | null; patient_id: string | null }[]>`
    select asked, patient_id from crawl_patient where run_id = ${run_id} order by n`;
  return {
    kind: 'list',
    patients: rows.flatMap((row) => (row.asked === null ? (row.patient_id ?? []) : [])),
    identifiers: rows.flatMap((row) => row.asked ?? []),
  };
}

async function makeFilesInTx(tx: Tx, runId: number, types: readonly string[]): Promise<void> {
  const files = [...types].map((type) => ({ type, phase: phaseOf(type) }));
  await tx`
    insert into export_file (run_id, file_no, kind, resource_type, phase, url, state)
    select ${runId}, row_number() over (order by f.phase, f.type), 'output', f.type, f.phase, 'search:' || f.type, 'queued'
    from jsonb_to_recordset(${tx.json(files)}) as f(type text, phase smallint)`;
}

async function writeCohortInTx(tx: Tx, deps: Deps, run: Run, cohort: Cohort): Promise<void> {
  const { identifiers } = cohort;
  // Nothing of a purged patient is loaded, so nothing is asked for, and the id is not written down again.
  const isBlocked = await readBlocklist(tx, deps.keyring, run.connection_id);
  const patients = cohort.patients.filter((id) => !isBlocked?.(id));
  await tx`delete from crawl_patient where run_id = ${run.run_id}`;
  await tx`
    insert into crawl_patient (run_id, n, patient_id, state)
    select ${run.run_id}, n, id, case when row_number() over (partition by id order by n) = 1 then 'found' else 'twice' end
    from unnest(${list(patients)}::text[]) with ordinality as p(id, n)`;
  await tx`
    insert into crawl_patient (run_id, n, asked, state)
    select ${run.run_id}, ${patients.length} + n, asked,
      case when row_number() over (partition by asked order by n) = 1 then 'wanted' else 'twice' end
    from unnest(${list(identifiers)}::text[]) with ordinality as p(asked, n)`;
  const searches = await tx<{ n: number; asked: string }[]>`
    select n, asked from crawl_patient where run_id = ${run.run_id} and state = 'wanted' order by n`;
  await tx`
    insert into crawl_search (run_id, purpose, phase, resource_type, n, parameters)
    select ${run.run_id}, 'identify', 0, 'Patient', s.n, jsonb_build_array(jsonb_build_array('identifier', s.value))
    from jsonb_to_recordset(${tx.json(searches.map(({ n, asked }) => ({ n, value: tokenOf(asked) })))})
      as s(n integer, value text) order by s.n`;
  if (cohort.kind !== 'all') return;
  // Whose history is here is asked for changes; the list tells who is new.
  await tx`
    insert into crawl_patient (run_id, n, patient_id, state)
    select r.run_id, row_number() over (order by w.patient_id), w.patient_id, 'found'
    from run r join crawl_watermark w on w.connection_id = r.connection_id and w.scope = r.export_scope
    where r.run_id = ${run.run_id} and r.mode = 'incremental'`;
}

/** system|value, of which only the bar between the two is one. */
function tokenOf(identifier: string): string {
  const bar = identifier.indexOf('|');
  return `${escaped(identifier.slice(0, bar))}|${escaped(identifier.slice(bar + 1))}`;
}
