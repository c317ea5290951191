/** How each verb begins: its name, what it does, examples, and the options that many have. */
import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { environment } from '../../sql/environment.ts';
import { NotUnderstood } from './not-understood.ts';
import { serverMeant } from './server.ts';

/** How people call it; stands before each verb in help and examples. */
export const PROGRAM = 'npm run cli --';

const EXAMPLES = new WeakMap<CommandUnknownOpts, readonly string[]>();

export const examplesOf = (command: CommandUnknownOpts): readonly string[] => EXAMPLES.get(command) ?? [];

/** As people type them after the name of the program. */
export type Examples = readonly [string, ...string[]];

export const JSON_OPTION = ['--json', 'say it as JSON, in the shape of the API'] as const;
export const SERVER_OPTION = [
  '--server <url>',
  'ask the API of this server instead of the database here (FHIR_OMOP_URL; its token in FHIR_OMOP_TOKEN or FHIR_OMOP_TOKEN_FILE)',
] as const;

/** A verb that the API knows: here or on a server. */
export const verb = (name: string, does: string, examples: Examples) =>
  begun(name, does, examples)
    .option(...JSON_OPTION)
    .option(...SERVER_OPTION);

/** The same where the output is a file. */
export const fileVerb = (name: string, does: string, examples: Examples) =>
  begun(name, does, examples).option(...SERVER_OPTION);

/** A verb that only the machine of the database can do. */
export const machineVerb = (name: string, does: string, examples: Examples) =>
  machineFileVerb(name, does, examples).option(...JSON_OPTION);

export function machineFileVerb(name: string, does: string, examples: Examples) {
  return begun(name, does, examples, 'Works on the machine of the database, and not by --server.')
    .addOption(new Option('--server <url>').hideHelp())
    .hook('preAction', (_, command) => {
      const { server }: { readonly server?: string } = command.opts();
      if (serverMeant(server, environment()) === undefined) return;
      throw new NotUnderstood(
        `"${name}" needs the machine of the database. Run it there, without --server and without FHIR_OMOP_URL.`,
      );
    });
}

export function begun(name: string, does: string, examples: Examples, note?: string) {
  const command = new Command(name).summary(does).description(note ? `${does} ${note}` : does);
  EXAMPLES.set(command, examples);
  return command.addHelpText('after', () =>
    ['\nExamples:', ...examples.map((example) => `  ${PROGRAM} ${example}`)].join('\n'),
  );
}

export const watchOption = () =>
  new Option('--watch', 'follow it until it ends; over the database here also work on it');

/** For numbers of runs, tokens and the like. */
export function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** For how many of a list: what the API refuses is told before it is asked. */
export const upTo = (most: number) => (text: string) => {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
};

export const several = (text: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  text,
];

/** Says by the exit code that a command did not reach what was asked for. */
export function ended(well: boolean): void {
  // A signal that ended it has a code of its own.
  if (!well) process.exitCode ??= 1;
}
