/**
 * COPY … FROM STDIN that always ends: with the number of rows, or with the server's error.
 *
 * postgres.js returns a stream and forgets the query behind it. An error that the server reports after the
 * last byte was sent (the usual case for a small file with a bad line) then reaches nobody, and the stream
 * never finishes. The client still resolves or rejects the query itself, so we listen to the query. A test
 * pins this to the version in use.
 *
 * Pieces are written one after the other: the next is made when the socket has taken the one before.
 */
import { Writable } from 'node:stream';
import type { Tx } from './connect.ts';

export async function copyIn(
  tx: Tx,
  statement: string,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  const query = tx.unsafe(statement);
  const client: Settling = { resolve: Reflect.get(query, 'resolve'), reject: Reflect.get(query, 'reject') };
  const settled = new Promise<number>((resolve, reject) => {
    const listener: Settling = {
      resolve: (stream) => {
        // We listen at once: if an error follows, the stream is destroyed before anybody awaits it. The query
        // reports that error too.
        if (stream instanceof Writable) stream.on('error', () => {});
        Object.assign(query, { resolve: (result: { count: number | null }) => resolve(result.count ?? 0) });
        client.resolve(stream);
      },
      reject: (error) => {
        reject(error);
        client.reject(error);
      },
    };
    Object.assign(query, listener);
  });
  let failed = false;
  let stream: Writable | undefined;
  settled.catch(() => {
    failed = true;
    stream?.destroy();
  });
  stream = await query.writable();
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

/** How the client resolves a query: first with the stream, then with its end. */
interface Settling {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** This also resolves when the stream is closed; the query then says why. */
function drained(stream: Writable): Promise<void> {
  return new Promise((done) => {
    const stop = () => {
      stream.off('drain', stop).off('close', stop);
      done();
    };
    stream.on('drain', stop).on('close', stop);
  });
}
