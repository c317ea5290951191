/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { readArguments } from '../sql/arguments.ts';
import { environment } from '../sql/environment.ts';
import { endBecause } from './end-because.ts';
import { openEngine } from './engine.ts';
import { listenForSignals } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

readArguments(
  `Usage: npm run work

The workers, as many processes on as many machines as you like, until SIGTERM or SIGINT. Settings come from the
environment; npm run serve is the API.`,
  {},
);
const signals = listenForSignals();
const engine = await openEngine(environment()).catch(endBecause);
const workers = await startWorkers(engine.deps);
signals.stopWith(engine.deps.log, async () => {
  await workers.stop();
  await engine.close();
});
engine.deps.log.info({ database: engine.database.described }, 'workers ready');
