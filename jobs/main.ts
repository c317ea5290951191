/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { environment } from '../sql/environment.ts';
import { openEngine } from './engine.ts';
import { applyEnvironment } from './environment-connection.ts';
import { SyncError } from './step/errors.ts';
import { listenForSignals } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

const signals = listenForSignals();

start().catch((error: unknown) => {
  // Our own errors say what to do; of others the stack is what helps.
  console.error(error instanceof SyncError ? error.message : error);
  process.exit(1);
});

async function start(): Promise<void> {
  const env = environment();
  const engine = await openEngine(env);
  await applyEnvironment(engine.deps, env).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const workers = await startWorkers(engine.deps);
  signals.stopWith(engine.deps.log, async () => {
    await workers.stop();
    await engine.close();
  });
  engine.deps.log.info({ database: engine.database.described }, 'workers ready');
}
