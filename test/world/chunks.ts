/** What is kept of chunks, opened and unpacked. */
import { openBody } from '../../jobs/connection/sealed-data.ts';
import { unpack } from '../../jobs/lines/chunk-text.ts';
import type { Deps } from '../../jobs/step/deps.ts';

type Parts = Pick<Deps, 'sql' | 'keyring'>;

export const textOfChunk = async ({ keyring }: Pick<Deps, 'keyring'>, chunkId: number, body: Buffer) =>
  await unpack(await openBody(keyring, chunkId, body));

/** Of a connection, or of all. */
export async function textsOfChunks(deps: Parts, connectionId: number | null = null): Promise<Buffer[]> {
  const rows = await deps.sql<{ chunk_id: number; body: Buffer }[]>`
    select chunk_id, body from chunk_body
    where ${connectionId}::bigint is null or chunk_id in (
      select chunk_id from chunk join run using (run_id) where connection_id = ${connectionId})
    order by chunk_id`;
  return await Promise.all(rows.map(({ chunk_id, body }) => textOfChunk(deps, chunk_id, body)));
}
