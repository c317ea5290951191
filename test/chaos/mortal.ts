/**
 * What a worker of chaos, and each of its threads, has from outside: a clock that stands still (CHAOS_CLOCK), so that two
 * loads of the same EHR see the same day, and a commit at which its whole process dies (CHAOS_DIE = "before:n" or
 * "after:n"), for which the transactions of the database client are wrapped. Each thread counts its own commits.
 */
import type { Sql, Tx } from '../../sql/connect.ts';

const now = new Date(process.env['CHAOS_CLOCK'] ?? Date.now());
const [side = '', commits] = (process.env['CHAOS_DIE'] ?? '').split(':');

export const clock = () => now;

export function mortal(client: Sql): Sql {
  if (side === '') return client;
  const last = Number(commits);
  let count = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  async function begin(work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    const result = await client.begin(async (tx) => {
      const done = await work(tx);
      if (++count === last && side === 'before') die();
      return done;
    });
    if (count >= last && side === 'after') die();
    return result;
  }
  return new Proxy(client, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  });
}
