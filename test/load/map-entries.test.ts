/** Mappers ask for what the worker does not know yet: that is fetched, and who asked for it is mapped again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { storedContent } from '../../jobs/connection/sealed-data.ts';
import { readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import type { Known } from '../../jobs/load/compare/known.ts';
import type { ToMap } from '../../jobs/load/compare/sort-out.ts';
import { type ContentType, hashesNow } from '../../jobs/load/contents.ts';
import {
  type Mapped,
  type Mapping,
  type MappingContext,
  mapAll,
  mapEntries,
  openMapping,
} from '../../jobs/load/map-entries.ts';
import type { GivenByChunk } from '../../jobs/load/write/write-answers.ts';
import { DEFAULT_SETTINGS, type MappingSettings } from '../../jobs/map/settings.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { createResolver, type Resolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import type { VocabularyState } from '../../jobs/vocabulary/resolve/state.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newResource, newSite, type Site } from '../derive/chart.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { condition, medication, observation, prescription, to } from '../world/record.ts';

let db: TestDatabase;
let site: Site;
let keyring: Keyring;
let resolver: Resolver;
let vocabulary: VocabularyState;
beforeAll(async () => {
  db = await newDatabase({ demo: true });
  site = await newSite(db.sql, 'north');
  keyring = await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64') });
  resolver = createResolver({ sql: db.sql });
  vocabulary = await resolver.state(db.sql);
});
afterAll(() => db.drop());

const CHUNK = 77;
const LISINOPRIL = { code: codeable(coding('RxNorm', '314076')), ingredients: [] };
const DRUG = 19080128;
const DIABETES = '44054006';

const context = (settings: Partial<MappingSettings> = {}): MappingContext => ({
  ...{ connectionId: site.connectionId, chunkId: CHUNK, keyring, vocabulary, extractionDate: '2026-06-30' },
  settings: { ...DEFAULT_SETTINGS, ...settings },
});

function items(...resources: readonly Resource[]): ToMap[] {
  const text = resources.map((one) => JSON.stringify(one)).join('\n');
  return readLines(splitLines(Buffer.from(text), 0, false)).entries.map((entry) => ({
    ...{ entry, known: undefined },
  }));
}

type Stored = 'medication' | 'substance' | 'device' | 'attachment';
async function keep(kind: Stored, type: ContentType, id: string, content: object): Promise<void> {
  const table = `${kind}_content` as const;
  const key = await newResource(db.sql, site, type, { id });
  const text = await storedContent(keyring, table, key, content);
  await db.sql`
    insert into ${db.sql(table)} (resource_key, connection_id, fhir_id, content)
    values (${key}, ${site.connectionId}, ${id}, ${text}::text::jsonb)`;
}

/** The same mapping; `asked` are the resources that it is given, in turn. */
function watched(mapping: Mapping): { readonly mapping: Mapping; readonly asked: string[] } {
  const asked: string[] = [];
  const mapOne = (item: ToMap) => {
    asked.push(item.entry.id);
    return mapping.mapOne(item);
  };
  return { mapping: { ...mapping, mapOne }, asked };
}

/** Maps one resource in a few rounds. */
async function inRounds(mapping: Mapping, item: ToMap | undefined): Promise<Mapped> {
  for (let round = 0; item && round < 5; round++) {
    const mapped = mapping.mapOne(item);
    if (mapped) return mapped;
    await db.sql.begin((tx) => mapping.fetchMissing(tx));
  }
  throw new Error('Expected it to be mapped by now');
}

const rowsOf = ({ outcome }: Mapped) =>
  outcome.kind === 'rows' ? outcome.rows.map((row) => row.values) : outcome;
const used = ({ contents }: Mapped) => contents.map(({ type, id }) => `${type}/${id}`);

/** How many resources of a chunk asked for a code. */
function askedFor(given: GivenByChunk, chunkId: number): Record<string, number> {
  const sums = [...(given.get(chunkId) ?? [])];
  return Object.fromEntries(
    sums.flatMap(([{ question }, count]) => (question.kind === 'code' ? [[question.code, count]] : [])),
  );
}

describe('a resource', () => {
  it('is mapped again when what it asked for in vain is fetched, until there is no more; no other one is', async () => {
    await keep('medication', 'Medication', 'm', LISINOPRIL);
    const { mapping, asked } = watched(openMapping(resolver, context()));
    const all = items(prescription('rx', 'p', 'm'), medication('plain'), condition('c', 'p'));
    const { mapped } = await db.sql.begin((tx) => mapAll(tx, mapping, all));
    expect(asked).toEqual(['rx', 'plain', 'c', 'rx', 'c', 'rx']);
    expect(mapped.map(({ entry }) => entry)).toEqual(all.map(({ entry }) => entry));
    expect(mapped.map(rowsOf)).toMatchObject([
      [{ drug_concept_id: DRUG }],
      [],
      [{ condition_concept_id: 201826 }],
    ]);
    expect(mapped.map(used)).toEqual([['Medication/m'], [], []]);
  });

  it('that was mapped already is not mapped again', async () => {
    const { mapping, asked } = watched(openMapping(resolver, context()));
    const all = items(condition('one', 'p'), condition('two', 'p'));
    const early = await inRounds(openMapping(resolver, context()), all[1]);
    const { mapped } = await db.sql.begin((tx) => mapAll(tx, mapping, all, [undefined, early]));
    expect(new Set(asked)).toEqual(new Set(['one']));
    expect(mapped[1]).toBe(early);
    expect(mapped.map(({ entry }) => entry.id)).toEqual(['one', 'two']);
  });

  it('whose Medication never came is mapped without, and waits for it', async () => {
    const mapped = await inRounds(
      openMapping(resolver, context()),
      items(prescription('rx', 'p', 'never'))[0],
    );
    expect(mapped).toMatchObject({
      contents: [],
      outcome: { awaits: { types: ['Medication'], id: 'never' } },
    });
  });

  it('comes with what it was given with, and its answers are counted by the chunk of its line, or as asked', async () => {
    const known = { resource_key: 5 } as Known;
    const [one, two, three] = items(condition('a', 'p'), condition('b', 'p'), condition('c', 'p'));
    if (!one || !two || !three) throw new Error('Expected three');
    const all = [one, { ...two, known, origin: 5 }, three];
    const plain = await db.sql.begin((tx) => mapEntries(tx, resolver, context(), all));
    expect(plain.mapped.map((item) => [item.entry.id, item.known, item.origin])).toEqual([
      ['a', undefined, undefined],
      ['b', known, 5],
      ['c', undefined, undefined],
    ]);
    expect([askedFor(plain.given, CHUNK), askedFor(plain.given, 5)]).toEqual([
      { [DIABETES]: 2 },
      { [DIABETES]: 1 },
    ]);
    const byLine = await db.sql.begin((tx) =>
      mapEntries(tx, resolver, context(), all, ({ entry }) => entry.line),
    );
    expect([...byLine.given.keys()]).toEqual([0, 1, 2]);
    expect([0, 1, 2].map((line) => askedFor(byLine.given, line))).toEqual([
      { [DIABETES]: 1 },
      { [DIABETES]: 1 },
      { [DIABETES]: 1 },
    ]);
  });

  it('that was mapped before a restart does not count', async () => {
    const mapping = openMapping(resolver, context());
    const all = items(condition('a', 'p'), condition('b', 'p'));
    const { given } = await db.sql.begin((tx) => mapAll(tx, mapping, all));
    expect(askedFor(given, CHUNK)).toEqual({ [DIABETES]: 2 });
    mapping.restart();
    expect([...mapping.given()]).toEqual([]);
    const again = await db.sql.begin((tx) => mapAll(tx, mapping, all.slice(1)));
    expect(askedFor(again.given, CHUNK)).toEqual({ [DIABETES]: 1 });
  });
});

describe('what a resource is mapped with', () => {
  it('is named once each, by type and id, with its hash, and of this resource alone', async () => {
    const code = { coding: [{ system: 'urn:local', code: 'mixture' }] };
    const part = (type: string, id: string) => ({ itemReference: to(type, id) });
    const ingredients = [part('Medication', 'x'), part('Substance', 'x'), part('Substance', 'y')];
    await keep('medication', 'Medication', 'x', { code, ingredients });
    await keep('substance', 'Substance', 'x', LISINOPRIL);
    await keep('substance', 'Substance', 'y', { code, ingredients: [] });
    const mapping = openMapping(resolver, context());
    const all = items(prescription('mixed', 'p', 'x'), condition('c', 'p'));
    const { mapped } = await db.sql.begin((tx) => mapAll(tx, mapping, all));
    expect(mapped.map(used)).toEqual([['Medication/x', 'Substance/x', 'Substance/y'], []]);
    const source = { connectionId: site.connectionId, keyring };
    const hashes = await db.sql.begin(async (tx) => [
      (await hashesNow(tx, source, 'Medication', ['x'])).get('x'),
      ...(await hashesNow(tx, source, 'Substance', ['x', 'y'])).values(),
    ]);
    expect(mapped[0]?.contents.map((one) => one.hash)).toEqual(hashes);
  });

  const IN_PLACE = {
    contained: [
      { resourceType: 'Medication', id: 'in', ingredient: [{ itemReference: to('Substance', 's') }] },
    ],
    medicationReference: { reference: '#in' },
  };
  const use: Resource = {
    ...{ resourceType: 'DeviceUseStatement', id: 'use', status: 'active', subject: to('Patient', 'p') },
    ...{ device: to('Device', 'd'), timingDateTime: '2026-03-01' },
  };
  const document: Resource = {
    ...{ resourceType: 'DocumentReference', id: 'doc', status: 'current', subject: to('Patient', 'p') },
    ...{ type: { text: 'Letter' }, date: '2026-03-01T10:00:00Z' },
    content: [{ attachment: { contentType: 'text/plain', url: 'Binary/b' } }],
  };
  const cover: Resource = {
    ...{ resourceType: 'Coverage', id: 'cover', status: 'active', beneficiary: to('Patient', 'p') },
    ...{ payor: [to('Organization', 'o')], period: { start: '2026-01-01' } },
  };
  const undated = observation('undated', 'p', {
    ...{ effectiveDateTime: undefined, encounter: to('Encounter', 'e') },
  });
  const BY_URL = { fhirBaseUrl: 'https://ehr.example/fhir', attachmentsByUrl: true } as const;

  it.each<
    [
      name: string,
      resource: Resource,
      row: object,
      come: () => Promise<unknown>,
      settings?: Partial<MappingSettings>,
    ]
  >([
    [
      'Medication/lisinopril',
      prescription('rx', 'p', 'lisinopril'),
      { drug_concept_id: DRUG },
      () => keep('medication', 'Medication', 'lisinopril', LISINOPRIL),
    ],
    [
      'Substance/s',
      prescription('rx', 'p', '', IN_PLACE),
      { drug_concept_id: DRUG },
      () => keep('substance', 'Substance', 's', LISINOPRIL),
    ],
    [
      'Device/d',
      use,
      { device_source_value: 'Pump' },
      () => keep('device', 'Device', 'd', { type: { text: 'Pump' } }),
    ],
    [
      'Binary/b',
      document,
      { note_text: 'Words.' },
      () => keep('attachment', 'Binary', 'b', { text: 'Words.' }),
      BY_URL,
    ],
    [
      'Organization/o',
      cover,
      { payer_source_value: 'Payer' },
      async () => {
        const care_site_id = await newResource(db.sql, site, 'Organization', { id: 'o' });
        await insert(db.sql, 'care_site', { care_site_id, care_site_name: 'Payer' });
      },
    ],
    [
      'Encounter/e',
      undated,
      { measurement_date: '2026-02-02' },
      async () => {
        await insert(db.sql, 'visit_occurrence', {
          ...{ visit_occurrence_id: await newResource(db.sql, site, 'Encounter', { id: 'e' }), person_id: 1 },
          ...{ visit_start_date: '2026-02-02', visit_start_datetime: '2026-02-02 10:00:00' },
          visit_end_date: '2026-02-02',
        });
      },
    ],
    [
      'Patient/p',
      condition('c', 'p'),
      { condition_concept_id: 201826 },
      async () => {
        const person_id = await newResource(db.sql, site, 'Patient', { id: 'p' });
        await insert(db.sql, 'person', { person_id, year_of_birth: 1970 });
      },
      { implausibleEvents: 'exclude' },
    ],
  ])('is fetched: %s, and known where it has not come', async (name, resource, row, come, settings) => {
    const [item] = items(resource);
    expect(used(await inRounds(openMapping(resolver, context(settings)), item))).toEqual([]);
    await come();
    const mapped = await inRounds(openMapping(resolver, context(settings)), item);
    expect(used(mapped)).toEqual([name]);
    expect(rowsOf(mapped)).toMatchObject([row]);
  });
});
