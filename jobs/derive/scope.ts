/** persons_in_scope: whom derivation and quality checks look at, for the length of one transaction. */
import { join } from 'node:path';
import type { Tx } from '../../sql/connect.ts';

const SQL = join(import.meta.dirname, '../../sql/derive');

export async function openScopeInTx(tx: Tx): Promise<void> {
  await tx.file(join(SQL, 'persons-in-scope.sql'));
}

/** The persons that we loaded, or all that any row names. Gives their number. */
export async function scopeToEveryoneInTx(tx: Tx, today: string, whom: 'loaded' | 'all'): Promise<number> {
  await tx.file(join(SQL, 'everyone-loaded.sql'), [today]);
  if (whom === 'all') await tx.file(join(SQL, 'everyone-else.sql'), [today]);
  return await describePersonsInTx(tx);
}

/** Adds birth and death, and the statistics without which the planner takes a million persons for a handful. */
export async function describePersonsInTx(tx: Tx): Promise<number> {
  await tx`analyze persons_in_scope`;
  await tx.file(join(SQL, 'describe-persons.sql'));
  const [row] = await tx<{ persons: number }[]>`select count(*) as persons from persons_in_scope`;
  return row?.persons ?? 0;
}
