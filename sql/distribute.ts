/** The CDM on Citus: whether it is distributed, and distributing it, or what has come since (citus.sql). */
import { join } from 'node:path';
import type { Sql, Tx } from './connect.ts';
import { runFile } from './run-file.ts';
import type { Session } from './schema-lock.ts';
import { VOCABULARY_TABLES } from './vocabulary-tables.ts';

/** Tables whose rows lie with their person. `person` comes first: the others lie beside it. */
export const TABLES_BY_PERSON = [
  ...[
    'person',
    'observation_period',
    'visit_occurrence',
    'visit_detail',
    'condition_occurrence',
    'drug_exposure',
  ],
  ...['procedure_occurrence', 'device_exposure', 'measurement', 'observation', 'death', 'note', 'specimen'],
  ...['payer_plan_period', 'drug_era', 'dose_era', 'condition_era', 'episode'],
] as const;

/** Whether citus.sql was run here (its table for closes is made by nothing else), and the tables in use are those. */
export async function isDistributed(sql: Sql | Tx | Session): Promise<boolean> {
  const [row] = await sql<{ is: boolean }[]>`select to_regclass('close_scope') is not null as is`;
  if (!row?.is) return false;
  // Who has gathered the CDM on the coordinator (deid/gather.ts) works as on one Postgres.
  const [used] = await sql`select 1 from pg_dist_partition where logicalrelid = to_regclass('person')`;
  return used !== undefined;
}

/** Done again it takes in what is not distributed yet: tables of a new vocabulary, or of another version of the CDM. */
export async function distributeInTx(tx: Tx | Session): Promise<void> {
  await tx`
    select set_config('distribute.on_every_node', ${VOCABULARY_TABLES.join()}, true),
      set_config('distribute.by_person', ${TABLES_BY_PERSON.join()}, true)`;
  await runFile(tx, join(import.meta.dirname, 'citus.sql'));
}
