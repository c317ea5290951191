/**
 * The row of a source in the CDM's cdm_source. Several connections may feed one source (`target_source`), and a source
 * may be renamed, so each connection remembers the name under which its row was written.
 */
import type { Tx } from '../../sql/connect.ts';

/** The longest name that the CDM takes. */
const LONGEST = 255;

export function cdmSourceName(connection: {
  readonly target_source: string | null;
  readonly site_name: string;
}): string {
  return (connection.target_source ?? connection.site_name).slice(0, LONGEST);
}

/** Deletes the row of this connection's source, unless another connection feeds the same source. */
export async function deleteCdmSourceInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`
    delete from cdm_source s using connection c
    where c.connection_id = ${connectionId} and s.cdm_source_name = c.cdm_source_name and not exists (
      select 1 from connection other
      where other.connection_id <> c.connection_id and other.cdm_source_name = c.cdm_source_name
    )`;
}

/** What the CDM says of itself: the row of its last release, where several sources have one; empty where none has. */
export type CdmSource = Readonly<Record<string, string | number | null>>;

export async function readCdmSourceInTx(tx: Tx): Promise<CdmSource> {
  const [row] = await tx<{ source: CdmSource }[]>`
    select to_jsonb(s) as source from cdm_source s order by cdm_release_date desc, cdm_source_name limit 1`;
  return row?.source ?? {};
}
