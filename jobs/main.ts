/** `npm run work`: the workers, until SIGTERM or SIGINT. */

import { environment } from '../sql/environment.ts';
import { startWorkers } from './workers.ts';
import { openWorld } from './world.ts';

const world = await openWorld(environment());
const workers = await startWorkers(world.deps);
world.deps.log.info({ database: world.database.described }, 'workers ready');

let stopping = false;
const stop = async (signal: string) => {
  if (stopping) return;
  stopping = true;
  world.deps.log.info({ signal }, 'stopping: steps in progress finish or hand themselves on');
  await workers.stop();
  await world.close();
  process.exit(0);
};
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));
