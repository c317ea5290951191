import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, type ErrorCode, PARTS } from '../../jobs/step/catalogue/catalogue.ts';
import { classOf, DATABASE, isCollision } from '../../jobs/step/catalogue/database.ts';
import type { Entry } from '../../jobs/step/catalogue/entry.ts';
import { NOTICES, type NoticeEntry } from '../../jobs/step/catalogue/notice.ts';
import { rows, withTables } from '../../jobs/step/catalogue/troubleshooting.ts';
import { describeError } from '../../jobs/step/describe-error.ts';
import { SyncError, syncError } from '../../jobs/step/errors.ts';

const ROOT = join(import.meta.dirname, '../..');
const codes = Object.keys(CATALOGUE) as ErrorCode[];

/** With the same text for every parameter that its templates name. */
function made(code: ErrorCode, value: string): SyncError {
  const { says, todo }: Entry = CATALOGUE[code];
  const names = [...`${says} ${todo}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return new SyncError(code, Object.fromEntries(names.map((name) => [name, value])), {});
}

describe('the catalogue of errors', () => {
  it('has each code in one part', () => {
    const listed = PARTS.flatMap(({ errors }) => Object.keys(errors));
    expect(listed.toSorted()).toEqual(codes.toSorted());
  });

  it('has no code that nothing uses', async () => {
    const files = (await Promise.all(['app', 'jobs'].map(sources))).flat();
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const unused = codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });

  it.each(codes)('says of %s in whole sentences what came and what to do', (code) => {
    const { says, todo }: Entry = CATALOGUE[code];
    expect(says).toMatch(/[.}]$/);
    expect(todo).toMatch(/^[A-Z`].*(\.|ZIP)$/s);
    expect(made(code, 'X').message).not.toMatch(/[{}\n]| {2}/);
  });

  it.each(codes)('repeats no secret of a parameter in %s', (code) => {
    const secrets =
      'see https://files.example/1?sig=S3CRET\nwith eyJhbGciOiJI.eyJzdWIiOiJ.S3CRET or Bearer S3CRET or basic S3CRET';
    const { message } = made(code, secrets + 'x'.repeat(100_000));
    expect(message).not.toContain('S3CRET');
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(12_000);
  });

  it('is quick with what a server writes to slow it down', () => {
    for (const text of ['eyJ'.repeat(500_000), 'http://'.repeat(300_000), `basic${' '.repeat(500_000)}`]) {
      expect(syncError('credentials-missing', { field: text }).message.length).toBeLessThan(5000);
    }
  });

  it('is in TROUBLESHOOTING.md: each code that can end a run once, in its words', async () => {
    const page = await readFile(join(ROOT, 'jobs/TROUBLESHOOTING.md'), 'utf8');
    expect(page).toBe(withTables(page));
    const errors = page.slice(page.indexOf('<!-- errors: '));
    for (const { codes: named } of rows().filter(({ about }) => about !== 'database')) {
      expect(errors.split(`| ${named} |`), named).toHaveLength(2);
    }
  });
});

describe('the catalogue of notices', () => {
  const entries = Object.entries<NoticeEntry>(NOTICES);

  it.each(entries)('says of %s in whole sentences what happened and what to do', (_name, { says, todo }) => {
    expect(says).toMatch(/[.}]$/);
    if (todo !== undefined) expect(todo).toMatch(/^[A-Z].*\.$/s);
  });

  it('has no notice that nothing uses', async () => {
    const files = (await Promise.all(['app', 'jobs'].map(sources))).flat();
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const unused = entries.filter(([name]) => !texts.some((text) => text.includes(`'${name}'`)));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it('is where every notice comes from', async () => {
    const files = (await Promise.all(['app', 'jobs'].map(sources))).flat();
    const calls = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).flatMap((text) => [
      ...text.matchAll(/await (?:note|count)InTx\(([^;]*)\);/g),
    ]);
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.map(([call]) => call).filter((call) => !/\bnotice(Of)?\(/.test(call))).toEqual([]);
  });

  it('is in TROUBLESHOOTING.md, each notice once', async () => {
    const page = await readFile(join(ROOT, 'jobs/TROUBLESHOOTING.md'), 'utf8');
    const [, table = ''] = /<!-- notices: .*? -->([\s\S]*)<!-- \/notices -->/.exec(page) ?? [];
    for (const [name, { code = name }] of entries) expect(table, name).toContain(`| \`${code}\` |`);
    expect(table.trim().split('\n')).toHaveLength(entries.length + 2);
  });
});

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts') && !name.startsWith('step/catalogue/'))
    .map((name) => join(ROOT, folder, name));
}

describe('an error of the language', () => {
  const name: unknown = JSON.parse('"Ada Example"');
  it.each([
    ['TypeError', () => 'id' in (name as object)],
    ['TypeError', () => new Map(name as [])],
    ['RangeError', () => new Intl.DateTimeFormat('en', { timeZone: String(name) })],
    ['SyntaxError', () => BigInt(String(name))],
    ['DataCloneError', () => structuredClone({ toString: () => 'Ada Example' })],
    ['ERR_INVALID_ARG_TYPE', () => join(0 as never, String(name))],
  ])('(%s) is told without the value at fault, and with its frames', (code, fails) => {
    let thrown: unknown;
    try {
      fails();
    } catch (error) {
      thrown = error;
    }
    const described = describeError(thrown);
    expect(described.code).toBe(code);
    expect(`${described.message} ${described.stack}`).not.toMatch(/Ada|Example/);
    expect(described.stack).toMatch(/^\s+at .*errors\.test\.ts/m);
  });
});

describe('an error of Postgres', () => {
  it.each([
    ['23505', 'collision', 'retry'],
    ['40P01', 'collision', 'retry'],
    ['40001', 'collision', 'retry'],
    ['55P03', 'took-too-long', 'retry'],
    ['57014', 'took-too-long', 'retry'],
    ['57P01', 'connection-lost', 'retry'],
    ['08006', 'connection-lost', 'retry'],
    ['53100', 'disk-full', 'retry'],
    ['53300', 'out-of-resources', 'retry'],
    ['25006', 'read-only', 'retry'],
    ['42501', 'not-allowed', 'retry-briefly'],
    ['23503', 'reference', 'retry-briefly'],
    ['23502', 'constraint', 'give-up'],
    ['23514', 'constraint', 'give-up'],
    ['42P01', 'schema', 'give-up'],
    ['42703', 'schema', 'give-up'],
    ['0A000', 'schema', 'give-up'],
    ['26000', 'plan-outdated', 'retry'],
    ['42P05', 'plan-outdated', 'retry'],
    ['22P02', 'value', 'retry-briefly'],
    ['XX000', 'other', 'retry'],
  ] as const)('%s is of the kind %s: %s', (state, kind, sort) => {
    expect(classOf(state)).toBe(kind);
    expect(DATABASE[kind].sort).toBe(sort);
    const described = describeError(refusal(state));
    expect(described).toMatchObject({ code: `postgres-${state}`, sort });
    expect(described.message).toContain(`SQLSTATE ${state}`);
    expect(described.message).toMatch(/\.$/);
  });

  it('tells table and constraint, not the value that Postgres quotes', () => {
    const { message } = describeError(refusal('23514', { table_name: 'person', constraint_name: 'year' }));
    expect(message).toContain('table person, constraint year');
    expect(message).not.toContain('Jane');
  });

  it('is tried again where only a plan was older than its table, which has the SQLSTATE of what cannot be done', () => {
    const outdated = refusal('0A000', { routine: 'RevalidateCachedQuery' });
    expect(describeError(outdated)).toMatchObject({ code: 'postgres-0A000', sort: 'retry' });
  });

  it('is tried again where a partition was attached for the row, which has the SQLSTATE of a constraint', () => {
    const elsewhere = refusal('23514', { routine: 'ExecPartitionCheckEmitError' });
    expect(describeError(elsewhere)).toMatchObject({ code: 'postgres-23514', sort: 'retry' });
    expect(describeError(refusal('23514', { routine: 'ExecConstraints' })).sort).toBe('give-up');
  });

  it.each([
    ['insert into chunk_count ("a") values ($1)', 'refused insert into chunk_count with'],
    ["select a, 'Jane' from cdm.person where b = 'Jane'", 'refused select from cdm.person with'],
    ['with a as (select 1)\n update resource r set b = 1', 'refused update resource with'],
    ["select 'Jane'", 'refused a statement with'],
  ])('names the statement %s without its values', (query, named) => {
    const { message } = describeError(refusal('42P01', { query }));
    expect(message).toContain(named);
    expect(message).not.toContain('Jane');
  });

  it('is a collision when another transaction was there at the same moment, and else not', () => {
    expect(['23505', '40P01', '40001', '23503', '55P03'].map((state) => isCollision(refusal(state)))).toEqual(
      [...[true, true, true], ...[false, false]],
    );
  });

  it('says of a lost connection that it was one, with the code of the client', () => {
    const lost = Object.assign(new Error('write CONNECTION_CLOSED db.example:5432'), {
      code: 'CONNECTION_CLOSED',
    });
    expect(describeError(lost)).toMatchObject({ code: 'CONNECTION_CLOSED', sort: 'retry' });
    expect(describeError(lost).message).toContain('db.example:5432');
  });
});

describe('an error that is in no catalogue', () => {
  it('repeats nothing of a text that is not JSON, and no signature of a URL', () => {
    const parse = () => JSON.parse('{"name": Jane}');
    expect(() => parse()).toThrow('Jane');
    let said = '';
    try {
      parse();
    } catch (error) {
      said = describeError(error).message;
    }
    expect(said).toContain('JSON');
    expect(said).not.toContain('Jane');
    expect(describeError(new Error('no answer of https://a.example/f?sig=S3CRET')).message).toBe(
      'no answer of https://a.example/f?…',
    );
  });
});

function refusal(code: string, fields: object = {}): Error {
  const error = new Error('invalid input: "Jane"');
  error.name = 'PostgresError';
  return Object.assign(error, { code, ...fields });
}
