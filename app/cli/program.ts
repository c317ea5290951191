/** The tree of verbs under the name of the program, all with the same manners. */
import { Command, type CommandUnknownOpts, Help, type Option } from '@commander-js/extra-typings';
import about from '../../package.json' with { type: 'json' };
import { complain, say } from './terminal.ts';
import { PROGRAM } from './verb.ts';
import { VERBS } from './verbs/index.ts';

const EPILOGUE = `
Without --server, commands work on the database: DATABASE_URL, or else the embedded PostgreSQL in DATA_DIR (./.data).
Exit codes: 0 done, 1 failed, 2 not understood, 3 not reachable. ${PROGRAM} COMMAND --help says more of each.`;

/** Where its output is neither a terminal of that width nor narrower. */
const WIDTH = 100;

export function buildProgram(): CommandUnknownOpts {
  const program = new Command(PROGRAM)
    .description('Keeps an OMOP CDM in step with EHRs.')
    .version(about.version, '--version', 'say the version')
    .helpOption('-h, --help', 'say how it is used')
    .helpCommand('help [command]', 'say how a command is used')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => say(text.replace(/\n$/, '')),
      writeErr: (text) => complain(text.replace(/\n$/, '')),
      getOutHelpWidth: () => (process.stdout.isTTY ? process.stdout.columns : WIDTH),
      getErrHelpWidth: () => (process.stderr.isTTY ? process.stderr.columns : WIDTH),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', EPILOGUE);
  for (const verb of VERBS) program.addCommand(verb);
  for (const verb of program.commands) handOn(program, verb, PROGRAM);
  return program.showHelpAfterError(
    `Options stand behind the command. ${PROGRAM} --help lists the commands.`,
  );
}

/** What is set above holds below, too; and what is not understood leads to the help of that verb. */
function handOn(parent: CommandUnknownOpts, command: CommandUnknownOpts, path: string): void {
  const name = `${path} ${command.name()}`;
  command.copyInheritedSettings(parent);
  command
    .configureHelp({ visibleOptions: inOrder })
    .showHelpAfterError(`${name} --help says how it is used.`);
  for (const verb of command.commands) handOn(command, verb, name);
}

/** Its own options first, then those that many have. */
function inOrder(this: Help, command: CommandUnknownOpts): Option[] {
  const all = Help.prototype.visibleOptions.call(this, command);
  return all.toSorted((one, other) => rank(one) - rank(other));
}

const COMMON = ['json', 'server', 'help'];
const rank = (option: Option): number => COMMON.indexOf(option.attributeName());
