/**
 * Parks resources that are loaded and have lost what they cannot be without: their rows go, and they wait for it to
 * come back, with their line where its chunk is still kept (else until the server sends them again).
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Keyring } from '../../connection/keyring.ts';
import { openBody, storedLine } from '../../connection/sealed-data.ts';
import { unpack } from '../../lines/chunk-text.ts';
import { split } from '../../lines/split.ts';
import type { WriteContext } from '../context.ts';
import { copyRows } from '../write/copy.ts';
import { forgetDetailsInTx } from '../write/details.ts';
import type { Ledger } from '../write/ledger.ts';
import { deleteRowsInTx } from './delete-rows.ts';

export interface ToPark {
  readonly key: number;
  readonly row_tables: number;
  readonly chunk_id: number;
  readonly chunk_line: number;
  /** What it waits for. */
  readonly target_type: string;
  readonly target_id: string;
}

export type TakeOutContext = Pick<WriteContext, 'connectionId' | 'runId' | 'now' | 'keyring'>;

export async function parkInTx(
  tx: Tx,
  context: TakeOutContext,
  resources: readonly ToPark[],
  reason: string,
  ledger: Ledger,
): Promise<void> {
  if (resources.length === 0) return;
  const keys = resources.map((one) => one.key);
  await deleteRowsInTx(tx, resources, ledger);
  // What it was mapped with stays known: when that changes, it may be excluded rather than wait.
  await forgetDetailsInTx(tx, keys, ['content_use']);
  // An empty hash equals no content: whenever the server sends the resource again, it is mapped.
  await tx`
    update resource set outcome = 'parked', reason = ${reason}, row_tables = 0, content_hash = ''
    where resource_key = any(${keys}::bigint[])`;
  const { keyring } = context;
  const lines = await linesOf(tx, keyring, resources);
  const since = context.now.toISOString();
  await copyRows(
    tx,
    'waiting',
    ['resource_key', 'connection_id', 'target_type', 'target_id', 'parked', 'line', 'since_run', 'since'],
    await Promise.all(
      resources
        .filter(({ key }) => lines.has(key))
        .map(async ({ key, target_type, target_id }) => {
          const line = await storedLine(keyring, key, lines.get(key) ?? Buffer.alloc(0));
          // No run counts these as parked: taken up again, they are re-driven, in whichever run.
          return [key, context.connectionId, target_type, target_id, true, line, NO_RUN, since];
        }),
    ),
  );
}

const NO_RUN = 0;

/** The lines that these resources were sent in, as far as their chunks are kept. */
export async function linesOf(
  tx: Tx,
  keyring: Keyring,
  resources: readonly { readonly key: number; readonly chunk_id: number; readonly chunk_line: number }[],
): Promise<Map<number, Buffer>> {
  const lines = new Map<number, Buffer>();
  for (const [chunkId, wanted] of Map.groupBy(resources, (one) => one.chunk_id)) {
    const [chunk] = await tx<{ body: Buffer }[]>`select body from chunk_body where chunk_id = ${chunkId}`;
    if (!chunk) continue;
    const text = await unpack(await openBody(keyring, chunkId, chunk.body));
    const byLine = new Map(wanted.map((one) => [one.chunk_line, one.key]));
    for (const { line, start, end } of split(text)) {
      const key = byLine.get(line);
      // A copy: a part would keep the whole chunk in memory.
      if (key !== undefined) lines.set(key, Buffer.from(text.subarray(start, end)));
    }
  }
  return lines;
}
