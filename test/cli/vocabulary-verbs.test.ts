/** The vocabulary by command line, as processes of their own: what people type, see and get for an exit code. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun } from '../long-run.ts';
import {
  bundle,
  concepts,
  relationships,
  temporaryFolder,
  vocabularies,
  writeFolder,
  writeZip,
} from '../vocabulary/bundle.ts';
import { commandHere, commandLine, type Watch } from './command-line.ts';

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

const settings = () => ({ url: db.url, encryptionKey: Buffer.alloc(32).toString('base64') });
const cli = (words: readonly string[], watch?: Watch) => commandLine(settings(), words, watch);
const here = (...words: string[]) => commandHere(settings(), words);

const LONG = `Measurement of something whose name is longer than the sixty characters of a column of a table`;
const RELEASE = bundle({
  'CONCEPT.csv': concepts(
    '10|Type 2 diabetes mellitus|Condition|SNOMED|Disorder|S|44054006|',
    '11|Diabetes without complications|Condition|ICD10CM|4-char billing code||E11.9|',
    `12|${LONG}|Measurement|LOINC|Lab Test|S|1-8|`,
  ),
  'CONCEPT_RELATIONSHIP.csv': relationships('10,Maps to,10', '11,Maps to,10'),
  'VOCABULARY.csv': vocabularies('v5.0 typed'),
});

describe('the command line', () => {
  it('loads a download, and says how many rows and what is missing', async () => {
    const { code, said } = await here('vocabulary', 'load', await writeZip(folder.path, RELEASE));
    expect(said).toMatch(/Vocabulary v5.0 typed is release 1, loaded in [\d.]+ s\./);
    expect(said).toMatch(/concept +4\n/);
    expect(said).toMatch(/Search built: \d+ names/);
    expect(said).toContain('Warning: CONCEPT_ANCESTOR.csv is not in the download');
    expect(code).toBe(0);
  });

  it('says file and line of a bad one, ends with 1, and keeps what is loaded', async () => {
    const bad = {
      ...RELEASE,
      'CONCEPT_RELATIONSHIP.csv': `${RELEASE['CONCEPT_RELATIONSHIP.csv']}10\t11\n`,
    };
    const { code, errors } = await here('vocabulary', 'load', await writeFolder(folder.path, bad));
    expect(errors).toContain('CONCEPT_RELATIONSHIP.csv, line 4: expected 6 fields separated by tabs');
    expect(code).toBe(1);
    expect(await db.sql`select version from vocabulary_release`).toEqual([{ version: 'v5.0 typed' }]);
  });

  inLongRun(it)('that is interrupted says what became of the vocabulary', async () => {
    const { code, errors } = await db.sql.begin(async (tx) => {
      // Whoever reads holds the swap up.
      await tx`select 1 from concept`;
      return await cli(['vocabulary', 'load', await writeZip(folder.path, RELEASE)], { endAt: /swap/ });
    });
    expect({ code, errors }).toEqual({
      code: 143,
      errors: 'Interrupted. The vocabulary is as it was: loading begins anew next time.\n',
    });
    expect(await db.sql`select version from vocabulary_release`).toHaveLength(1);
  });

  it('looks codes, concepts, names and the release up', async () => {
    const map = await here('vocabulary', 'map', 'urn:oid:2.16.840.1.113883.6.90', 'e119');
    const concept = await here('vocabulary', 'concept', '10');
    const words = ['diabtes', 'mellitus', '--domain', 'Condition', '--json'];
    const search = await here('vocabulary', 'search', ...words);
    const release = await here('vocabulary', 'release');
    expect(map.said).toMatch(
      /Maps to \(decided by: vocabulary\)[\s\S]*10 +Type 2 diabetes mellitus +Condition/,
    );
    expect(concept.said).toMatch(/Relationships[\s\S]*Maps to +10 /);
    expect(JSON.parse(search.said)).toMatchObject({
      corrected: [{ typed: 'diabtes', taken_as: ['diabetes'] }],
      items: [{ concept: { concept_id: 10 } }],
    });
    expect(release.said).toMatch(/Current release[\s\S]*v5.0 typed[\s\S]*SNOMED/);
    expect([map, concept, search, release].map(({ code, errors }) => ({ code, errors }))).toEqual(
      Array(4).fill({ code: 0, errors: '' }),
    );
  });

  it('tells in full what speaks against a file of local maps, and writes it when told to', async () => {
    const file = join(folder.path, 'house.csv');
    await writeFile(file, 'source_code,target_concept_id\nGLU,12\nGLU,10\nDX,10\n');
    const { said } = await here('maps', 'import', file, '--system', 'https://hospital.example', '--apply');
    expect(said).toMatch(
      / 3 +warning +several-targets +The file gives the code several targets .* Line 2 has 12\.\n/,
    );
    expect(said).toContain('Written: 3 maps.');
    expect(await db.sql`select 1 from source_to_concept_map`).toHaveLength(3);
  });

  inLongRun(it)('goes on when nobody reads what it says', async () => {
    const { code, errors } = await cli(['vocabulary', 'release'], { readAll: false });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});
