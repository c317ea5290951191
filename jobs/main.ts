/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { environment } from '../sql/environment.ts';
import { openWorld } from './engine.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { startWorkers } from './workers.ts';

const world = await openWorld(environment());
const workers = await startWorkers(world.deps);
stopOnSignal(world.deps.log, async () => {
  await workers.stop();
  await world.close();
});
world.deps.log.info({ database: world.database.described }, 'workers ready');
