/**
 * The persons that derivation and quality checks look at, for the length of one transaction, under two names:
 * persons_in_scope is joined with tables by person, persons_here with tables of the synchronisation. On one Postgres they
 * are one temporary table. On Citus a temporary table cannot be joined with distributed ones, so that persons_in_scope is
 * this transaction's part of a table that lies beside `person` (close_scope, made by sql/citus.sql).
 */
import { join } from 'node:path';
import type { Tx } from '../../sql/connect.ts';
import { isDistributed } from '../../sql/distribute.ts';
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
 * Adds birth and death dates, after which nobody is added any more. It also gathers statistics: without them the planner
 * would mistake a million persons for a handful.
 */
export async function describePersonsInTx(tx: Tx): Promise<number> {
  await tx`analyze persons_in_scope`;
  if (await isDistributed(tx)) await distributeScopeInTx(tx);
  else {
    await runFile(tx, join(SQL, 'describe-persons.sql'));
    await tx`create or replace temporary view persons_here as select * from persons_in_scope`;
  }
  const [row] = await tx<{ persons: number }[]>`select count(*) as persons from persons_here`;
  return row?.persons ?? 0;
}

/** Ends the scope, before the transaction does. */
export async function closeScopeInTx(tx: Tx): Promise<void> {
  if (await isDistributed(tx)) {
    await tx`drop view persons_in_scope`;
    await tx`delete from close_scope where scope_id = ${await scopeOf(tx)}`;
    await tx`drop table persons_here`;
  } else await tx`drop table persons_in_scope cascade`;
}

async function distributeScopeInTx(tx: Tx): Promise<void> {
  const scope = await scopeOf(tx);
  await tx`alter table persons_in_scope rename to persons_here`;
  await tx`
    insert into close_scope (scope_id, person_id, connection_id, pulled_on, silent_after)
    select ${scope}::bigint, person_id, connection_id, pulled_on, silent_after from persons_here`;
  await runFile(tx, join(SQL, 'describe-distributed.sql'), [scope]);
  // Citus warns that a view over temporary names stays on the coordinator, which is what it is for.
  await tx`set local client_min_messages = error`;
  await tx.unsafe(`
    create temporary view persons_in_scope as
    select person_id, connection_id, pulled_on, born_on, died_on, silent_after from close_scope where scope_id = ${scope}`);
  await tx`set local client_min_messages to default`;
}

/** Two transactions that are open at the same time have different numbers. */
async function scopeOf(tx: Tx): Promise<number> {
  const [row] = await tx<{ id: number }[]>`select pg_current_xact_id()::text::bigint as id`;
  return row?.id ?? 0;
}
