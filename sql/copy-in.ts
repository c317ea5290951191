/**
 * COPY … FROM STDIN that always ends: with the number of rows, or with the server's error.
 *
 * postgres.js gives a stream and forgets the query behind it. An error that the server reports after the last byte
 * was sent (the usual case for a small file with a bad line) then reaches nobody and the stream never finishes. The
 * client still settles the query itself, so it is listened to here; a test pins this to the version in use.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Tx } from './connect.ts';

export async function copyIn(tx: Tx, statement: string, pieces: AsyncIterable<Buffer>): Promise<number> {
  const query = tx.unsafe(statement);
  const stream = await query.writable();
  const settled = new Promise<number>((resolve, reject) => {
    Object.assign(query, {
      resolve: (result: { count: number | null }) => resolve(result.count ?? 0),
      reject: (error: unknown) => reject(error),
    });
  });
  const stopped = new AbortController();
  const sent = pipeline(Readable.from(pieces), stream, { signal: stopped.signal });
  try {
    const [rows] = await Promise.all([settled, sent]);
    return rows;
  } catch (error) {
    stopped.abort();
    // Whichever of the two failed first is the cause; the other only says that it was cut off.
    await Promise.allSettled([settled, sent]);
    throw error;
  }
}
