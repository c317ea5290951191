/**
 * A worker to be killed: the production one, with two things from outside that only this entry point knows.
 * Its clock stands still (CHAOS_CLOCK), so that two loads of the same EHR see the same day. And it can be
 * told to die at its n-th commit (CHAOS_DIE = "before:n" or "after:n"), for which the transactions of the
 * database client are wrapped.
 */
import { flushCompileCache } from 'node:module';
import { openEngine } from '../../jobs/engine.ts';
import { startWorkers } from '../../jobs/workers.ts';
import type { Sql, Tx } from '../../sql/connect.ts';

const now = new Date(process.env['CHAOS_CLOCK'] ?? Date.now());
const [side, commits] = (process.env['CHAOS_DIE'] ?? '').split(':');

const engine = await openEngine(process.env, { clock: () => now });
const sql = side === '' ? engine.deps.sql : mortal(engine.deps.sql, side === 'before', Number(commits));
await startWorkers({ ...engine.deps, sql });
// It would be written at the end of the process, which is killed.
flushCompileCache();
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function mortal(client: Sql, before: boolean, last: number): Sql {
  let count = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  async function begin(work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    const result = await client.begin(async (tx) => {
      const done = await work(tx);
      if (++count === last && before) die();
      return done;
    });
    if (count >= last && !before) die();
    return result;
  }
  return new Proxy(client, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  });
}
