/**
 * Builds the derived tables anew for the persons that a connection's chunks touched since a run of it last closed
 * (touched_persons), and for those alone: observation_period, condition_era, drug_era, dose_era. Set-based throughout;
 * a run that touched nobody only lets grow what the day of its data pull had cut short (stays that go on, last
 * observation periods). Done twice, it gives the same rows with the same ids.
 */
import { join } from 'node:path';
import { readCdmVersion } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import { isDistributed } from '../../sql/distribute.ts';
import { runFile } from '../../sql/run-file.ts';
import { moveDistributedPartsInTx } from './distributed-visit-parts.ts';
import { bringRolesToProvidersInTx } from './provider-roles.ts';
import { describePersonsInTx, openScopeInTx, scopeToEveryoneInTx } from './scope.ts';

const SQL = join(import.meta.dirname, '../../sql/derive');

/** In this order: patient-observations reads visits; drug-eras and dose-eras read what ingredients gathers. */
const PERIODS_AND_ERAS = [
  'observation-periods.sql',
  'condition-eras.sql',
  'ingredients.sql',
  'drug-eras.sql',
  'dose-eras.sql',
];

/** Columns of CDM 5.5. */
const SPECIMEN_VISITS = 'specimen-visits.sql';

const VISIT_PARTS = 'visit-parts.sql';

const TABLES = [
  VISIT_PARTS,
  'parts-of-visits.sql',
  'events-of-parts.sql',
  SPECIMEN_VISITS,
  'preceding-visits.sql',
  'condition-status.sql',
  'facts.sql',
  'patient-observations.sql',
  ...PERIODS_AND_ERAS,
];

export interface Derived {
  /** Persons whose derived rows were built; they are in persons_in_scope until the transaction ends. */
  readonly persons: number;
  /** Observation periods of other persons that grew. */
  readonly extended: number;
}

interface Pull {
  readonly connectionId: number;
  readonly pulledOn: string;
}

/** `pulledOn` is the day, YYYY-MM-DD, up to which the source has told us everything. */
export async function deriveInTx(tx: Tx, of: Pull): Promise<Derived> {
  await openScopeInTx(tx);
  const movesOn = await movesOnInTx(tx, of);
  const stays = await runFile<{ person_id: number }[]>(tx, join(SQL, 'move-open-stays.sql'), [
    of.connectionId,
    of.pulledOn,
  ]);
  await tx`
    insert into persons_in_scope (person_id, connection_id, pulled_on, silent_after)
    select person_id, ${of.connectionId}, ${of.pulledOn}, 'infinity'
    from (
      select unnest(t.person_ids) from touched_persons t join run r using (run_id)
      where r.connection_id = ${of.connectionId}
      union
      select unnest(${stays.map((row) => row.person_id)}::bigint[])
      union
      select person_id from open_period
      where ${movesOn} and connection_id = ${of.connectionId} and again_on <= ${of.pulledOn}
    ) touched (person_id)`;
  const persons = await describePersonsInTx(tx);
  const extended = movesOn ? await extendPeriodsInTx(tx, of) : 0;
  if (persons > 0) await buildInTx(tx);
  await bringRolesToProvidersInTx(tx, of.connectionId);
  await tx`
    delete from touched_persons t using run r where r.run_id = t.run_id and r.connection_id = ${of.connectionId}`;
  return { persons, extended };
}

/**
 * Notes up to which day the connection's periods reach now. It is for the end of the transaction that derives: whoever
 * changes the connection waits from then on.
 */
export async function noteReachInTx(tx: Tx, { connectionId, pulledOn }: Pull): Promise<void> {
  await tx`
    update connection set periods_reach = ${pulledOn}::date
    where connection_id = ${connectionId} and periods_reach is distinct from ${pulledOn}::date`;
}

/**
 * Whether there are days that the connection's open periods may not have reached yet. A pull of an earlier day than the
 * last cuts the periods of whom it touched there, so that the next one has to move on again.
 */
async function movesOnInTx(tx: Tx, { connectionId, pulledOn }: Pull): Promise<boolean> {
  const [before] = await tx<{ moves_on: boolean }[]>`
    select periods_reach is null or periods_reach < ${pulledOn}::date as moves_on
    from connection where connection_id = ${connectionId}`;
  return before?.moves_on ?? true;
}

async function extendPeriodsInTx(tx: Tx, { connectionId, pulledOn }: Pull): Promise<number> {
  const [grown] = await runFile<{ periods: number }[]>(tx, join(SQL, 'extend-open-periods.sql'), [
    connectionId,
    pulledOn,
  ]);
  await tx`
    delete from open_period
    where connection_id = ${connectionId} and again_on is null and ends_on <= ${pulledOn}`;
  return grown?.periods ?? 0;
}

/** For everyone that we loaded, e.g. after a new vocabulary; persons that an existing CDM had before us stay as they are. */
export async function deriveEveryoneInTx(tx: Tx, today: string): Promise<number> {
  await openScopeInTx(tx);
  const persons = await scopeToEveryoneInTx(tx, today, 'loaded');
  if (persons > 0) await buildInTx(tx);
  return persons;
}

async function buildInTx(tx: Tx): Promise<void> {
  // Without parameters a file is sent as it is, so it may hold several statements.
  const { version } = await readCdmVersion(tx);
  const distributed = await isDistributed(tx);
  for (const file of TABLES) {
    if (file === VISIT_PARTS && distributed) await moveDistributedPartsInTx(tx);
    else if (version !== '5.4' || file !== SPECIMEN_VISITS) await runFile(tx, join(SQL, file));
  }
  // Not by its last reader, which is another one in CDM 5.4.
  await tx`drop table part_of_visit`;
}

/**
 * What Patients say of themselves, dated by their visits. For whoever has tables that stand for the CDM's (the
 * de-identified copy): unlike the others these two derive nothing that is in no such table.
 */
export async function datePatientObservationsInTx(tx: Tx): Promise<void> {
  await runFile(tx, join(SQL, 'patient-observations.sql'));
}

/** Periods and eras of the persons in scope; see above. */
export async function derivePeriodsAndErasInTx(tx: Tx): Promise<void> {
  for (const file of PERIODS_AND_ERAS) await runFile(tx, join(SQL, file));
}

const DERIVED = [
  'observation_period',
  'condition_era',
  'drug_era',
  'dose_era',
  'open_period',
  'written_fact',
];

/** Rows of persons that leave the CDM, so that none of them points at nobody until the run closes. */
export async function deleteDerivedInTx(tx: Tx, persons: readonly number[]): Promise<void> {
  await tx`
    delete from fact_relationship f using written_fact w
    where w.person_id = any(${persons}::bigint[])
      and f.fact_id_1 = w.fact_id_1 and f.domain_concept_id_1 = w.domain_concept_id_1
      and f.fact_id_2 = w.fact_id_2 and f.domain_concept_id_2 = w.domain_concept_id_2
      and f.relationship_concept_id = w.relationship_concept_id`;
  for (const table of DERIVED) {
    await tx`delete from ${tx(table)} where person_id = any(${persons}::bigint[])`;
  }
}
