/** `npm run verbs` writes the table of commands in README.md of this folder from the tree; `-- --check` only compares. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { buildProgram } from './program.ts';
import { complain } from './terminal.ts';
import { optionsOf, verbsOf } from './tree.ts';

const README = new URL('README.md', import.meta.url);
const HEAD = '<!-- commands: written by `npm run verbs` from app/cli/verbs -->';
const FOOT = '<!-- /commands -->';

/** Said once above the table. */
const COMMON = ['json', 'server'];

export function commandTable(): string {
  const lines = verbsOf(buildProgram()).map(({ path, command }) => {
    const words = command.registeredArguments.map((one) => {
      const name = `${one.name().toUpperCase()}${one.variadic ? '…' : ''}`;
      return one.required ? name : `[${name}]`;
    });
    const own = optionsOf(command).filter((option) => !COMMON.includes(option.attributeName()));
    // What a command cannot do without stands beside its words.
    const needed = own.filter((option) => option.mandatory).map((option) => option.flags);
    const options = own.filter((option) => !option.mandatory).map((option) => `\`${option.flags}\``);
    const more = options.length > 0 ? ` ${options.join(', ')}` : '';
    return `| \`${[path, ...words, ...needed].join(' ')}\` | ${cell(command.summary())}${more} |`;
  });
  return ['| command | |', '| --- | --- |', ...lines].join('\n');
}

const cell = (text: string): string => text.replace(/[|<]/g, '\\$&');

/** The page with an up-to-date table. */
export function withCommands(readme: string): string {
  const [begin, end] = [readme.indexOf(HEAD), readme.indexOf(FOOT)];
  if (begin < 0 || end < begin) throw new Error(`app/cli/README.md lacks the marks ${HEAD} and ${FOOT}.`);
  return `${readme.slice(0, begin + HEAD.length)}\n\n${commandTable()}\n\n${readme.slice(end)}`;
}

async function main(check: boolean): Promise<void> {
  const readme = await readFile(README, 'utf8');
  const wanted = withCommands(readme);
  if (!check) return writeFile(README, wanted);
  if (readme === wanted) return;
  complain('app/cli/README.md does not show the commands that there are. Run "npm run verbs" and commit it.');
  process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.includes('--check'));
}
