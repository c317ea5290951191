import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMembers } from '../../jobs/cohorts/read-members.ts';
import { readConceptLevelFile } from '../../jobs/quality/dashboard/concept-level-file.ts';
import { readCsvFile } from '../../jobs/step/csv-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const all = async (path: string) => {
  const rows = [];
  for await (const row of readCsvFile(path)) rows.push(row);
  return rows;
};
const written = async (text: string | Buffer) => {
  const path = join(folder, 'rows.csv');
  await writeFile(path, text);
  return path;
};

describe.each([
  ['rows of CSV', all],
  ['members of a cohort', openMembers],
  ['checks of concepts', readConceptLevelFile],
])('a file of %s', (_what, read: (path: string) => Promise<unknown>) => {
  it('that is missing is an error that names it', async () => {
    const path = join(folder, 'nowhere.csv');
    const error = await read(path).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'csv-file-unreadable' });
    expect((error as Error).message).toContain(`${path}; it cannot be read (ENOENT)`);
  });

  it('that is a folder is an error that says so', async () => {
    await expect(read(folder)).rejects.toMatchObject({
      code: 'csv-file-unreadable',
      message: expect.stringContaining('(EISDIR)'),
    });
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read is an error that says so', async () => {
    const path = await written('a,b\n');
    await chmod(path, 0);
    await expect(read(path)).rejects.toMatchObject({ message: expect.stringContaining('(EACCES)') });
    await chmod(path, 0o600);
  });

  it('whose text is no CSV is an error with the line, and nothing of its text', async () => {
    const path = await written('a,b\n"secret"x,2\n');
    const error = await read(path).catch((one: unknown) => one);
    // The members' file is refused for its header before that line is read.
    expect(['csv-file-broken', 'cohort-columns']).toContain(Reflect.get(error as Error, 'code'));
    expect((error as Error).message).not.toContain('secret');
  });
});

it('rows come with their line, and without what stands around a field', async () => {
  expect(await all(await written('\uFEFFa, b\r\n\r\n"x\ny",2\n'))).toEqual([
    { line: 1, fields: ['a', 'b'] },
    { line: 4, fields: ['x\ny', '2'] },
  ]);
});

it('a row longer than any row is an error, and is not gathered', async () => {
  const path = await written(`a\n"${'x'.repeat(200_000)}"\n`);
  await expect(all(path)).rejects.toMatchObject({
    code: 'csv-file-broken',
    message: expect.stringContaining('line 2'),
  });
});
