/**
 * One pass of all checks over the whole CDM, as it is at one moment, and its results stored. A pass reads much and writes
 * nothing until its end, so that syncs go on beside it.
 */
import { readCdmVersion } from '../../../sql/cdm-version.ts';
import type { Sql, Tx } from '../../../sql/connect.ts';
import { readCdmSourceInTx } from '../../connection/cdm-source.ts';
import type { Clock } from '../../step/clock.ts';
import { type Check, listChecks } from './checks.ts';
import { CONCEPT_RULES, type ConceptRule } from './concepts.ts';
import { presentInTx } from './present.ts';
import { type Found, type Statement, sqlOf, sqlOfOne, statementsFor } from './statements.ts';
import { storeResultsInTx } from './store-results.ts';

export interface PassOptions {
  readonly program: string;
  /** What is checked of single concepts; our own selection without it. */
  readonly conceptRules?: readonly ConceptRule[];
  /** Told after each table, with how many of the statements are done. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Gives the number of the pass. */
export async function runDashboardChecks(
  deps: { readonly sql: Sql; readonly clock: Clock },
  { program, conceptRules = CONCEPT_RULES, onProgress }: PassOptions,
): Promise<number> {
  const started_at = deps.clock();
  const { found, source } = await deps.sql.begin('isolation level repeatable read read only', async (tx) => ({
    found: await findInTx(tx, listChecks(conceptRules, (await readCdmVersion(tx)).version), onProgress),
    source: await readCdmSourceInTx(tx),
  }));
  return await deps.sql.begin(async (tx) => {
    const [run] = await tx<{ dqd_run_id: number }[]>`
      insert into dqd_run ${tx({ started_at, ended_at: deps.clock(), program, source: tx.json(source) })}
      returning dqd_run_id`;
    const dqd_run_id = run?.dqd_run_id ?? 0;
    await storeResultsInTx(tx, dqd_run_id, found);
    return dqd_run_id;
  });
}

/** What the checks find, without storing it. */
export async function findInTx(
  tx: Tx,
  checks: readonly Check[],
  onProgress?: PassOptions['onProgress'],
): Promise<Found[]> {
  const present = await presentInTx(tx);
  const found: Found[] = [];
  const readable: Check[] = [];
  for (const check of checks) {
    const there = present.has(check.table, check.field);
    if (check.name === 'cdmTable' || check.name === 'cdmField')
      found.push({ check, violated: there ? 0 : 1, total: 1, seconds: 0, query: CATALOGUE });
    else if (!there || !CHECK_NEEDS.every((needs) => needs(check, present.has)))
      found.push({ check, violated: 0, total: 0, seconds: 0, query: CATALOGUE });
    else readable.push(check);
  }
  const statements = statementsFor(readable, present);
  for (const [at, statement] of statements.entries()) {
    found.push(...(await answerInTx(tx, statement)));
    onProgress?.(at + 1, statements.length);
  }
  return found;
}

const CATALOGUE = 'select table_name, column_name, data_type from information_schema.columns';

/** Other fields that a check reads must be there too. */
const CHECK_NEEDS: readonly ((check: Check, has: (table: string, field?: string) => boolean) => boolean)[] = [
  ({ foreign }, has) => !foreign || has(foreign.table, foreign.field),
  ({ name, table, value }, has) =>
    !['plausibleStartBeforeEnd', 'sourceValueCompleteness'].includes(name) || has(table, value),
  ({ name }, has) => name !== 'plausibleBeforeDeath' || has('death', 'death_date'),
];

async function answerInTx(tx: Tx, statement: Statement): Promise<Found[]> {
  const before = performance.now();
  const [row] = await tx.unsafe<Record<string, number>[]>(sqlOf(statement));
  const seconds = (performance.now() - before) / 1000;
  return statement.measures.map((measure, at) => ({
    check: measure.check,
    violated: Number(row?.[`v${at}`] ?? 0),
    total: Number(row?.[`t${at}`] ?? 0),
    seconds,
    query: sqlOfOne(statement, measure),
  }));
}
