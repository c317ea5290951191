/**
 * Makes the checks of OHDSI's Data Quality Dashboard and writes their results for its viewer. Whether a check that fails
 * matters is for people to judge, so the command succeeds.
 */
import { writeFile } from 'node:fs/promises';
import { readConceptLevelFile } from '../../jobs/quality/dashboard/concept-level-file.ts';
import { readResultsFile } from '../../jobs/quality/dashboard/results-file.ts';
import { runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import about from '../../package.json' with { type: 'json' };
import type { Local } from './local.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

export interface DqdOptions {
  readonly file: string;
  /** The Data Quality Dashboard's own file of checks of concepts, in the place of ours. */
  readonly conceptLevel?: string | undefined;
  readonly json: boolean;
}

export async function writeDqdResults(
  { engine: { deps } }: Local,
  { file, conceptLevel, json }: DqdOptions,
): Promise<void> {
  const { sql, clock } = deps;
  const conceptRules = conceptLevel === undefined ? undefined : await readConceptLevelFile(conceptLevel);
  const pass = await runDashboardChecks(
    { sql, clock },
    { program: `${about.name} ${about.version}`, ...(conceptRules ? { conceptRules } : {}) },
  );
  await writeFile(file, JSON.stringify(await readResultsFile(sql, pass)));
  const [sums] = await sql<{ passed: number; failed: number; not_applicable: number }[]>`
    select passed, failed, not_applicable from dqd_trend where dqd_run_id = ${pass}`;
  const failing = await sql<Record<string, string | number | null>[]>`
    select category, check_name, table_name, field_name, concept_id, violated, total, percent, threshold
    from dqd_results where dqd_run_id = ${pass} and status = 'fail'`;
  if (json) {
    sayJson({ dqd_run_id: pass, file, ...sums, failing });
    return;
  }
  say(
    `${file}: pass ${pass}, ${sums?.passed} checks pass, ${sums?.failed} fail, ${sums?.not_applicable} do not apply.`,
  );
  if (failing.length > 0) say(`\nFailing\n${table(failing.slice(0, MOST_SHOWN))}`);
  say('\nAll results: select * from ehr_sync.dqd_results where is_latest; pass by pass: ehr_sync.dqd_trend');
}

const MOST_SHOWN = 30;
