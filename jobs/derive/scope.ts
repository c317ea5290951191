/**
 * persons_in_scope: the persons that derivation and quality checks look at, for the length of one
 * transaction.
 */
import { join } from 'node:path';
import type { Tx } from '../../sql/connect.ts';
import { runFile } from '../../sql/run-file.ts';

const SQL = join(import.meta.dirname, '../../sql/derive');

export async function openScopeInTx(tx: Tx): Promise<void> {
  await runFile(tx, join(SQL, 'persons-in-scope.sql'));
}

/** Adds the persons that we loaded, or all persons that any row names. Returns how many are in scope. */
export async function scopeToEveryoneInTx(tx: Tx, today: string, whom: 'loaded' | 'all'): Promise<number> {
  await runFile(tx, join(SQL, 'everyone-loaded.sql'), [today]);
  if (whom === 'all') await runFile(tx, join(SQL, 'everyone-else.sql'), [today]);
  return await describePersonsInTx(tx);
}

/**
 * Adds birth and death dates. It also gathers statistics: without them the planner would mistake a million
 * persons for a handful.
 */
export async function describePersonsInTx(tx: Tx): Promise<number> {
  await tx`analyze persons_in_scope`;
  await runFile(tx, join(SQL, 'describe-persons.sql'));
  const [row] = await tx<{ persons: number }[]>`select count(*) as persons from persons_in_scope`;
  return row?.persons ?? 0;
}
