/** Stores what a pass found: figures, not whether a check fails, which follows from the threshold of the day. */
import type { Tx } from '../../../sql/connect.ts';
import { CHECK_TYPES } from './check-types.ts';
import { checkId } from './checks.ts';
import { notApplicable } from './not-applicable.ts';
import type { Found } from './statements.ts';

/** Postgres takes 65,535 parameters a statement. */
const ROWS_AT_ONCE = 1000;

/** `found`: of all tables, since whether a check applies may follow from what another one found. */
export async function storeResultsInTx(tx: Tx, dqd_run_id: number, found: readonly Found[]): Promise<void> {
  const rows = resultRows(found).map((row) => ({ dqd_run_id, ...row }));
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx`insert into dqd_result ${tx(rows.slice(at, at + ROWS_AT_ONCE))}`;
}

function resultRows(found: readonly Found[]): Record<string, string | number | null>[] {
  const reason = notApplicable(found);
  return found.map((one) => {
    const { check, violated, total, seconds, query } = one;
    const { level, category, context, says, ...type } = CHECK_TYPES[check.name];
    return {
      ...{ check_id: checkId(check), check_name: check.name, level, category, context },
      subcategory: 'subcategory' in type ? type.subcategory : null,
      ...{ table_name: check.table, field_name: check.field ?? null, concept_id: check.conceptId ?? null },
      ...{ description: says(check), query, seconds, violated, total },
      ...{ not_applicable: reason(one), default_threshold: check.threshold },
    };
  });
}
