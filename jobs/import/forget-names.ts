/**
 * Names of the files of imports may be those of patients (Synthea: one file for each). They are kept as long as lines are,
 * to find what a line came from; a purge forgets all of them, since nobody can say whose each is.
 */
import type { Tx } from '../../sql/connect.ts';

/** Of imports that go on no more: a later run has moved on. Left out, `endedBefore` is now. */
export async function forgetNamesInTx(
  tx: Tx,
  connectionId: number,
  { endedBefore }: { readonly endedBefore?: Date } = {},
): Promise<void> {
  const runs = await tx<{ run_id: number }[]>`
    select r.run_id from run r
    where r.connection_id = ${connectionId} and r.kind = 'import'
      and ${endedBefore ? tx`r.finished_at <= ${endedBefore}` : tx`r.finished_at is not null`}
      and (r.status = 'completed' or exists (
        select from run later where later.connection_id = r.connection_id and later.run_id > r.run_id
      ))
      and exists (select from import_source s where s.run_id = r.run_id and s.source_no = 0 and s.url <> ${gone(0)})`;
  for (const { run_id } of runs) {
    await tx`update import_source set url = 'forgotten:' || source_no, part = null where run_id = ${run_id}`;
    await tx`
      update export_file set url = 'forgotten:' || file_no, url_hash = null
      where run_id = ${run_id} and url not like 'unpacked:%'`;
    // It names those that could not be read.
    await tx`
      update run set error_message = 'The names of the files are not kept any longer.'
      where run_id = ${run_id} and error_code like 'import-%'`;
  }
}

const gone = (n: number) => `forgotten:${n}`;
