import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressText } from '../../app/cli/load-progress.ts';
import { type LoadedVocabulary, loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import type { LoadProgress } from '../../jobs/vocabulary/load/progress.ts';
import { VOCABULARY_LOCK } from '../../sql/cdm-version.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import {
  bundle,
  concepts,
  type Files,
  relationships,
  temporaryFolder,
  text,
  vocabularies,
  writeFolder,
  writeZip,
  zip,
} from './bundle.ts';

const log = pino({ level: 'silent' });
const clock = () => new Date('2026-03-01T08:00:00Z');
let db: TestDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  db = await newDatabase();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await db.drop();
  await folder.remove();
});

const loadFrom = (source: string, onProgress?: (progress: LoadProgress) => void): Promise<LoadedVocabulary> =>
  loadVocabulary({ sql: db.sql, source, clock, log, onProgress });
const load = async (files: Files): Promise<LoadedVocabulary> =>
  loadFrom(await writeFolder(folder.path, files));
const names = async (): Promise<(string | null)[]> =>
  (await db.sql`select concept_name from concept where concept_id > 0 order by concept_id`).map(
    (row) => row['concept_name'],
  );

describe('a download as Athena writes it', () => {
  it('keeps quotes and backslashes as they are, takes empty as NULL and dates as YYYYMMDD', async () => {
    await load(
      bundle({
        'CONCEPT.csv': concepts(
          '1|"leading quote|Drug|RxNorm|Ingredient|S|a|',
          '2|5" needle|Device|SNOMED|Physical Object|S|b|',
          '3|back\\slash \\N \\t|Observation|SNOMED|Finding||c|D',
          "4|it's, with comma|Observation|SNOMED|Finding||d|",
        ),
      }),
    );
    expect(await names()).toEqual(['"leading quote', '5" needle', 'back\\slash \\N \\t', "it's, with comma"]);
    expect(
      await db.sql`select standard_concept, invalid_reason, valid_start_date from concept where concept_id = 3`,
    ).toMatchObject([{ standard_concept: null, invalid_reason: 'D', valid_start_date: '1970-01-01' }]);
  });

  it('takes CRLF lines among LF lines, as the CPT4 tool appends them, and a last line without an end', async () => {
    const plain = concepts('1|one|Drug|RxNorm|Ingredient|S|a|');
    const appended =
      '2\ttwo\tProcedure\tCPT4\tCPT4\tS\tb\t19700101\t20991231\t\r\n3\tthree\tProcedure\tCPT4\tCPT4\tS\tc\t19700101\t20991231\t';
    const { tables } = await load(bundle({ 'CONCEPT.csv': plain + appended }));
    expect(await names()).toEqual(['one', 'two', 'three']);
    expect(tables).toContainEqual({ name: 'concept', rows: 4 });
    expect(await db.sql`select distinct invalid_reason from concept`).toMatchObject([
      { invalid_reason: null },
    ]);
  });

  it('goes by the names in the header, whatever their order or capitals', async () => {
    await load(
      bundle({
        'VOCABULARY.csv':
          '\uFEFFVOCABULARY_VERSION\tvocabulary_concept_id\tvocabulary_id\tvocabulary_name\nv7\t44819096\tNone\tOMOP\n',
      }),
    );
    expect(await db.sql`select * from vocabulary`).toMatchObject([
      {
        vocabulary_id: 'None',
        vocabulary_name: 'OMOP',
        vocabulary_version: 'v7',
        vocabulary_reference: null,
      },
    ]);
  });

  it('is read from the zip, from a folder in it, and under names in any case', async () => {
    const files = bundle({ 'VOCABULARY.csv': vocabularies('v zip') });
    const renamed = Object.entries(files).map(([name, content], index) => [
      `vocabulary_download/${index % 2 ? name.toLowerCase() : name.toUpperCase()}`,
      content,
    ]);
    const macs = { '__MACOSX/vocabulary_download/._CONCEPT.csv': 'junk', '__MACOSX/CONCEPT.csv': 'junk' };
    const loaded = await loadFrom(await writeZip(folder.path, { ...Object.fromEntries(renamed), ...macs }));
    expect(loaded.version).toBe('v zip');
    const again = await load(Object.fromEntries(renamed));
    expect(again.version).toBe('v zip');
  });

  it('may lack what was not ticked, and says so', async () => {
    await load(
      bundle({ 'CONCEPT_SYNONYM.csv': text('CONCEPT_SYNONYM.csv', [['201826', 'T2DM', '4180186']]) }),
    );
    expect(await db.sql`select count(*) from concept_synonym`).toMatchObject([{ count: 1 }]);
    const { warnings, tables } = await load(bundle());
    expect(tables).toContainEqual({ name: 'concept_synonym', rows: 0 });
    expect(await db.sql`select count(*) from concept_synonym`).toMatchObject([{ count: 0 }]);
    expect(warnings.filter((warning) => warning.includes('not in the download:'))).toEqual([
      expect.stringContaining('DOMAIN.csv'),
      expect.stringContaining('CONCEPT_CLASS.csv'),
      expect.stringContaining('RELATIONSHIP.csv'),
      expect.stringMatching(/CONCEPT_SYNONYM.csv.*synonym find nothing/),
      expect.stringMatching(/CONCEPT_ANCESTOR.csv.*dose_era stay empty/),
      expect.stringMatching(/DRUG_STRENGTH.csv.*dose_era stays empty/),
    ]);
  });

  it('may name concepts that it lacks, which is counted where codes stay unmapped by it', async () => {
    const { warnings } = await load(
      bundle({
        'CONCEPT_RELATIONSHIP.csv': relationships('201826,Maps to,201826', '201826,Maps to,99', '98,Is a,97'),
      }),
    );
    expect(warnings).toContainEqual(expect.stringMatching(/^1 "Maps to" lead to concepts that are not/));
    expect(await db.sql`select count(*) from concept_relationship`).toMatchObject([{ count: 3 }]);
  });

  it('with CPT4 codes whose tool was not run says so', async () => {
    const { warnings } = await load(bundle({ 'CONCEPT_CPT4.csv': 'whatever\n' }));
    expect(warnings).toContainEqual(expect.stringContaining('cpt4'));
  });

  it('records the release and its source, leaves local maps alone, and says which lead nowhere now', async () => {
    await db.sql`
      insert into source_to_concept_map values ('L1', 0, 'LOCAL', 'mine', 201826, 'SNOMED', '1970-01-01', '2099-12-31')`;
    const { release_id } = await loadFrom(
      await writeZip(folder.path, bundle({ 'VOCABULARY.csv': vocabularies('v5.0 31-AUG-25') })),
    );
    expect(await db.sql`select * from vocabulary_release where is_current`).toMatchObject([
      {
        release_id,
        version: 'v5.0 31-AUG-25',
        source: expect.stringMatching(/^bundle-\d+\.zip$/),
        concepts: 2,
        relationships: 1,
        loaded_at: clock(),
      },
    ]);
    expect(await db.sql`select count(*) from source_to_concept_map`).toMatchObject([{ count: 1 }]);
    const without = bundle({ 'CONCEPT.csv': concepts('7|another|Condition|SNOMED|Disorder|S|1|') });
    expect((await load(without)).warnings).toContainEqual(
      expect.stringMatching(/^1 local map leads to a concept that is not valid and Standard in this release/),
    );
    expect((await load(bundle())).warnings.join()).not.toContain('local map');
    expect(
      await db.sql`
        select vocabulary_id, vocabulary_name, vocabulary_version, concepts, standard
        from vocabulary_release_part where release_id = ${release_id} order by vocabulary_id`,
    ).toEqual([
      {
        vocabulary_id: 'None',
        vocabulary_name: 'OMOP Standardized Vocabularies',
        vocabulary_version: 'v5.0 31-AUG-25',
        concepts: 1,
        standard: 0,
      },
      {
        vocabulary_id: 'SNOMED',
        vocabulary_name: 'Systematized names',
        vocabulary_version: '2024',
        concepts: 1,
        standard: 1,
      },
    ]);
  });

  it('reports its progress up to the whole', async () => {
    const seen: LoadProgress[] = [];
    const many = Array.from(
      { length: 20_000 },
      (_, n) => `${n + 1}|name of number ${n}|Drug|RxNorm|Ingredient|S|${n}|`,
    );
    await loadFrom(await writeZip(folder.path, bundle({ 'CONCEPT.csv': concepts(...many) })), (p) =>
      seen.push(p),
    );
    const fractions = seen.map((p) => p.fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(seen.filter((p) => p.step === 'copy').length).toBeGreaterThan(5);
    expect(seen.findLast((p) => p.step === 'copy')?.fraction).toBeCloseTo(1 / 3);
    expect(seen.findLast((p) => p.step === 'copy' && p.table === 'concept')?.rows).toBe(20_001);
    expect(seen.findLast((p) => p.step === 'index')?.fraction).toBe(1);
    expect(seen.at(-1)).toMatchObject({ step: 'swap', fraction: 1, allRows: 20_001 + 1 + 2 });
  });
});

describe('the progress that people see', () => {
  it('tells share, rows, rows a second, time spent and time left', () => {
    const now = {
      step: 'copy',
      table: 'concept_relationship',
      rows: 4_000_000,
      allRows: 12_000_000,
    } as const;
    expect(progressText({ ...now, fraction: 0.25 }, 40)).toBe(
      '█████░░░░░░░░░░░░░░░  25 %  copy concept_relationship, 12,000,000 rows, 300,000 rows/s, 40 s, 2 min 0 s left',
    );
    expect(progressText({ ...now, fraction: 0.01 }, 0.5)).toBe(
      '░░░░░░░░░░░░░░░░░░░░   1 %  copy concept_relationship, 12,000,000 rows, 1 s',
    );
  });
});

describe('a bad download', () => {
  const good = '1\tone\tDrug\tRxNorm\tIngredient\tS\ta\t19700101\t20991231\t\n';
  const header = concepts().split('\n')[0];
  const withLine = (line: string | Buffer): Files =>
    bundle({ 'CONCEPT.csv': Buffer.concat([Buffer.from(`${header}\n${good}`), Buffer.from(line)]) });

  beforeAll(async () => {
    await load(bundle({ 'VOCABULARY.csv': vocabularies('the old one') }));
  });

  const refuses = async (source: string, code: string, message: RegExp): Promise<void> => {
    const error = await loadFrom(source).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'SyncError', code });
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('SECRET');
    expect(await db.sql`select version from vocabulary_release where is_current`).toMatchObject([
      { version: 'the old one' },
    ]);
    expect(await names()).toEqual(['Type 2 diabetes']);
    expect(await db.sql`select relname from pg_class where relname like '%\\_\\_load%'`).toHaveLength(0);
  };

  it.each<[string, string | Buffer, RegExp]>([
    [
      'a bad date',
      '2\tSECRET\tDrug\tRxNorm\tI\tS\tb\t1970SECRET\t20991231\t\n',
      /CONCEPT.csv, line 3, column valid_start_date: expected a date as YYYYMMDD/,
    ],
    [
      'a word for a number',
      'SECRET\tx\tDrug\tRxNorm\tI\tS\tb\t19700101\t20991231\t\n',
      /line 3, column concept_id: expected a value that fits integer/,
    ],
    ['too few fields', '2\tSECRET\n', /line 3.*: expected 10 fields/],
    [
      'too many fields',
      '2\tSECRET\tDrug\tRxNorm\tI\tS\tb\t19700101\t20991231\t\t\t\n',
      /line 3.*: expected 10 fields/,
    ],
    [
      'a value that is too long',
      `2\tSECRET\tDrug\t${'SECRET'.repeat(9)}\tI\tS\tb\t19700101\t20991231\t\n`,
      /line 3, column vocabulary_id: expected a value that fits character varying\(20\)/,
    ],
    [
      'nothing where something is required',
      '2\t\tDrug\tRxNorm\tI\tS\tSECRET\t19700101\t20991231\t\n',
      /line 3, column concept_name: expected a value, since/,
    ],
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('2\tSECRET'),
        Buffer.from([0xff]),
        Buffer.from('\tDrug\tRxNorm\tI\tS\tb\t19700101\t20991231\t\n'),
      ]),
      /line 3.*: expected text in UTF-8/,
    ],
    [
      'an end mark in the middle',
      '\\.\n2\tSECRET\tDrug\tRxNorm\tI\tS\tb\t19700101\t20991231\t\n',
      /line 3.*: expected (10 fields|a value that fits integer)/,
    ],
  ])('with %s names file, line and what was expected, and changes nothing', async (_, line, message) => {
    await refuses(await writeFolder(folder.path, withLine(line)), 'vocabulary-line', message);
  });

  it('is found in the middle of a large file too, and the connection serves on', async () => {
    const many = good.repeat(60_000).replace(good, '2\tx\tDrug\tRxNorm\tI\tS\tb\tnever\t20991231\t\n');
    await refuses(
      await writeZip(folder.path, withLine(many)),
      'vocabulary-line',
      /line 3, column valid_start_date/,
    );
  });

  it.each<[string, Files, string, RegExp]>([
    [
      'a required file missing',
      bundle({ 'CONCEPT_RELATIONSHIP.csv': undefined }),
      'vocabulary-file-missing',
      /lacks CONCEPT_RELATIONSHIP.csv/,
    ],
    [
      'an unknown column',
      bundle({ 'VOCABULARY.csv': vocabularies('v').replace('vocabulary_name', 'title') }),
      'vocabulary-header',
      /VOCABULARY.csv, line 1.*1 unknown \(title\); missing vocabulary_name/,
    ],
    [
      'no header',
      bundle({ 'VOCABULARY.csv': 'None\tSECRET words\t\tv1\t44819096\n' }),
      'vocabulary-header',
      /VOCABULARY.csv, line 1/,
    ],
    ['an empty file', bundle({ 'CONCEPT.csv': '' }), 'vocabulary-header', /CONCEPT.csv, line 1/],
    [
      'no row for the release',
      bundle({ 'VOCABULARY.csv': vocabularies(undefined) }),
      'vocabulary-version-missing',
      /vocabulary_id None.*found none/,
    ],
    [
      'a concept twice',
      bundle({
        'CONCEPT.csv': concepts(
          ...['6|a|Drug|RxNorm|I|S|a|', '7|b|Drug|RxNorm|I|S|b|', '8|c|Drug|RxNorm|I|S|c|'],
          ...['7|d|Drug|RxNorm|I|S|d|', '6|e|Drug|RxNorm|I|S|e|'],
        ),
      }),
      'vocabulary-duplicate',
      /CONCEPT.csv, lines 3 and 7: concept_id 6 is there twice/,
    ],
    [
      'the same file twice',
      bundle({ 'sub/concept.csv': concepts() }),
      'vocabulary-source-ambiguous',
      /2 files named CONCEPT.csv/,
    ],
  ])('with %s is refused', async (_, files, code, message) => {
    await refuses(await writeFolder(folder.path, files), code, message);
  });

  it('that did not arrive whole is refused', async () => {
    const whole = zip(bundle());
    const cut = join(folder.path, 'cut.zip');
    await writeFile(cut, whole.subarray(0, whole.length - 40));
    await refuses(cut, 'vocabulary-source-unreadable', /cannot be read as a zip/);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 60, 90);
    const bad = join(folder.path, 'damaged.zip');
    await writeFile(bad, damaged);
    await refuses(bad, 'vocabulary-source-unreadable', /CONCEPT.csv could not be read to its end/);
    await refuses(join(folder.path, 'nowhere'), 'vocabulary-source-missing', /no file or folder/);
  });

  it('or a process killed in the middle leaves the old release and nothing else', async () => {
    const source = await writeFolder(folder.path, bundle());
    const ended = await loadAndDie(source);
    expect(ended).toBe('SIGKILL');
    // The server notices in its own time that the loader is gone; it then lets go of the load's lock.
    await db.sql`select pg_advisory_xact_lock(${VOCABULARY_LOCK}::bigint)`;
    expect(await names()).toEqual(['Type 2 diabetes']);
    expect(await db.sql`select relname from pg_class where relname like '%\\_\\_load%'`).toHaveLength(0);
    expect((await loadFrom(source)).version).toBe('v1');
  });
});

/** Loads in a process of its own, which kills itself once all files are copied. Gives the signal that ended it. */
function loadAndDie(source: string): Promise<NodeJS.Signals | null> {
  const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { connect } = await import(${module('../../sql/connect.ts')});
    const { loadVocabulary } = await import(${module('../../jobs/vocabulary/load/load.ts')});
    await loadVocabulary({
      sql: connect(${JSON.stringify(db.url)}),
      source: ${JSON.stringify(source)},
      clock: () => new Date(),
      log: console,
      onProgress: ({ step }) => { if (step === 'index') process.kill(process.pid, 'SIGKILL'); },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (_, signal) => resolve(signal));
  });
}
