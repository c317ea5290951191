/** Reads loaded resources again from the lines in which they were sent. */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type Read, readLine } from '../lines/read-lines.ts';
import type { Known } from './compare/known.ts';
import type { Again } from './load-chunk.ts';
import { linesOf } from './take-out/park.ts';

/** No run counts what they were: they are re-driven. */
const NO_RUN = 0;

export type Sent = Known & { readonly chunk_id: number; readonly chunk_line: number };

/** What loadAgain() takes; nothing of a resource whose chunk is no longer kept. */
export async function readAgain(tx: Tx, keyring: Keyring, resources: readonly Sent[]): Promise<Again[]> {
  const lines = await linesOf(
    tx,
    keyring,
    resources.map((one) => ({ key: one.resource_key, chunk_id: one.chunk_id, chunk_line: one.chunk_line })),
  );
  return resources.flatMap((one): Again[] => {
    const read: Read = { entries: [], unreadable: [] };
    const line = lines.get(one.resource_key);
    if (line) readLine(read, { bytes: line, line: one.chunk_line, position: one.position });
    const [entry] = read.entries;
    return entry ? [{ entry, known: one, origin: one.chunk_id, sinceRun: NO_RUN }] : [];
  });
}
