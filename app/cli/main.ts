/**
 * `npm run cli -- COMMAND`. It exits with 0 when the command did what it was asked for, with 1 when it failed, with 2
 * when it was not understood, and with 3 when the database or server is not reachable.
 */
import { endingOf } from './exit-code.ts';
import { withUsualVerb } from './group.ts';
import { buildProgram } from './program.ts';
import { complain } from './terminal.ts';

// The reader of the output may close the pipe early (`… | head`); the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const words = process.argv.slice(2);
const program = buildProgram();
try {
  await program.parseAsync(words.length === 0 ? ['--help'] : withUsualVerb(program, words), { from: 'user' });
} catch (error) {
  const { code, says } = endingOf(error);
  if (says) complain(says);
  process.exitCode = code;
}
