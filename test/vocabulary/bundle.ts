/** Small Athena downloads for tests, with every oddity that the real ones have. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

export const HEADERS = {
  'CONCEPT.csv':
    'concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date invalid_reason',
  'CONCEPT_RELATIONSHIP.csv':
    'concept_id_1 concept_id_2 relationship_id valid_start_date valid_end_date invalid_reason',
  'VOCABULARY.csv':
    'vocabulary_id vocabulary_name vocabulary_reference vocabulary_version vocabulary_concept_id',
  'CONCEPT_SYNONYM.csv': 'concept_id concept_synonym_name language_concept_id',
  'CONCEPT_ANCESTOR.csv':
    'ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation',
} as const;
export type FileName = keyof typeof HEADERS;

/** Text of each file; `undefined` leaves it out. */
export type Files = Record<string, string | Buffer | undefined>;

/** `id|name|domain|vocabulary|class|S or empty|code|invalid_reason` */
export function concepts(...rows: string[]): string {
  return text(
    'CONCEPT.csv',
    ['0|No matching concept|Metadata|None|Undefined||No matching concept|', ...rows].map((row) => {
      const [id, name, domain, vocabulary, kind, standard, code, invalid = ''] = row.split('|');
      return [id, name, domain, vocabulary, kind, standard, code, '19700101', '20991231', invalid];
    }),
  );
}

/** `from relationship to` or `from relationship to invalid_reason`, with commas. */
export function relationships(...rows: string[]): string {
  return text(
    'CONCEPT_RELATIONSHIP.csv',
    rows.map((row) => {
      const [from, relationship, to, invalid = ''] = row.split(',');
      return [from, to, relationship, '19700101', '20991231', invalid];
    }),
  );
}

export function vocabularies(version: string | undefined): string {
  const rows = [['SNOMED', 'Systematized names', 'a reference', '2024', '44819097']];
  if (version !== undefined) rows.push(['None', 'OMOP Standardized Vocabularies', '', version, '44819096']);
  return text('VOCABULARY.csv', rows);
}

export function text(name: FileName, rows: readonly (readonly (string | undefined)[])[]): string {
  return [HEADERS[name].split(' '), ...rows].map((row) => `${row.join('\t')}\n`).join('');
}

/** The least that loads, and the wanted changes. */
export function bundle(changes: Files = {}): Files {
  return {
    'CONCEPT.csv': concepts('201826|Type 2 diabetes|Condition|SNOMED|Disorder|S|44054006|'),
    'CONCEPT_RELATIONSHIP.csv': relationships('201826,Maps to,201826'),
    'VOCABULARY.csv': vocabularies('v1'),
    ...changes,
  };
}

/** A folder that is gone after the test file. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'vocabulary-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

let made = 0;

export async function writeFolder(parent: string, files: Files): Promise<string> {
  const folder = join(parent, `bundle-${made++}`);
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export async function writeZip(parent: string, files: Files): Promise<string> {
  const path = join(parent, `bundle-${made++}.zip`);
  await writeFile(path, zip(files));
  return path;
}

/** A zip file (APPNOTE 4.3): each file deflated after its local header, then the central directory. */
export function zip(files: Files): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(plain.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, central, Buffer.from(name)]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, listing, Buffer.from('PK\x05\x06'), end]);
}
