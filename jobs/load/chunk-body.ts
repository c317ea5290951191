/** Stores the text of a chunk: packed, and sealed where SEAL_CHUNKS is on. */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { storedBody } from '../connection/sealed-data.ts';
import { pack } from '../lines/chunk-text.ts';

export async function storeBodyInTx(tx: Tx, keyring: Keyring, chunkId: number, text: Buffer): Promise<void> {
  const body = await storedBody(keyring, chunkId, await pack(text));
  await tx`insert into chunk_body (chunk_id, body) values (${chunkId}, ${body})`;
}
