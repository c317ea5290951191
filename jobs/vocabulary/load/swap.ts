/**
 * The moment at which one release replaces another: the twins take the names of the tables, views and foreign
 * keys follow, and the release is recorded. Until the commit everyone reads the old release, afterwards the
 * new one.
 *
 * No reader may be in the tables at that moment. We ask for all locks, vocabulary_release first, and give up
 * within a second when one is not available. So a long query delays us, but nobody queues behind us for
 * longer than that; then we ask again. A map step reads vocabulary_release before anything else in its
 * transaction, so no chunk is ever resolved with two releases.
 */
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import type { Tx } from '../../../sql/connect.ts';
import { quoted } from '../../../sql/quoted.ts';
import { syncError } from '../../step/errors.ts';
import { findDependents } from './dependents.ts';
import type { Built, NewTable } from './new-tables.ts';

/** Below deadlock_timeout (1 s), so that in a deadlock it is always we who step back. */
const LOCK_TIMEOUT = '800ms';
const PAUSE_MS = 250;
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

export interface SwapLimits {
  /** How often the locks are asked for: 600 times is about ten minutes. */
  readonly attempts: number;
}

export interface Swapped {
  /**
   * Number of recreated foreign keys, which hold for new rows and were not checked against the rows already
   * there.
   */
  readonly foreignKeys: number;
}

export async function swapIn(
  tx: Tx,
  tables: readonly NewTable[],
  built: readonly Built[],
  record: (tx: Tx) => Promise<void>,
  limits: SwapLimits,
): Promise<Swapped> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tx.savepoint(async (inner) => {
        const swapped = await exchange(inner, tables, built);
        await record(inner);
        return swapped;
      });
    } catch (error) {
      const busy =
        error instanceof postgres.PostgresError && [LOCK_NOT_AVAILABLE, DEADLOCK].includes(error.code);
      if (!busy) throw error;
      if (attempt >= limits.attempts) {
        throw syncError('vocabulary-in-use', { attempts: attempt }, { cause: error });
      }
      await pause(PAUSE_MS);
    }
  }
}

async function exchange(tx: Tx, tables: readonly NewTable[], built: readonly Built[]): Promise<Swapped> {
  await tx`select set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`;
  await tx`lock table vocabulary_release in access exclusive mode`;
  await tx.unsafe(`lock table ${tables.map((table) => table.current).join(', ')} in access exclusive mode`);

  const { views, foreignKeys } = await findDependents(tx, tables);
  for (const key of foreignKeys) await tx.unsafe(`alter table ${key.child} drop constraint ${key.name}`);
  for (const table of tables) {
    await tx.unsafe(`alter table ${table.current} rename to ${quoted(`${table.name}__old`)}`);
    await tx.unsafe(`alter table ${table.fresh} rename to ${quoted(table.name)}`);
  }
  for (const view of views) await tx.unsafe(view);
  for (const table of tables) {
    await tx.unsafe(`drop table ${quoted(table.schema)}.${quoted(`${table.name}__old`)}`);
  }
  for (const { table, kind, temporary, final } of built) {
    await tx.unsafe(
      kind === 'constraint'
        ? `alter table ${table.current} rename constraint ${quoted(temporary)} to ${quoted(final)}`
        : `alter index ${quoted(table.schema)}.${quoted(temporary)} rename to ${quoted(final)}`,
    );
  }
  // The keys are not checked against existing rows: an event may carry a concept that the new release no
  // longer has, and checking would hold the locks for as long as it takes to read every event.
  for (const key of foreignKeys) {
    const definition = key.definition.replace(/ NOT VALID$/, '');
    await tx.unsafe(`alter table ${key.child} add constraint ${key.name} ${definition} not valid`);
  }
  return { foreignKeys: foreignKeys.length };
}
