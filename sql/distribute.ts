/** The CDM on Citus: whether it is distributed, and distributing it, or what has come since (citus.sql). */
import { join } from 'node:path';
import type { Sql, Tx } from './connect.ts';
import { runFile } from './run-file.ts';

/** Whether citus.sql was run here; its table for closes is made by nothing else. */
export async function isDistributed(sql: Sql | Tx): Promise<boolean> {
  const [row] = await sql<{ is: boolean }[]>`select to_regclass('close_scope') is not null as is`;
  return row?.is ?? false;
}

/** Done again it takes in what is not distributed yet: tables of a new vocabulary, or of another version of the CDM. */
export async function distributeInTx(tx: Tx): Promise<void> {
  await runFile(tx, join(import.meta.dirname, 'citus.sql'));
}
