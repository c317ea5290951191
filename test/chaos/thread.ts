/** A thread of a worker that is to be killed: the production one with the clock and the deaths of worker.ts. */
import { serveThread } from '../../jobs/serve-thread.ts';
import { clock, mortal } from './mortal.ts';

await serveThread({ clock, around: mortal });
