/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { environment } from '../sql/environment.ts';
import { openEngine } from './engine.ts';
import { listenForSignals } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

const signals = listenForSignals();
const engine = await openEngine(environment());
const workers = await startWorkers(engine.deps);
signals.stopWith(engine.deps.log, async () => {
  await workers.stop();
  await engine.close();
});
engine.deps.log.info({ database: engine.database.described }, 'workers ready');
