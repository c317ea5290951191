import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDuck } from '../../jobs/snapshot/duckdb.ts';
import {
  type Format,
  type Manifest,
  type SnapshotOptions,
  takeSnapshot,
} from '../../jobs/snapshot/snapshot.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newSite } from '../derive/chart.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';

/** What a text may hold that a CSV could take for something else. */
const TEXTS = ['', '""', 'a,b', 'line\nline', '\r\n', '"', '\\N', 'NULL', 'ä€😀', ' x ', "it's", null];

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await newDatabase();
  await db.sql`
    insert into cdm_source (cdm_source_name, cdm_source_abbreviation, cdm_holder, source_release_date, cdm_release_date,
      cdm_version_concept_id, vocabulary_version)
    values ('north', 'north', 'north', '2024-06-01', '2024-06-02', 756265, 'v5.0')`;
  for (const id of [3, 1, 2]) {
    const [row] = await db.sql<{ person_id: number }[]>`
      insert into person ${db.sql({ person_id: id, gender_concept_id: 8507, year_of_birth: 1960, race_concept_id: 0, ethnicity_concept_id: 0, birth_datetime: '1960-05-04 03:02:01' })}
      returning person_id`;
    for (const [at, text] of TEXTS.entries()) {
      await insert(db.sql, 'note', {
        ...{ note_id: id * 100 + at, person_id: row?.person_id ?? 0, note_date: '2023-01-10' },
        ...{ note_text: text ?? 'none', note_title: text },
      });
    }
    await insert(db.sql, 'measurement', {
      ...{ person_id: id, measurement_date: '2023-01-11', value_as_number: id === 1 ? null : 120.25 * id },
    });
  }
});
afterAll(() => db.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'));
  return () => rm(folder, { recursive: true });
});

const take = (format: Format, more: Partial<Pick<SnapshotOptions, 'tables' | 'schema' | 'onTable'>> = {}) =>
  takeSnapshot(
    { sql: db.sql, schemas: db.schemas, clock: () => new Date('2026-01-02T03:04:05Z') },
    { folder: join(folder, 'out'), schema: db.schemas.cdm, format, program: 'test 1', ...more },
  );
const manifest = async () =>
  JSON.parse(await readFile(join(folder, 'out', 'manifest.json'), 'utf8')) as Manifest;

/** Rows of a query in DuckDB. */
async function inDuck(sql: string, path = ':memory:') {
  const { duck, close } = await openDuck(path);
  try {
    return (await duck.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    close();
  }
}

describe('a snapshot', () => {
  few(it, 1).each<Format>(['parquet', 'duckdb'])(
    'in %s has every table, row and value of the CDM',
    async (format) => {
      // The suite takes the tables that are looked at.
      const tables = LONG_RUN ? undefined : ['note', 'measurement', 'person'];
      const taken = await take(format, tables && { tables });
      expect(taken).toEqual({ ...(await manifest()), kept: 0 });
      expect(taken).toMatchObject({
        ...{
          complete: true,
          format,
          schema: db.schemas.cdm,
          program: 'test 1',
          taken_at: '2026-01-02T03:04:05.000Z',
        },
        cdm_source: { cdm_source_name: 'north', vocabulary_version: 'v5.0' },
      });
      expect(taken.tables).toHaveLength(tables?.length ?? 39);

      const at = (table: string) =>
        format === 'parquet' ? `read_parquet('${join(folder, 'out', `${table}.parquet`)}')` : table;
      const database = format === 'duckdb' ? join(folder, 'out', 'cdm.duckdb') : undefined;
      for (const { table, rows } of taken.tables) {
        const [there] = await db.sql<{ n: number }[]>`select count(*) as n from ${db.sql(table)}`;
        expect([table, rows]).toEqual([table, there?.n]);
      }
      const notes = await inDuck(`select note_id, note_text, note_title from ${at('note')}`, database);
      expect(notes.map((one) => [Number(one['note_id']), one['note_text'], one['note_title']])).toEqual(
        [1, 2, 3].flatMap((id) => TEXTS.map((text, nth) => [id * 100 + nth, text ?? 'none', text])),
      );
      expect(
        await inDuck(
          `select person_id, value_as_number, typeof(value_as_number) as type, measurement_date from ${at('measurement')}`,
          database,
        ),
      ).toEqual([
        { person_id: '1', value_as_number: null, type: 'DOUBLE', measurement_date: '2023-01-11' },
        { person_id: '2', value_as_number: 240.5, type: 'DOUBLE', measurement_date: '2023-01-11' },
        { person_id: '3', value_as_number: 360.75, type: 'DOUBLE', measurement_date: '2023-01-11' },
      ]);
      expect(
        await inDuck(
          `select typeof(birth_datetime) as type, birth_datetime from ${at('person')} limit 1`,
          database,
        ),
      ).toEqual([{ type: 'TIMESTAMP', birth_datetime: '1960-05-04 03:02:01' }]);
    },
  );

  few(it, 1).each<Format>(['duckdb', 'parquet'])(
    'in %s is made of files for their owner alone, also in a folder that others may look into',
    async (format) => {
      const out = join(folder, 'out');
      await mkdir(out);
      await chmod(out, 0o755);
      await take(format, { tables: ['person', 'note'] });
      for (const file of await readdir(out)) {
        expect([file, (await stat(join(out, file))).mode & 0o777]).toEqual([file, 0o600]);
      }
    },
  );

  it('is not taken into a folder that others may write, who could lead its files elsewhere', async () => {
    const out = join(folder, 'out');
    await mkdir(out);
    await chmod(out, 0o777);
    await symlink(join(folder, 'elsewhere'), join(out, '.person.parquet.part'));
    await expect(take('parquet', { tables: ['person'] })).rejects.toThrow('which lets others in');
    expect(await readdir(folder)).toEqual(['out']);
  });

  it('removes nothing but its own files, whatever the manifest in the folder says', async () => {
    await writeFile(join(folder, 'kept'), 'mine');
    await mkdir(join(folder, 'out'), { mode: 0o700 });
    const found = { complete: false, state: 'another', tables: [{ table: 'person', file: '../kept' }] };
    await writeFile(join(folder, 'out', 'manifest.json'), JSON.stringify(found));
    await take('parquet', { tables: ['person'] });
    expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('mine');
  });

  inLongRun(it)(
    "of the copy for researchers has the vocabulary, and not the EHRs' own codes and words",
    async () => {
      await db.sql`create schema if not exists copy_for_researchers`;
      await db.sql`create table copy_for_researchers.person as select person_id from person`;
      const { tables } = await take('parquet', { schema: 'copy_for_researchers' });
      const names = tables.map(({ table }) => table);
      expect(names).toContain('concept');
      expect(names).not.toContain('source_to_concept_map');
    },
  );

  it('is for its owner alone, and leaves nothing beside its files', async () => {
    const { tables } = await take('parquet', { tables: ['person', 'note'] });
    expect(await readdir(join(folder, 'out'))).toEqual(['manifest.json', 'note.parquet', 'person.parquet']);
    expect((await stat(join(folder, 'out'))).mode & 0o777).toBe(0o700);
    for (const { file = '', bytes, sha256 } of tables) {
      const content = await readFile(join(folder, 'out', file));
      expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    }
  });

  inLongRun(it)(
    'that was interrupted goes on, if nothing has changed since, and begins anew otherwise',
    async () => {
      let begun = 0;
      const interrupted = (at: number) => () => {
        begun += 1;
        if (begun > at) throw new Error('pulled the plug');
      };
      const tables = ['person', 'note', 'measurement'];
      // Told twice of each table: when it begins and when it is written.
      await expect(take('parquet', { tables, onTable: interrupted(4) })).rejects.toThrow('pulled the plug');
      expect(await manifest()).toMatchObject({ complete: false, tables: [{ table: 'person' }, {}] });
      expect(await take('parquet', { tables })).toMatchObject({
        complete: true,
        kept: 2,
        tables: { length: 3 },
      });

      await rm(join(folder, 'out'), { recursive: true });
      begun = 0;
      await expect(take('duckdb', { tables, onTable: interrupted(4) })).rejects.toThrow('pulled the plug');
      // A connection with a run.
      await newSite(db.sql, 'north');
      expect(await take('duckdb', { tables })).toMatchObject({
        complete: true,
        kept: 0,
        tables: { length: 3 },
      });
    },
  );

  inLongRun(it)(
    'begins anew where the CDM has another version than the tables that are written',
    async () => {
      const tables = ['measurement', 'person'];
      const interrupted = (_table: string, written: unknown) => {
        if (written) throw new Error('pulled the plug');
      };
      await expect(take('parquet', { tables, onTable: interrupted })).rejects.toThrow('pulled the plug');
      await moveCdm(db.sql, db.schemas, '5.5');
      const { kept, tables: taken } = await take('parquet', { tables }).finally(() =>
        moveCdm(db.sql, db.schemas, '5.4'),
      );
      expect(kept).toBe(0);
      const measurement = taken.find(({ table }) => table === 'measurement');
      expect(measurement?.columns.map(({ name }) => name)).toContain('value_as_source_concept_id');
    },
  );

  inLongRun(it)('writes a table again whose file has gone', async () => {
    for (const format of ['parquet', 'duckdb'] as const) {
      const tables = ['person', 'note'];
      let told = 0;
      const interrupted = () => {
        if (++told > 2) throw new Error('pulled the plug');
      };
      await expect(take(format, { tables, onTable: interrupted })).rejects.toThrow('pulled the plug');
      await rm(join(folder, 'out', format === 'parquet' ? 'person.parquet' : 'cdm.duckdb'));
      expect(await take(format, { tables })).toMatchObject({ kept: 0, tables: { length: 2 } });
      await rm(join(folder, 'out'), { recursive: true });
    }
  });

  inLongRun(it)(
    'as a DuckDB file belongs to whoever opens it next, also while this process lives',
    async () => {
      await take('duckdb', { tables: ['person'] });
      const program = `import { DuckDBInstance } from '@duckdb/node-api';
      const duck = await (await DuckDBInstance.create(process.argv[1])).connect();
      console.log((await duck.runAndReadAll('select count(*)::integer from person')).getRows()[0][0]);`;
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '-e', program, join(folder, 'out', 'cdm.duckdb')],
        { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' },
      );
      expect([stdout, stderr]).toEqual(['3\n', '']);
    },
  );

  it('is never written over', async () => {
    await take('parquet', { tables: ['person'] });
    await expect(take('parquet', { tables: ['person'] })).rejects.toMatchObject({ code: 'snapshot-exists' });
  });

  inLongRun(it)(
    'goes on to the next table also where its reader falls behind the server at the last bytes',
    async () => {
      const tables = ['location', 'care_site', 'cohort_definition', 'vocabulary'];
      await db.sql`create schema large`;
      // Each more than a stream holds back, of a length of its own.
      for (const [nth, table] of tables.entries())
        await db.sql`create table large.${db.sql(table)} as
        select n as id, repeat('x', 40) as name from generate_series(1, ${1500 + 900 * nth}::int) n`;
      const taken = await take('parquet', { schema: 'large', tables });
      expect(taken.tables.map(({ table, rows }) => [table, rows]).sort()).toEqual(
        tables.map((table, nth) => [table, 1500 + 900 * nth]).sort(),
      );
    },
  );

  it('takes names of tables and schemas that are there', async () => {
    await expect(take('parquet', { tables: ['persons'] })).rejects.toThrow('none called persons');
    await expect(take('parquet', { schema: 'nowhere' })).rejects.toMatchObject({ code: 'snapshot-schema' });
  });

  it('fails when the file cannot be written, and leaves the connection usable', async () => {
    const path = join(folder, 'out');
    await writeFile(path, 'in the way');
    await expect(take('parquet')).rejects.toThrow();
    await rm(path);
    await expect(take('parquet', { tables: ['person'] })).resolves.toMatchObject({ complete: true });
  });
});

inLongRun(it)('says where DuckDB comes from, where it is not installed', () => {
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      ...['--import', join(import.meta.dirname, 'without-duckdb.ts'), 'app/cli/main.ts', 'snapshot'],
      ...['--out', join(folder, 'out')],
    ],
    {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
      env: {
        ...process.env,
        DATABASE_URL: db.url,
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        CDM_SCHEMA: db.schemas.cdm,
        SYNC_SCHEMA: db.schemas.sync,
        QUEUE_SCHEMA: db.schemas.queue,
      },
    },
  );
  expect(stderr).toContain('@duckdb/node-api cannot be loaded here (ERR_MODULE_NOT_FOUND)');
  expect(stderr).toContain('npm ci without --omit=optional');
  expect(status).toBe(1);
});
