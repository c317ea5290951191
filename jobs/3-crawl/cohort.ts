/** Who is found by searches: those of an identifier, and all whom the server lists. Never guessed: several are none. */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { forgetEntriesInTx } from '../load/take-out/forget-cohort.ts';
import { noteInTx, notice } from '../run/notices.ts';
import type { Search } from './search-row.ts';

/** A page of the list of all Patients. */
export async function addPatientsInTx(tx: Tx, runId: number, ids: readonly string[]): Promise<void> {
  await tx`
    insert into crawl_patient (run_id, n, patient_id, state)
    select ${runId}, (select coalesce(max(n), 0) from crawl_patient where run_id = ${runId}) + row_number() over (order by p.n),
      p.id, 'found'
    from (select id, min(n) as n from unnest(${list(ids)}::text[]) with ordinality as t(id, n) group by id) p
    where not exists (
      select from crawl_patient c where c.run_id = ${runId} and c.patient_id = p.id and c.state = 'found'
    )`;
}

/** A page of those who have an identifier; the last page decides. */
export async function noteMatchesInTx(
  tx: Tx,
  { run_id, n }: Search,
  ids: readonly string[],
  isLast: boolean,
): Promise<void> {
  const [patient] = await tx<{ matches: string[] }[]>`
    update crawl_patient
    set matches = array(select distinct unnest(matches || ${list(ids)}::text[]) limit 10)
    where run_id = ${run_id} and n = ${n} returning matches`;
  if (!isLast || !patient) return;
  const [id, other] = patient.matches;
  const [known] =
    id === undefined
      ? []
      : await tx`
          select from crawl_patient where run_id = ${run_id} and patient_id = ${id} and state = 'found'`;
  const state = id === undefined ? 'not-found' : other !== undefined ? 'several' : known ? 'twice' : 'found';
  const one = state === 'found' || state === 'twice' ? (id ?? null) : null;
  await tx`
    update crawl_patient set state = ${state}, patient_id = ${one} where run_id = ${run_id} and n = ${n}`;
}

/** The identifier is one of a patient who is purged: it is not looked for again, nor written down. */
export async function forgetAskedInTx(
  tx: Tx,
  { run_id, n }: Search,
  connectionId: number,
  now: Date,
): Promise<void> {
  const gone = await tx<{ asked: string }[]>`
    delete from crawl_patient where run_id = ${run_id} and n = ${n} returning asked`;
  const identifiers = gone.map(({ asked }) => asked);
  await forgetEntriesInTx(tx, connectionId, { patients: [], identifiers }, now);
}

/** The server has no Patient of this id: nothing else of it is asked for. */
export async function dropPatientInTx(tx: Tx, { run_id, n }: Search): Promise<void> {
  await tx`update crawl_patient set state = 'not-found' where run_id = ${run_id} and n = ${n}`;
  await tx`delete from crawl_search where run_id = ${run_id} and n = ${n} and state = 'pending'`;
}

/** Tells of everybody who was not found, so far. */
export async function tellMissingInTx(tx: Tx, runId: number, now: Date): Promise<void> {
  const [missing] = await tx<{ amount: number }[]>`
    select count(*)::int as amount from crawl_patient
    where run_id = ${runId} and state in ('not-found', 'several')`;
  if (!missing?.amount) return;
  await noteInTx(tx, runId, now, notice('cohort-not-found', {}, { amount: missing.amount }));
}
