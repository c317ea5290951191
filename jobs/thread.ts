/** A thread of a worker (threads/pool.ts starts it). */
import { serveThread } from './serve-thread.ts';

await serveThread();
