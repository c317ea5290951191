/** The tree of commands: each has help, its examples and those of the pages are understood, and nothing else is. */
import { readFileSync } from 'node:fs';
import { CommanderError } from '@commander-js/extra-typings';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withUsualVerb } from '../../app/cli/group.ts';
import { buildProgram } from '../../app/cli/program.ts';
import { commandTable, withCommands } from '../../app/cli/reference.ts';
import { nodesOf, optionsOf, verbsOf } from '../../app/cli/tree.ts';
import { examplesOf } from '../../app/cli/verb.ts';

const read = (page: string) => readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
const REFERENCE = read('app/cli/README.md');
const PAGES = [
  'README.md',
  'jobs/connection/README.md',
  'jobs/connection/KEYS.md',
  'app/auth/README.md',
  'jobs/vocabulary/README.md',
  'jobs/snapshot/README.md',
  'jobs/TROUBLESHOOTING.md',
  'jobs/alerts/README.md',
  'jobs/record/README.md',
  'jobs/map/COMING-FROM.md',
  'app/cli/README.md',
  'sql/README.md',
  'sql/BACKUP.md',
  'sql/COOKBOOK.md',
  'sql/deid/README.md',
]
  .map(read)
  .join('\n');

class Understood extends Error {}

interface Tried {
  /** `understood`, or the parser's code for why not. */
  readonly ended: string;
  readonly said: string;
  readonly errors: string;
}

/** What becomes of these words, short of doing it. */
async function tried(words: readonly string[]): Promise<Tried> {
  const texts = { said: '', errors: '' };
  const catching = (key: 'said' | 'errors') => (piece: string | Uint8Array) => {
    texts[key] += String(piece);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(catching('said'));
  vi.spyOn(process.stderr, 'write').mockImplementation(catching('errors'));
  const program = buildProgram().hook('preAction', () => {
    throw new Understood();
  });
  try {
    await program.parseAsync(withUsualVerb(program, words), { from: 'user' });
    return { ended: 'nothing', ...texts };
  } catch (error) {
    if (error instanceof Understood) return { ended: 'understood', ...texts };
    if (error instanceof CommanderError) return { ended: error.code, ...texts };
    throw error;
  } finally {
    vi.restoreAllMocks();
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** As a shell takes a line apart, up to a redirection or comment. */
function words(line: string): string[] {
  return [...line.replace(/\s[>#|].*$/, '').matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

const verbs = verbsOf(buildProgram());

describe('every command', () => {
  it.each(nodesOf(buildProgram()).map(({ path }) => path))('has help: %s', async (path) => {
    const command = nodesOf(buildProgram()).find((one) => one.path === path)?.command;
    const { ended, said, errors } = await tried([...path.split(' '), '--help']);
    expect({ ended, errors }).toEqual({ ended: 'commander.helpDisplayed', errors: '' });
    expect(said).toContain(`Usage: npm run cli -- ${path}`);
    for (const option of command ? optionsOf(command) : []) {
      expect(said).toContain(option.flags);
      expect(option.description).not.toBe('');
    }
    for (const argument of command?.registeredArguments ?? []) expect(argument.description).not.toBe('');
    for (const example of command ? examplesOf(command) : []) expect(said).toContain(example);
  });

  it('is a verb with a summary and examples of its own that are understood, or a group', async () => {
    expect(verbs.length).toBeGreaterThan(45);
    for (const { path, command } of verbs) {
      expect(command.summary(), path).toMatch(/^[A-Z].*\.$/);
      expect(examplesOf(command).length, path).toBeGreaterThan(0);
      for (const example of examplesOf(command)) {
        const usual = withUsualVerb(buildProgram(), words(example));
        expect(usual.join(' '), example).toMatch(new RegExp(`^${path}( |$)`));
        expect({ example, ...(await tried(words(example))) }).toMatchObject({ ended: 'understood' });
      }
    }
  });
});

describe('the pages', () => {
  it('list the commands that there are', () => {
    expect(withCommands(REFERENCE)).toBe(REFERENCE);
    expect(commandTable()).toContain('| `sync SITE` |');
  });

  it('name each command that needs the machine of the database, or its group where all of that need it', () => {
    const [, said = ''] = /What needs the machine of the database says so: (.*)\.$/m.exec(REFERENCE) ?? [];
    const named = [...said.matchAll(/`([a-z -]+)`/g)].map(([, name]) => name);
    const ofGroup = Map.groupBy(verbs, ({ path }) => path.split(' ')[0] ?? '');
    const needed = [...ofGroup].flatMap(([group, all]) => {
      // They take --server to refuse it with where to run them instead, and do not offer it.
      const theirs = all
        .filter(({ command }) => command.options.some(({ long, hidden }) => long === '--server' && hidden))
        .map(({ path }) => path);
      return theirs.length === all.length ? [group] : theirs;
    });
    expect(named.toSorted()).toEqual(needed.toSorted());
  });

  it('show no command that is not understood', async () => {
    const shown = [...PAGES.matchAll(/npm run (?:--silent )?cli -- ([^`\n]+)/g)].map(
      ([, line]) => line ?? '',
    );
    const commands = shown
      .map((line) => line.replace(/\).*$/, '').replace(/[.,;:…]+$/, ''))
      .filter((line) => /^[a-z]/.test(line));
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) {
      expect({ command, ...(await tried(words(command))) }).toMatchObject({ ended: 'understood' });
    }
  });
});

describe('what is not understood', () => {
  it.each([
    ['a mistyped command', 'snyc memorial', 'commander.unknownCommand', 'Did you mean sync?'],
    ['a mistyped command of a group', 'tokens lst', 'commander.unknownCommand', 'Did you mean list?'],
    ['one beside the usual', 'alerts sen 3', 'commander.unknownCommand', 'Did you mean seen?'],
    ['a mistyped option', 'sync memorial --ful', 'commander.unknownOption', 'Did you mean --full?'],
    ['an option of another command', 'sync memorial --csv', 'commander.unknownOption', "'--csv'"],
    ['an option before the command', '--json status', 'commander.unknownOption', 'stand behind the command'],
    ['a word too many', 'status memorial --json extra', 'commander.excessArguments', 'too many arguments'],
    ['a word too few', 'sync', 'commander.missingArgument', "'site'"],
    ['options that exclude each other', 'unmapped --csv --json', 'commander.conflictingOption', '--json'],
    ['no number', 'tokens revoke three', 'commander.invalidArgument', 'Expected a whole number.'],
    ['a choice that is none', 'maps list --state lost', 'commander.invalidArgument', 'target-lost'],
    ['a value that lacks', 'import data --site', 'commander.optionMissingArgument', '--site'],
  ])('is refused with what was probably meant: %s', async (_, line, code, says) => {
    const { ended, said, errors } = await tried(words(line));
    expect({ ended, said }).toEqual({ ended: code, said: '' });
    expect(errors).toContain(says);
    expect(errors).toContain('--help');
  });
});
