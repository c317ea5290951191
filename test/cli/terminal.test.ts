/** What reaches a terminal holds nothing that a terminal obeys. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { table } from '../../app/cli/table.ts';
import { complain, say, sayFile, sayJson } from '../../app/cli/terminal.ts';
import { readable } from '../../jobs/log.ts';

const EVIL = '\u001b]0;owned\u0007\u202eevil\u009b2J';
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}]/u;

afterEach(() => {
  vi.restoreAllMocks();
});

function written(stream: NodeJS.WriteStream, work: () => void): string {
  let text = '';
  vi.spyOn(stream, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  work();
  vi.restoreAllMocks();
  return text;
}

describe('the command line', () => {
  it('strips escape sequences and bidi marks of all it says', () => {
    expect(written(process.stdout, () => say(`a ${EVIL}\nb`))).toBe('a  ]0;owned evil 2J\nb\n');
    expect(written(process.stderr, () => complain(EVIL))).not.toMatch(OBEYED);
  });

  it('escapes them in JSON, which stays the same data', () => {
    const data = { text: EVIL, more: ['\u{e0041}', 'line\nend'] };
    const text = written(process.stdout, () => sayJson(data));
    expect(text).not.toMatch(OBEYED);
    expect(JSON.parse(text)).toEqual(data);
  });

  it('gives a file as it is to a pipe, and stripped to a terminal', () => {
    const given = (isTTY: boolean) => {
      const out = Object.create(process.stdout, { isTTY: { value: isTTY } });
      return written(out, () => sayFile(`a,${EVIL}\r\n`, out));
    };
    expect(given(false)).toBe(`a,${EVIL}\r\n`);
    expect(given(true)).not.toMatch(OBEYED);
  });

  it('strips tables before their columns are measured', () => {
    const text = table([
      { code: EVIL, name: 'one\ntwo' },
      { code: 'x', name: '' },
    ]);
    expect(text).not.toMatch(OBEYED);
    expect(text.split('\n')).toHaveLength(4);
  });

  it('strips lines of the log for people', () => {
    const line = JSON.stringify({ level: 30, time: 0, msg: EVIL, site: [EVIL] });
    expect(readable(line)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('writes nothing but through there', () => {
    const folder = join(import.meta.dirname, '../../app/cli');
    const others = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && name !== 'terminal.ts',
    );
    expect(others.length).toBeGreaterThan(20);
    const found = others.filter((name) =>
      /console\.|process\.std(out|err)\.write/.test(readFileSync(join(folder, name), 'utf8')),
    );
    expect(found).toEqual([]);
  });
});
