/** The scripts of completion in the shells themselves; a shell that is not here is named and left out. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completionScript, SHELLS, type Shell } from '../../app/cli/completion.ts';
import { buildProgram } from '../../app/cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isHere = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

/** How each shell is asked: the words are given to the script, what it offers comes back, a line each. */
const ASK: Readonly<Record<Shell, string>> = {
  bash: `COMP_WORDS=(tool "$@"); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _tool; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Outside of a line that is edited, zsh has nothing to show its offers with.
  zsh: `_describe() { print -l -- \${\${(P)2}%%:*} }; compadd() { shift; print -l -- "$@" }; _files() { print files }
    words=(tool "$@"); CURRENT=\${#words}; _tool`,
  fish: `complete -C "tool $argv"`,
};

function offered(shell: Shell, ...words: string[]): string[] {
  const file = join(folder, `completion.${shell}`);
  writeFileSync(file, completionScript(shell, buildProgram(), 'tool'));
  const begin = shell === 'zsh' ? `compdef() { }; source ${file}` : `source ${file}`;
  const arguments_ = shell === 'fish' ? [words.join(' ')] : ['-', ...words];
  const flags = shell === 'zsh' ? ['-f'] : [];
  const ended = spawnSync(shell, [...flags, '-c', `${begin}\n${ASK[shell]}`, ...arguments_], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  expect(ended.stderr).toBe('');
  return ended.stdout
    .split('\n')
    .flatMap((line) => line.split('\t', 1))
    .filter((word) => word !== '');
}

describe.each(SHELLS)('%s', (shell) => {
  it.skipIf(!isHere(shell))(
    'completes commands, those of a group, options, and what they may be given',
    () => {
      expect(offered(shell, 'sy')).toContain('sync');
      expect(offered(shell, 'tokens', '')).toEqual(['create', 'list', 'revoke', 'sign-in']);
      expect(offered(shell, 'tokens', 'create', '--ro')).toContain('--role');
      expect(offered(shell, 'tokens', 'create', '--ro')).not.toContain('--full');
      expect(offered(shell, 'tokens', 'create', '--role', '').sort()).toEqual([
        ...['admin', 'mapper', 'operator', 'viewer'],
      ]);
      expect(offered(shell, 'sync', 'memorial', '--w')).toContain('--watch');
    },
  );
});

describe('bash', () => {
  it('takes what an option is given for no command', () => {
    expect(offered('bash', 'tokens', 'create', '--note', 'list', '--exp')).toEqual(['--expires']);
  });
});
