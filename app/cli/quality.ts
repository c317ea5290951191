/** Runs all data quality checks over the whole CDM; false when one does not pass. */
import { checkEveryone } from '../../jobs/quality/check.ts';
import type { Local } from './local.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

export async function checkQuality(
  { engine: { deps } }: Local,
  { json }: { readonly json: boolean },
): Promise<boolean> {
  const assessment_id = await checkEveryone(deps);
  const [sums] = await deps.sql<{ checks: number; failed: number }[]>`
    select count(*)::int as checks, (count(*) filter (where not passed))::int as failed
    from quality_results where assessment_id = ${assessment_id}`;
  const failing = await deps.sql<Record<string, string | number | null>[]>`
    select kind, name, table_name, field_name, violated, total, percent, threshold
    from quality_results where assessment_id = ${assessment_id} and not passed`;
  const { checks, failed } = sums ?? { checks: 0, failed: 0 };
  if (json) sayJson({ assessment_id, checks, failed, failing });
  else {
    say(`${checks - failed} of ${checks} checks pass.`);
    if (failing.length > 0) say(`\nNot passed\n${table(failing)}`);
    say("\nAll results: select * from ehr_sync.quality_results where scope = 'all' and is_latest");
  }
  return failed === 0;
}
