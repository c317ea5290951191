/** From one version of the CDM to another: what changes, what waits, what is refused, what is lost. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { readCdmVersion } from '../../sql/cdm-version.ts';
import { databaseSettings } from '../../sql/database.ts';
import { migrate } from '../../sql/migrate.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { schemaText } from '../../sql/schema-text.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun, LONG_RUN, short } from '../long-run.ts';
import { bundle, temporaryFolder, writeFolder } from '../vocabulary/bundle.ts';

let database: TestDatabase;
const move = (to: '5.4' | '5.5', options = {}) => moveCdm(database.sql, database.schemas, to, options);
const version = async () => (await readCdmVersion(database.sql)).version;
const isThere = async (column: string) =>
  (await database.sql`select 1 from information_schema.columns where column_name = ${column}`).length > 0;
afterEach(() => database.drop());
/** The template is what a migration leaves, unless the suite is run on the other version. */
const isOf54 = (databaseSettings(process.env).cdmVersion ?? '5.4') === '5.4';

describe('a database', () => {
  it('is of CDM 5.4 unless it is new and CDM_VERSION says otherwise', async () => {
    // The template is of 5.4 by a migration that was told nothing.
    database = await newDatabase({ empty: LONG_RUN || !isOf54 });
    expect((await migrate(database.sql, database.schemas)).cdmVersion).toBe('5.4');
    const again = await migrate(database.sql, database.schemas, { cdmVersion: '5.5' });
    expect(again.cdmVersion).toBe('5.4');
    expect(again.warnings).toEqual([expect.stringContaining('npm run migrate -- --cdm 5.5')]);
    expect(() => databaseSettings({ CDM_VERSION: '5.3' })).toThrow('expected 5.4 or 5.5');
    expect(databaseSettings({ CDM_VERSION: '' }).cdmVersion).toBeUndefined();
  });

  inLongRun(it)('that somebody else made is of the version that its tables are of', async () => {
    for (const cdmVersion of short(['5.5', '5.4'] as const, 1)) {
      database = await newDatabase({ empty: true });
      await migrate(database.sql, database.schemas, { cdmVersion });
      await database.sql.unsafe('drop schema ehr_sync cascade');
      const found = await migrate(database.sql, database.schemas, { cdmVersion: '5.4' });
      expect([found.existingCdm, found.cdmVersion]).toEqual([true, cdmVersion]);
      if (LONG_RUN && cdmVersion === '5.5') await database.drop();
    }
  });
});

describe('a move', () => {
  beforeEach(async () => {
    database = await newDatabase({ empty: !isOf54 });
    if (!isOf54) await migrate(database.sql, database.schemas);
  });

  it('to 5.5 and back leaves the tables as they were', async () => {
    const before = await schemaText(database.sql, database.schemas);
    expect(await move('5.5')).toEqual({ from: '5.4', to: '5.5', lost: {} });
    expect(await schemaText(database.sql, database.schemas)).not.toBe(before);
    expect(await move('5.5')).toEqual({ from: '5.5', to: '5.5', lost: {} });
    await move('5.4');
    expect(await schemaText(database.sql, database.schemas)).toBe(before);
    expect(await readCdmVersion(database.sql)).toEqual({ version: '5.4', moves: 2 });
  });

  it('back is refused where values would be lost, which are counted, and made where that is said', async () => {
    await move('5.5');
    await database.sql`
      insert into pack_content (pack_concept_id, drug_concept_id) values (1, 2), (1, 3)`;
    await database.sql`
      insert into specimen (specimen_id, person_id, specimen_concept_id, specimen_type_concept_id, specimen_date, visit_occurrence_id)
      values (1, 1, 0, 0, '2026-01-01', 7), (2, 1, 0, 0, '2026-01-01', null)`;
    await expect(move('5.4')).rejects.toThrow(
      '1 value of specimen.visit_occurrence_id, 2 rows of pack_content',
    );
    expect(await version()).toBe('5.5');
    const moved = await move('5.4', { loseValues: true });
    expect(moved.lost).toEqual({ 'specimen.visit_occurrence_id': 1, pack_content: 2 });
    expect(await isThere('value_as_date')).toBe(false);
    expect(await database.sql`select specimen_id from specimen`).toHaveLength(2);
  });

  inLongRun(it)(
    'waits for who has read the version, and changes nothing when that takes too long',
    async () => {
      const moves = [
        ['5.4', '5.5'],
        ['5.5', '5.4'],
      ] as const;
      for (const [from, to] of short(moves, 1)) {
        await database.sql.begin(async (tx) => {
          expect((await readCdmVersion(tx)).version).toBe(from);
          await expect(move(to, { attempts: 1 })).rejects.toThrow('Nothing was changed');
          expect(await isThere('value_as_date')).toBe(from === '5.5');
        });
        expect(await version()).toBe(from);
        await move(to);
        expect(await version()).toBe(to);
      }
    },
  );

  it('back is refused while a view reads what would go, and names it', async () => {
    await move('5.5');
    await database.sql`create view my_dates as select value_as_date from observation`;
    await expect(move('5.4')).rejects.toThrow(/my_dates[\s\S]*Nothing was changed/);
    expect([await version(), await isThere('value_as_source_concept_id')]).toEqual(['5.5', true]);
  });

  inLongRun(it)(
    'brings a load of the vocabulary the three new tables, where the download has them',
    async () => {
      const folder = await temporaryFolder();
      const load = async (files: Parameters<typeof bundle>[0]) =>
        await loadVocabulary({
          ...{ sql: database.sql, source: await writeFolder(folder.path, bundle(files)) },
          ...{ clock: () => new Date('2026-11-01T00:00:00Z'), log: pino({ level: 'silent' }) },
        });
      const files = {
        'PACK_CONTENT.csv': 'pack_concept_id\tdrug_concept_id\tamount\tbox_size\n1\t2\t21\t\n',
        'CONCEPT_METADATA.csv': 'concept_id\tconcept_category\treuse_status\n201826\tSC\t\n',
        'CONCEPT_RELATIONSHIP_METADATA.csv':
          'concept_id_1\tconcept_id_2\trelationship_id\trelationship_predicate_id\trelationship_group\tmapping_source\tconfidence\tmapping_tool\tmapper\treviewer\n' +
          `201826\t201826\tMaps to\texactMatch\t\t${'x'.repeat(200)}\t0.9\tMM_C\t\t\n`,
      };
      const old = await load(files);
      expect(old.tables.map(({ name }) => name)).not.toContain('pack_content');
      await move('5.5');
      const loaded = await load(files);
      expect(loaded.tables.slice(-3)).toEqual([
        { name: 'pack_content', rows: 1 },
        { name: 'concept_metadata', rows: 1 },
        { name: 'concept_relationship_metadata', rows: 1 },
      ]);
      const [pack] = await database.sql`select * from pack_content`;
      expect(pack).toEqual({ pack_concept_id: 1, drug_concept_id: 2, amount: 21, box_size: null });
      const [exact] =
        await database.sql`select confidence, relationship_predicate_id from concept_relationship_metadata`;
      expect(exact).toEqual({ confidence: 0.9, relationship_predicate_id: 'exactMatch' });
      const without = await load({});
      expect(without.warnings).toContainEqual(
        expect.stringMatching(/PACK_CONTENT.csv is not in the download/),
      );
      expect(await database.sql`select 1 from concept_metadata`).toEqual([]);
      await folder.remove();
    },
  );

  inLongRun(it)('waits for a load of the vocabulary, which ends as it began', async () => {
    const folder = await temporaryFolder();
    const source = await writeFolder(folder.path, bundle());
    await loadVocabulary({
      ...{ sql: database.sql, source, clock: () => new Date('2026-11-01T00:00:00Z') },
      log: pino({ level: 'silent' }),
      record: async () => {
        await expect(move('5.5', { attempts: 1 })).rejects.toThrow('Nothing was changed');
      },
    });
    await move('5.5');
    expect(await version()).toBe('5.5');
    await folder.remove();
  });

  inLongRun(it)('is a matter of one command, which says what it did, and what it did not', async () => {
    const migrateBy = async (...options: string[]) =>
      await promisify(execFile)(process.execPath, ['sql/main.ts', ...options], {
        env: { ...process.env, DATABASE_URL: database.url, CDM_VERSION: '5.4' },
      }).then(
        ({ stdout }) => stdout,
        (error: { stderr: string }) => error.stderr,
      );
    for (const options of [['--lose-values'], ['--cdm', '5.5', '--lose-values']])
      expect(await migrateBy(...options)).toMatch(/^--lose-values: .*--cdm 5\.4 beside it/);
    expect(await version()).toBe('5.4');
    expect(await migrateBy('--cdm', '5.5')).toMatch(/The CDM was 5.4 and is 5.5.[\s\S]*remap --all/);
    await database.sql`insert into pack_content (pack_concept_id, drug_concept_id) values (1, 2)`;
    expect(await migrateBy('--cdm', '5.4')).toMatch(
      /^CDM 5.4 has no place for 1 row of pack_content[^\n]*--lose-values\n$/,
    );
    expect(await version()).toBe('5.5');
    const back = await migrateBy('--cdm', '5.4', '--lose-values');
    expect(back).toContain('The CDM was 5.5 and is 5.4.\nLost: 1 row of pack_content.');
  });

  it('finishes an index whose building was cut off', async () => {
    await move('5.5');
    const valid = () => database.sql<{ valid: boolean }[]>`
      select indisvalid as valid from pg_index where indexrelid = 'cdm.idx_specimen_visit_occurrence_id'::regclass`;
    await database.sql`
      update pg_index set indisvalid = false where indexrelid = 'cdm.idx_specimen_visit_occurrence_id'::regclass`;
    await move('5.5');
    expect(await valid()).toEqual([{ valid: true }]);
  });
});
