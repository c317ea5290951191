/** A command from its words, as they stand after the name of the program; `process.exitCode` says how it ended. */
import { endingOf } from './exit-code.ts';
import { withUsualVerb } from './group.ts';
import { buildProgram } from './program.ts';
import { complain } from './terminal.ts';

export async function run(words: readonly string[]): Promise<void> {
  const program = buildProgram();
  try {
    await program.parseAsync(words.length === 0 ? ['--help'] : withUsualVerb(program, words), {
      from: 'user',
    });
  } catch (error) {
    const { code, says } = endingOf(error);
    if (says) complain(says);
    process.exitCode = code;
  }
}
