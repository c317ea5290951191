/** Stores the text of a chunk: packed, and sealed where SEAL_CHUNKS is on. */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { storedBody } from '../connection/sealed-data.ts';
import { pack } from '../lines/chunk-text.ts';

export async function storeBodyInTx(tx: Tx, keyring: Keyring, chunkId: number, text: Buffer): Promise<void> {
  await storePackedInTx(tx, keyring, chunkId, await pack(text));
}

/** What was packed before the transaction began. */
export async function storePackedInTx(
  tx: Tx,
  keyring: Keyring,
  chunkId: number,
  packed: Buffer,
): Promise<void> {
  const body = await storedBody(keyring, chunkId, packed);
  await tx`insert into chunk_body (chunk_id, body) values (${chunkId}, ${body})`;
}
