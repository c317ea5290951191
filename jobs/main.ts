/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { readArguments } from '../sql/arguments.ts';
import { environment } from '../sql/environment.ts';
import { endBecause } from './end-because.ts';
import { openEngine } from './engine.ts';
import { applyEnvironment } from './environment-connection.ts';
import { listenForSignals } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

readArguments(
  `Usage: npm run work

The workers, as many processes on as many machines as you like, until SIGTERM or SIGINT. Settings come from the
environment; npm run serve is the API.`,
  {},
);
const signals = listenForSignals();

start().catch(endBecause);

async function start(): Promise<void> {
  const env = environment();
  const engine = await openEngine(env);
  await applyEnvironment(engine.deps, env).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const workers = await startWorkers(engine.deps, { threads: engine.openThreads() });
  signals.stopWith(engine.deps.log, async () => {
    await workers.stop();
    await engine.close();
  });
  engine.deps.log.info({ database: engine.database.described }, 'workers ready');
}
