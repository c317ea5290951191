/** Thresholds that the site has set for checks of the Data Quality Dashboard. */
import { z } from '@hono/zod-openapi';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { DqdThreshold } from '../schemas/dqd.ts';

export async function selectThresholdInTx(
  tx: Tx,
  check_id: string,
): Promise<{ readonly threshold: number; readonly note: string } | undefined> {
  const [row] = await tx<{ threshold: number; note: string }[]>`
    select threshold, note from dqd_threshold where check_id = ${check_id} for update`;
  return row;
}

/** Where a page of the list ends. */
export const ThresholdPlaceSchema = z.tuple([z.string().max(300)]);

/** By check, from the one after `after` on. */
export async function selectThresholds(
  sql: Sql,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<DqdThreshold[]> {
  const rows = await sql<(Omit<DqdThreshold, 'changed_at'> & { changed_at: Date })[]>`
    select check_id, threshold, note, changed_by, changed_at from dqd_threshold
    where ${after ?? null}::text is null or check_id > ${after ?? null}
    order by check_id limit ${limit}`;
  return rows.map((row) => ({ ...row, changed_at: row.changed_at.toISOString() }));
}
