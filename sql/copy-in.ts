/**
 * COPY … FROM STDIN that always ends: with the number of rows, or with the server's error.
 *
 * postgres.js gives a stream and forgets the query behind it. An error that the server reports after the last byte
 * was sent (the usual case for a small file with a bad line) then reaches nobody and the stream never finishes. The
 * client still settles the query itself, so it is listened to here; a test pins this to the version in use.
 *
 * Pieces are written one after the other: the next is made when the socket has taken the one before.
 */
import type { Writable } from 'node:stream';
import type { Tx } from './connect.ts';

export async function copyIn(
  tx: Tx,
  statement: string,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  const query = tx.unsafe(statement);
  const stream: Writable = await query.writable();
  // Told by the query as well.
  stream.on('error', () => {});
  const settled = new Promise<number>((resolve, reject) => {
    Object.assign(query, {
      resolve: (result: { count: number | null }) => resolve(result.count ?? 0),
      reject: (error: unknown) => reject(error),
    });
  });
  let failed = false;
  settled.catch(() => {
    failed = true;
    stream.destroy();
  });
  try {
    for await (const piece of pieces) {
      if (!failed && !stream.write(piece)) await drained(stream);
      if (failed) break;
    }
    stream.end();
    return await settled;
  } catch (error) {
    stream.destroy();
    // Whichever of the two failed first is the cause; the other only says that it was cut off.
    await Promise.allSettled([settled]);
    throw error;
  }
}

/** Resolves as well when the stream is closed: then the query says why. */
function drained(stream: Writable): Promise<void> {
  return new Promise((done) => {
    const stop = () => {
      stream.off('drain', stop).off('close', stop);
      done();
    };
    stream.on('drain', stop).on('close', stop);
  });
}
