/**
 * `npm run cli -- COMMAND`. It exits with 0 when the command did what it was asked for, with 1 when it failed, with 2
 * when it was not understood, and with 3 when the database or server is not reachable.
 */
import { run } from './run.ts';

// The reader of the output may close the pipe early (`… | head`); the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await run(process.argv.slice(2));
