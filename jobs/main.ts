/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { readArguments } from '../sql/arguments.ts';
import { environment } from '../sql/environment.ts';
import { endBecause } from './end-because.ts';
import { openEngine } from './engine.ts';
import { applyEnvironment } from './environment-connection.ts';
import { withThreads } from './step/worker-threads.ts';
import { listenForSignals } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

const { threads } = readArguments(
  `Usage: npm run work [-- --threads N]

The workers, as many processes on as many machines as you like, until SIGTERM or SIGINT. Settings come from the
environment; npm run serve is the API.

  --threads N  threads for what takes much CPU; 0: all in one (WORKER_THREADS)`,
  { threads: { type: 'string' } },
);
const signals = listenForSignals();

start().catch(endBecause);

async function start(): Promise<void> {
  const env = withThreads(environment(), threads);
  const engine = await openEngine(env);
  await applyEnvironment(engine.deps, env).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const workers = await startWorkers(engine.deps, engine);
  signals.stopWith(engine.deps.log, async () => {
    await workers.stop();
    await engine.close();
  });
  engine.deps.log.info({ database: engine.database.described, threads: workers.threads }, 'workers ready');
}
