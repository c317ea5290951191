/**
 * Whether the CDM is still what it was: a snapshot that was interrupted goes on only then. It tells by what our steps leave
 * behind; rows that somebody writes by hand it does not see.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { syncError } from './errors.ts';

export async function stateInTx(tx: Sql | Tx): Promise<string> {
  const [row] = await tx<{ state: string }[]>`
    select md5(concat_ws('/',
      (select oid::text from pg_database where datname = current_database()),
      (select jsonb_agg(jsonb_build_array(run_id, status, finished_at) order by run_id) from run),
      (select jsonb_build_array(count(*), max(mapped_at)) from chunk where state = 'done'),
      (select jsonb_build_array(count(*), max(finished_at), max(lifted_at)) from purge),
      (select jsonb_build_array(count(*), max(finished_at)) from vocabulary_load),
      (select revision::text from local_map_state),
      (select number::text from deid_copy),
      (select version || ' ' || moves from cdm_version)
    )) as state`;
  return row?.state ?? '';
}

/**
 * For whoever reads a Citus cluster: its nodes have no snapshot in common, so what is read of them is of one moment only
 * where nothing was written from `before` on. `sql` is no transaction, since it must see what others have committed.
 */
export async function demandUnchanged(sql: Sql, before: string): Promise<void> {
  if ((await stateInTx(sql)) !== before) throw syncError('changed-while-read');
}
