/**
 * `cli quality`: runs all data quality checks over the whole CDM. It exits with 0 when all pass. With --dqd it makes those
 * of OHDSI's Data Quality Dashboard and writes their results for its viewer; whether they pass is for people to judge.
 */
import { writeFile } from 'node:fs/promises';
import { checkEveryone } from '../../jobs/quality/check.ts';
import { readConceptLevelFile } from '../../jobs/quality/dashboard/concept-level-file.ts';
import { readResultsFile } from '../../jobs/quality/dashboard/results-file.ts';
import { runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import about from '../../package.json' with { type: 'json' };
import { openLocal } from './local.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

export async function checkQuality(): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { deps } = local.engine;
    const assessment = await checkEveryone(deps);
    const [sums] = await deps.sql<{ checks: number; failed: number }[]>`
      select count(*)::int as checks, (count(*) filter (where not passed))::int as failed
      from quality_results where assessment_id = ${assessment}`;
    const failing = await deps.sql<Record<string, string | number | null>[]>`
      select kind, name, table_name, field_name, violated, total, percent, threshold
      from quality_results where assessment_id = ${assessment} and not passed`;
    say(`${(sums?.checks ?? 0) - (sums?.failed ?? 0)} of ${sums?.checks ?? 0} checks pass.`);
    if (failing.length > 0) say(`\nNot passed\n${table(failing)}`);
    say("\nAll results: select * from ehr_sync.quality_results where scope = 'all' and is_latest");
    return failing.length === 0;
  } finally {
    await local.close();
  }
}

/** Makes a pass of the Data Quality Dashboard's checks, and writes it to `path`. */
export async function writeDqdResults(path: string, conceptLevel?: string): Promise<boolean> {
  // Read first: a file that is wrong should not cost an hour.
  const conceptRules = conceptLevel === undefined ? undefined : await readConceptLevelFile(conceptLevel);
  const local = await openLocal({ withWorkers: false });
  try {
    const { sql, clock } = local.engine.deps;
    const pass = await runDashboardChecks(
      { sql, clock },
      { program: `${about.name} ${about.version}`, ...(conceptRules ? { conceptRules } : {}) },
    );
    const file = await readResultsFile(sql, pass);
    await writeFile(path, JSON.stringify(file));
    const [sums] = await sql<{ passed: number; failed: number; not_applicable: number }[]>`
      select passed, failed, not_applicable from dqd_trend where dqd_run_id = ${pass}`;
    say(
      `${path}: pass ${pass}, ${sums?.passed} checks pass, ${sums?.failed} fail, ${sums?.not_applicable} do not apply.`,
    );
    const failing = await sql<Record<string, string | number | null>[]>`
      select category, check_name, table_name, field_name, concept_id, violated, total, percent, threshold
      from dqd_results where dqd_run_id = ${pass} and status = 'fail' limit 30`;
    if (failing.length > 0) say(`\nFailing\n${table(failing)}`);
    say(
      '\nAll results: select * from ehr_sync.dqd_results where is_latest; pass by pass: ehr_sync.dqd_trend',
    );
    return true;
  } finally {
    await local.close();
  }
}
