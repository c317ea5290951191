/**
 * Reconciles: a full export is compared with what is stored, since most servers never say what was deleted. Every
 * chunk of such a run notes which resources it held (unchanged ones write nothing else); when the run closes, what is
 * stored and did not come is listed as vanished. Nothing is removed until a person confirms the number.
 *
 * Only types of which something came are compared. A type that a server left out, say for want of a scope, looks like
 * one whose every resource was deleted. A sync by searches compares what is of the patients that it was about.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { WITHHELD } from '../lines/failure-reasons.ts';
import { GONE } from '../load/reasons.ts';
import { keysOfPatients } from '../load/take-out/purge-resources.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';

/** Runs once all is mapped, in the transaction that closes the run and before its watermark is moved. */
export async function compareInTx(
  tx: Tx,
  { keyring, clock }: Pick<Deps, 'keyring' | 'clock'>,
  run: Run,
  connection: Connection,
): Promise<void> {
  await tx`
    create temporary table seen_now on commit drop as
    select distinct unnest(resource_keys) as resource_key from seen_resources where run_id = ${run.run_id}`;
  await tx`analyze seen_now`;
  await forgetHydratedInTx(tx, run);
  const types = await tx<{ type: string; came: boolean }[]>`
    select s.type, exists (
      select 1 from seen_now n join resource r using (resource_key) where r.resource_type = s.type
    ) as came
    from (select distinct resource_type as type from resource where connection_id = ${run.connection_id}) s
    order by s.type`;
  const asked = connection.export_resource_types;
  const came = types.filter((one) => one.came).map((one) => one.type);
  const missing = types
    .filter((one) => !one.came && (asked.length === 0 || asked.includes(one.type)))
    .map((one) => one.type);
  const isPart = await collectComparedInTx(tx, keyring, run);
  await tx`
    create temporary table stored_now on commit drop as
    select r.resource_key, r.resource_type from resource r
    where r.connection_id = ${run.connection_id} and r.resource_type = any(${came}::text[])
      and r.first_run < ${run.run_id} and (r.reason is null or r.reason <> all(${Object.values(GONE)}))
      and ${cameByExport(tx)}
      and ${isPart ? tx`exists (select from compared_now c where c.resource_key = r.resource_key)` : tx`true`}`;
  await tx`
    create temporary table vanished_now on commit drop as
    select * from stored_now s where not exists (select 1 from seen_now n where n.resource_key = s.resource_key)`;
  const counts = await tx<{ stored: number; vanished: number }[]>`
    select count(*) as stored,
      (select count(*) from vanished_now v where v.resource_type = s.resource_type) as vanished
    from stored_now s group by s.resource_type`;
  const stored = counts.reduce((sum, one) => sum + one.stored, 0);
  const vanished = counts.reduce((sum, one) => sum + one.vanished, 0);
  await tx`
    insert into reconciliation (run_id, connection_id, compared_at, types, types_missing, stored, vanished, obstacles, doubts)
    values (${run.run_id}, ${run.connection_id}, ${clock()}, ${came}, ${missing}, ${stored}, ${vanished},
      ${await obstacles(tx, run, connection)}, ${await doubts(tx, run, connection, counts)})`;
  await tx`insert into vanished (run_id, resource_key) select ${run.run_id}, resource_key from vanished_now`;
  await tx`delete from seen_resources where run_id = ${run.run_id}`;
}

/** Patients whose keys are held in memory at a time. */
const PORTION = 500;

/**
 * Of whom a sync by searches did not ask, nothing can have vanished; who is not found any more, has. False where all is
 * compared.
 */
async function collectComparedInTx(tx: Tx, keyring: Keyring, run: Run): Promise<boolean> {
  if (!run.crawls) return false;
  const [crawl] = await tx<{ cohort: string }[]>`select cohort from crawl where run_id = ${run.run_id}`;
  if (crawl?.cohort === 'all') return false;
  await tx`create temporary table compared_now (resource_key bigint primary key) on commit drop`;
  const of = { connectionId: run.connection_id, keyring };
  for (let after = ''; ; ) {
    const asked = await tx<{ patient_id: string }[]>`
      select distinct patient_id from crawl_patient
      where run_id = ${run.run_id} and patient_id is not null and patient_id > ${after}
      order by patient_id limit ${PORTION}`;
    const last = asked.at(-1);
    if (!last) break;
    const patients = asked.map((one) => one.patient_id);
    const keys = await keysOfPatients(tx, of, { purge_id: 0, patients });
    await tx`insert into compared_now select unnest(${keys}::bigint[]) on conflict do nothing`;
    after = last.patient_id;
  }
  await tx`analyze compared_now`;
  return true;
}

/** What the export holds after all vanishes when it does so no more. */
async function forgetHydratedInTx(tx: Tx, run: Run): Promise<void> {
  await tx`
    delete from hydration_request h using resource r, seen_now n
    where h.connection_id = ${run.connection_id} and r.connection_id = h.connection_id
      and r.resource_type = h.resource_type and r.fhir_id = h.fhir_id and n.resource_key = r.resource_key`;
}

/** A condition on `r`: it was not asked for because exports leave it out. */
const cameByExport = (tx: Tx) => tx`not exists (
        select 1 from hydration_request h
        where h.connection_id = r.connection_id and h.resource_type = r.resource_type and h.fhir_id = r.fhir_id
          and h.found_at is not null
      )`;

/** The export was not whole, or the ones before it asked for something else. */
async function obstacles(tx: Tx, run: Run, connection: Connection): Promise<string[]> {
  const [found] = await tx<{ withheld: boolean; unreadable: boolean; failed: boolean }[]>`
    select exists (
        select 1 from failure where run_id = ${run.run_id} and reason = any(${WITHHELD as string[]}) and resolved_at is null
      ) as withheld,
      exists (select 1 from failure where run_id = ${run.run_id} and fhir_id is null) as unreadable,
      exists (select 1 from export_file where run_id = ${run.run_id} and state <> 'done') as failed`;
  return [
    ...(found?.withheld || found?.failed ? ['export-incomplete'] : []),
    ...(found?.unreadable ? ['lines-unreadable'] : []),
    ...(connection.watermark_scope === run.export_scope ? [] : ['scope-changed']),
  ];
}

/** A handful may be all there is of a type. */
const FEW = 10;

async function doubts(
  tx: Tx,
  run: Run,
  connection: Connection,
  counts: readonly { readonly stored: number; readonly vanished: number }[],
): Promise<string[]> {
  const { vanished_percent } = connection.config.limits;
  const all = counts.reduce(
    (sum, one) => ({ stored: sum.stored + one.stored, vanished: sum.vanished + one.vanished }),
    { stored: 0, vanished: 0 },
  );
  const many = [all, ...counts.filter((one) => one.vanished > FEW)].some(
    (one) => one.vanished * 100 > one.stored * vanished_percent,
  );
  const [short] = await tx`
    select 1 from export_file where run_id = ${run.run_id} and kind = 'output' and lines_done < expected_count limit 1`;
  return [...(many ? ['many-vanished'] : []), ...(short ? ['fewer-lines-than-announced'] : [])];
}
