import type { Connection } from '../connection/connection.ts';
import { noteInTx, notice } from '../run/notices.ts';
import type { Deps } from '../step/deps.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

export async function settleScopes(
  deps: Deps,
  connection: Connection,
  run: Run,
  notGranted: readonly string[],
): Promise<Pick<Run, 'since' | 'mode'>> {
  const { sql, clock } = deps;
  if (notGranted.length > 0 && connection.config.missing_scopes === 'fail') {
    throw syncError('scopes-not-granted', { scopes: notGranted.join(' ') });
  }
  const late = connection.watermark_not_granted.filter((scope) => !notGranted.includes(scope));
  const full = run.mode === 'incremental' && late.length > 0;
  if (notGranted.length === 0 && run.scopes_not_granted.length === 0 && !full) return run;
  await sql.begin(async (tx) => {
    await tx`
      update run set scopes_not_granted = ${notGranted}, mode = case when ${full} then 'full' else mode end,
        since = case when ${full} then null else since end
      where run_id = ${run.run_id}`;
    for (const scope of notGranted) {
      const name = scope.includes('*') ? 'wildcard-not-granted' : 'scope-not-granted';
      await noteInTx(tx, run.run_id, clock(), notice(name, {}, { subject: scope.slice(0, 200) }));
    }
    if (!full) return;
    await noteInTx(tx, run.run_id, clock(), notice('scope-granted-late', {}, { amount: late.length }));
  });
  return full ? { mode: 'full', since: null } : run;
}
