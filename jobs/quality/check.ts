/**
 * Runs the data quality checks and stores what they found. At the close of a run they look at the persons that it
 * touched, on demand at everyone. A failed check fails no run; it is shown (view quality_results).
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCdmVersion } from '../../sql/cdm-version.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { runFile } from '../../sql/run-file.ts';
import { closeScopeInTx, openScopeInTx, scopeToEveryoneInTx } from '../derive/scope.ts';
import type { Clock } from '../step/clock.ts';
import { CHECKS } from './checks.ts';

const SQL = join(import.meta.dirname, '../../sql/quality');
const FILES = [
  ...[
    'events',
    'duplicates',
    'optional-concepts',
    'persons',
    'observation-periods',
    'visits',
    'measurements',
  ],
  ...['drugs', 'eras', 'deaths', 'answers', 'source'],
].map((name) => join(SQL, `${name}.sql`));
/** Asks about fields that CDM 5.4 has not. */
const ADDED = join(SQL, 'cdm-5.5.sql');
/** Asks about resources, not persons. */
const RESOURCES = join(SQL, 'resources.sql');

interface Finding {
  readonly check_id: string;
  readonly table_name: string;
  readonly field_name: string;
  readonly violated: number;
  readonly total: number;
}

/** Runs after deriveInTx in the same transaction, whose persons_in_scope it looks at. Gives the assessment's id. */
export async function checkTouchedInTx(
  tx: Tx,
  of: {
    readonly run: { readonly run_id: number; readonly connection_id: number };
    readonly persons: number;
    readonly now: Date;
  },
): Promise<number> {
  const { run, persons, now } = of;
  return await assessInTx(tx, {
    run_id: run.run_id,
    connection_id: run.connection_id,
    scope: 'touched',
    persons,
    assessed_at: now,
  });
}

/** Checks the whole CDM, also what an existing one held before us. Gives the assessment's id. */
export async function checkEveryone(deps: { readonly sql: Sql; readonly clock: Clock }): Promise<number> {
  const now = deps.clock();
  return await deps.sql.begin(async (tx) => {
    await openScopeInTx(tx);
    const today = now.toISOString().slice(0, 10);
    const persons = await scopeToEveryoneInTx(tx, today, 'all');
    const assessment = await assessInTx(tx, {
      run_id: null,
      connection_id: null,
      scope: 'all',
      persons,
      assessed_at: now,
    });
    await closeScopeInTx(tx);
    return assessment;
  });
}

interface Assessment {
  readonly run_id: number | null;
  readonly connection_id: number | null;
  readonly scope: 'touched' | 'all';
  readonly persons: number;
  readonly assessed_at: Date;
}

async function assessInTx(tx: Tx, assessment: Assessment): Promise<number> {
  const findings: Finding[] = [];
  const { version } = await readCdmVersion(tx);
  const files = version === '5.4' ? FILES : [...FILES, ADDED];
  for (const file of files) findings.push(...(await runFile<Finding[]>(tx, file)));
  findings.push(...(await runFile<Finding[]>(tx, RESOURCES, [assessment.run_id])));
  await describeChecksInTx(tx);
  const [row] = await tx<{ assessment_id: number }[]>`
    insert into quality_assessment ${tx(assessment)} returning assessment_id`;
  const id = row?.assessment_id ?? 0;
  const thresholds = new Map(CHECKS.map((check) => [check.id, check.threshold]));
  await tx`
    insert into quality_result ${tx(
      findings.map((one) => ({
        assessment_id: id,
        check_id: one.check_id,
        table_name: one.table_name,
        field_name: one.field_name,
        violated: one.violated,
        total: one.total,
        threshold: thresholds.get(one.check_id) ?? 0,
      })),
    )}`;
  return id;
}

interface Described {
  readonly check_id: string;
  readonly kind: string;
  readonly name: string;
  readonly description: string;
}

/** The catalogue in the database is what this version of the program says; checks of older versions stay. */
async function describeChecksInTx(tx: Tx): Promise<void> {
  const known = await tx<Described[]>`select check_id, kind, name, description from quality_check`;
  const before = new Map(known.map((row) => [row.check_id, row]));
  // Only what differs is written: otherwise two runs that close at once would wait for each other's rows.
  const rows = CHECKS.map(({ id, kind, name, description }) => ({ check_id: id, kind, name, description }))
    .filter((row) => !isDeepStrictEqual(row, { ...before.get(row.check_id) }))
    .sort((a, b) => (a.check_id < b.check_id ? -1 : 1));
  if (rows.length === 0) return;
  await tx`
    insert into quality_check ${tx(rows)}
    on conflict (check_id) do update
      set kind = excluded.kind, name = excluded.name, description = excluded.description`;
}
