/** `cli quality`: runs all data quality checks over the whole CDM. It exits with 0 when all pass. */
import { checkEveryone } from '../../jobs/quality/check.ts';
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
