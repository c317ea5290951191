/** Verbs that are about one thing stand together under its name. */
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

const USUAL = new WeakMap<CommandUnknownOpts, string>();

interface GroupOptions {
  /** What the name alone does. */
  readonly usual?: string;
}

export function group(
  name: string,
  about: string,
  verbs: readonly CommandUnknownOpts[],
  { usual }: GroupOptions = {},
): CommandUnknownOpts {
  const command = new Command(name)
    .summary(about)
    .description(usual ? `${about} "${name}" alone is "${name} ${usual}".` : about);
  for (const verb of verbs) command.addCommand(verb);
  if (usual) USUAL.set(command, usual);
  return command;
}

/** The words with the usual verb of a group put in where none was typed. */
export function withUsualVerb(program: CommandUnknownOpts, words: readonly string[]): readonly string[] {
  const [first, second] = words;
  const found = program.commands.find((one) => one.name() === first);
  const usual = found && USUAL.get(found);
  if (!first || !usual || (second !== undefined && !second.startsWith('-'))) return words;
  if (second === '--help' || second === '-h') return words;
  return [first, usual, ...words.slice(1)];
}
