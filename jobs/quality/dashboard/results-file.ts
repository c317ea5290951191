/**
 * A pass in the form that the Data Quality Dashboard writes (2.6 and later), which its viewer and Ares read: R's way of
 * writing JSON, in which single values are lists of one and what is unknown is left out.
 */
import type { Sql } from '../../../sql/connect.ts';

type Row = Readonly<Record<string, string | number>>;

export interface ResultsFile {
  readonly startTimestamp: readonly string[];
  readonly endTimestamp: readonly string[];
  readonly executionTime: readonly string[];
  readonly executionTimeSeconds: readonly number[];
  readonly CheckResults: readonly Row[];
  readonly Metadata: readonly Row[];
  readonly Overview: Readonly<Record<string, readonly number[]>>;
}

interface Stored {
  readonly check_id: string;
  readonly check_name: string;
  readonly level: string;
  readonly category: string;
  readonly subcategory: string | null;
  readonly context: string;
  readonly table_name: string;
  readonly field_name: string | null;
  readonly concept_id: string | null;
  readonly description: string;
  readonly query: string;
  readonly seconds: number;
  readonly violated: number;
  readonly total: number;
  readonly not_applicable: string | null;
  readonly status: 'pass' | 'fail' | 'not applicable';
  readonly threshold: number;
  readonly threshold_note: string | null;
}

/** Of the pass, or of the one that ended last; undefined where there is none that has ended. */
export async function readResultsFile(sql: Sql, pass?: number): Promise<ResultsFile | undefined> {
  const [run] = await sql<
    {
      dqd_run_id: number;
      started_at: Date;
      ended_at: Date;
      program: string;
      source: Record<string, string | number | null>;
    }[]
  >`
    select dqd_run_id, started_at, ended_at, program, source from dqd_run
    where state = 'ended' and (${pass ?? null}::integer is null or dqd_run_id = ${pass ?? null})
    order by ended_at desc, dqd_run_id desc limit 1`;
  if (!run) return undefined;
  const results = await sql<Stored[]>`
    select r.*, s.status, s.threshold::float8 as threshold, s.threshold_note
    from dqd_results s join dqd_result r using (dqd_run_id, check_id)
    where s.dqd_run_id = ${run.dqd_run_id}
    order by r.level desc, r.check_name, r.check_id`;
  const seconds = (run.ended_at.getTime() - run.started_at.getTime()) / 1000;
  return {
    startTimestamp: [timeOf(run.started_at)],
    endTimestamp: [timeOf(run.ended_at)],
    executionTime: [`${Math.round(seconds)} secs`],
    executionTimeSeconds: [seconds],
    CheckResults: results.map(resultOf),
    Metadata: [known({ ...camelCase(run.source), dqdVersion: run.program })],
    Overview: overviewOf(results),
  };
}

const timeOf = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

function resultOf(one: Stored): Row {
  const failed = one.status === 'fail';
  return known({
    numViolatedRows: one.violated,
    pctViolatedRows: one.total === 0 ? 0 : one.violated / one.total,
    numDenominatorRows: one.total,
    executionTime: `${one.seconds.toFixed(3)} secs`,
    queryText: one.query,
    checkName: one.check_name,
    checkLevel: one.level,
    checkDescription: one.description,
    cdmTableName: one.table_name.toUpperCase(),
    cdmFieldName: one.field_name?.toUpperCase() ?? null,
    conceptId: one.concept_id,
    sqlFile: 'statements.ts',
    category: one.category,
    subcategory: one.subcategory,
    context: one.context,
    checkId: one.check_id,
    failed: failed ? 1 : 0,
    passed: one.status === 'pass' ? 1 : 0,
    isError: 0,
    notApplicable: one.not_applicable === null ? 0 : 1,
    notApplicableReason: one.not_applicable,
    thresholdValue: one.threshold,
    notesValue: one.threshold_note,
  });
}

const CATEGORIES = ['Plausibility', 'Conformance', 'Completeness'] as const;

/** As the Data Quality Dashboard counts: what does not apply is among what passed, but not in the categories' figures. */
function overviewOf(results: readonly Stored[]): Record<string, readonly number[]> {
  const count = (is: (one: Stored) => boolean): number => results.filter(is).length;
  const failed = count((one) => one.status === 'fail');
  const percent = (part: number): number =>
    results.length === 0 ? 0 : Math.round((part / results.length) * 10_000) / 100;
  const figures: Record<string, number> = {
    countTotal: results.length,
    countPassed: results.length - failed,
    countErrorFailed: 0,
    countThresholdFailed: failed,
    countOverallFailed: failed,
    percentPassed: percent(results.length - failed),
    percentFailed: percent(failed),
  };
  for (const category of CATEGORIES) {
    const of = (status?: Stored['status']): number =>
      count((one) => one.category === category && (status === undefined || one.status === status));
    figures[`countTotal${category}`] = of();
    figures[`countFailed${category}`] = of('fail');
    figures[`countPassed${category}`] = of('pass');
  }
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, [figure]]));
}

const known = (row: Readonly<Record<string, string | number | null>>): Row =>
  Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, string | number] => entry[1] !== null),
  );

const camelCase = <T>(row: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
