import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { lookUpCodes } from '../../jobs/vocabulary/resolve/look-up.ts';
import {
  concepts,
  type Files,
  relationships,
  temporaryFolder,
  text,
  vocabularies,
  writeFolder,
} from '../vocabulary/bundle.ts';
import { startApi, type TestApi } from './api.ts';

const V = '/api/v1/vocabulary';
const SNOMED = 'http://snomed.info/sct';
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';

const FILES: Files = {
  'CONCEPT.csv': concepts(
    '4008576|Diabetes mellitus|Condition|SNOMED|Disorder|S|73211009|',
    '201826|Type 2 diabetes mellitus|Condition|SNOMED|Disorder|S|44054006|',
    '4193704|Type 2 diabetes without complication|Condition|SNOMED|Disorder|S|313436004|',
    '35206882|Type 2 diabetes mellitus without complications|Condition|ICD10CM|5-char billing code||E11.9|',
    '4000001|Old diabetes|Condition|SNOMED|Disorder||1111|U',
    '4000002|Allergy to penicillin code|Observation|ICD10CM|5-char billing code||Z88.0|',
    '439224|Allergy to drug|Observation|SNOMED|Clinical Finding|S|416098002|',
    '4240903|Penicillin|Observation|SNOMED|Substance|S|6369005|',
  ),
  'CONCEPT_RELATIONSHIP.csv': relationships(
    '35206882,Maps to,4193704',
    '4000002,Maps to,439224',
    '4000002,Maps to value,4240903',
    '4000001,Concept replaced by,201826',
    '201826,Is a,4008576',
    '201826,Mapped from,35206882',
    '201826,Maps to,201826',
    '201826,Subsumes,4193704,D',
    '201826,Is a,999999999',
  ),
  'CONCEPT_SYNONYM.csv': text('CONCEPT_SYNONYM.csv', [
    ['201826', 'Non-insulin-dependent diabetes', '4180186'],
    ['201826', 'NIDDM', '4180186'],
  ]),
  'CONCEPT_ANCESTOR.csv': text('CONCEPT_ANCESTOR.csv', [
    ['201826', '201826', '0', '0'],
    ['4008576', '201826', '1', '1'],
    ['4008576', '4193704', '2', '2'],
    ['201826', '4193704', '1', '1'],
  ]),
  'VOCABULARY.csv': vocabularies('v5.0 29-AUG-25'),
};

let api: TestApi;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  api = await startApi();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await api.close();
  await folder.remove();
});
const get = (path: string, query: Record<string, string> = {}) =>
  api.call('GET', `${V}${path}?${new URLSearchParams(query)}`);
const map = (query: Record<string, string>) => get('/source-to-standard', query);
async function load(files: Files) {
  const source = await writeFolder(folder.path, files);
  return loadVocabulary({
    ...{ sql: api.sql, source, clock: () => new Date('2026-03-01T08:00:00Z') },
    log: pino({ level: 'silent' }),
  });
}

describe('without a vocabulary', () => {
  it('a code answers 409 and says how to load one', async () => {
    const answer = await map({ system: SNOMED, code: '44054006' });
    expect(answer).toMatchObject({ status: 409, json: { code: 'vocabulary-not-loaded' } });
    expect(answer.json.detail).toContain('vocabulary load');
  });

  it('the release is null', async () => {
    expect((await get('/release')).json).toEqual({ current: null, vocabularies: [], earlier: [] });
  });
});

describe('with a vocabulary', () => {
  beforeAll(() => load(FILES));

  describe('source to standard', () => {
    it('gives the concept of the code, what it maps to, and the release', async () => {
      expect(await map({ system: ICD, code: 'e119' })).toMatchObject({
        status: 200,
        json: {
          ...{ system: ICD, code: 'e119', vocabularies: ['ICD10CM'], version: 'v5.0 29-AUG-25' },
          source: { concept_id: 35206882, concept_code: 'E11.9', standard_concept: null },
          targets: [
            {
              concept_id: 4193704,
              domain_id: 'Condition',
              vocabulary_id: 'SNOMED',
              concept_class_id: 'Disorder',
            },
          ],
          ...{ values: [], replaced_by: [], decided_by: 'vocabulary' },
        },
      });
    });

    it('gives values beside targets', async () => {
      expect((await map({ system: ICD, code: 'Z88.0' })).json).toMatchObject({
        targets: [{ concept_id: 439224 }],
        values: [{ concept_id: 4240903, concept_name: 'Penicillin' }],
      });
    });

    it('names the replacement of a retired code', async () => {
      expect((await map({ system: SNOMED, code: '1111' })).json).toMatchObject({
        source: { concept_id: 4000001, invalid_reason: 'U' },
        replaced_by: [{ concept_id: 201826 }],
        targets: [{ concept_id: 201826 }],
        decided_by: 'replacement',
      });
    });

    it('says that nothing decided where a code or a system is unknown', async () => {
      const nothing = { source: null, targets: [], values: [], replaced_by: [], decided_by: 'nothing' };
      expect((await map({ system: SNOMED, code: '0' })).json).toMatchObject(nothing);
      expect((await map({ system: 'urn:unheard-of', code: 'x' })).json).toMatchObject({
        ...nothing,
        vocabularies: [],
      });
    });

    it('lets a local map decide, by the code systems of the connection that sends the code', async () => {
      const system = 'urn:oid:1.2.3.4';
      const id = await api.connect({
        site_key: 'mercy',
        sync_config: { mapping: { code_systems: { [system]: 'Mercy labs' } } },
      });
      await api.sql`
        insert into source_to_concept_map (source_code, source_concept_id, source_vocabulary_id, target_concept_id,
          target_vocabulary_id, valid_start_date, valid_end_date)
        values ('GLU', 0, 'Mercy labs', 201826, 'SNOMED', '1970-01-01', '2099-12-31')`;
      const byMap = {
        decided_by: 'local-map',
        vocabularies: ['Mercy labs'],
        targets: [{ concept_id: 201826 }],
      };
      expect((await map({ system, code: 'GLU', connection_id: String(id) })).json).toMatchObject(byMap);
      expect((await map({ system, code: 'GLU', site_key: 'mercy' })).json).toMatchObject(byMap);
      expect((await map({ system, code: 'GLU' })).json).toMatchObject({ decided_by: 'nothing', targets: [] });
    });

    it('answers 404 to a connection that is not there, and 400 to two', async () => {
      const asked = { system: SNOMED, code: '1' };
      expect(await map({ ...asked, site_key: 'nowhere' })).toMatchObject({ status: 404 });
      expect(await map({ ...asked, connection_id: '999999' })).toMatchObject({ status: 404 });
      expect(await map({ ...asked, connection_id: '1', site_key: 'mercy' })).toMatchObject({ status: 400 });
    });

    it('answers a batch in the order asked, twice the same code too, as a sync resolves it', async () => {
      const codes = [
        { system: ICD, code: 'Z88.0' },
        { system: SNOMED, code: '44054006' },
        { system: 'urn:unheard-of', code: 'x' },
        { system: ICD, code: 'E11.9' },
        { system: SNOMED, code: '44054006' },
      ];
      const { json } = await api.call('POST', `${V}/source-to-standard/batch`, { codes });
      expect(json.codes.map((one: { code: string }) => one.code)).toEqual(codes.map(({ code }) => code));
      const asked = codes.map(({ system, code }) => ({
        ...{ system, code },
        vocabularies: system === ICD ? ['ICD10CM'] : system === SNOMED ? ['SNOMED'] : [],
      }));
      const ids = (targets: readonly { concept_id: number }[]) => targets.map((one) => one.concept_id);
      const synced = await lookUpCodes(api.sql, asked);
      expect(json.codes.map((one: { targets: { concept_id: number }[] }) => ids(one.targets))).toEqual(
        synced.map(({ targets }) => targets.map(({ conceptId }) => conceptId)),
      );
    });

    it('takes a thousand codes and no more', async () => {
      const codes = (n: number) =>
        Array.from({ length: n }, (_, at) => ({ system: SNOMED, code: String(at) }));
      const batch = (n: number) => api.call('POST', `${V}/source-to-standard/batch`, { codes: codes(n) });
      expect((await batch(1000)).json.codes).toHaveLength(1000);
      expect(await batch(1001)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
      expect(await batch(0)).toMatchObject({ status: 400 });
    });

    it('takes quotes for what they are, and no NUL', async () => {
      expect((await map({ system: SNOMED, code: "1'; drop table concept; --" })).json).toMatchObject({
        decided_by: 'nothing',
      });
      expect(await map({ system: SNOMED, code: 'a\0b' })).toMatchObject({ status: 400 });
    });
  });

  describe('a concept', () => {
    it('comes with synonyms, relationships, ancestors and the number of its children', async () => {
      const { status, json } = await get('/concepts/201826');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        concept_name: 'Type 2 diabetes mellitus',
        valid_start_date: '1970-01-01',
        synonyms: [{ name: 'NIDDM' }, { name: 'Non-insulin-dependent diabetes' }],
        ancestors: [{ min_levels: 1, max_levels: 1, concept: { concept_id: 4008576 } }],
        ...{ more_relationships: false, more_ancestors: false, children: 1 },
      });
      expect(
        json.relationships.map((one: { relationship_id: string; concept: { concept_id: number } }) => [
          one.relationship_id,
          one.concept.concept_id,
        ]),
      ).toEqual([
        ['Maps to', 201826],
        ['Is a', 4008576],
        ['Mapped from', 35206882],
        ['Subsumes', 4193704],
      ]);
    });

    it('pages its relationships', async () => {
      const { json } = await get('/concepts/201826', { limit: '2', offset: '1' });
      expect(json.relationships.map((one: { relationship_id: string }) => one.relationship_id)).toEqual([
        'Is a',
        'Mapped from',
      ]);
      expect(json.more_relationships).toBe(true);
    });

    it('that is not there answers 404', async () => {
      expect(await get('/concepts/7')).toMatchObject({ status: 404, json: { code: 'concept-not-found' } });
    });
  });

  it('the release names what is loaded, and what was before', async () => {
    const before = await get('/release');
    expect(before.json).toMatchObject({
      current: {
        version: 'v5.0 29-AUG-25',
        concepts: 9,
        relationships: 9,
        loaded_at: '2026-03-01T08:00:00.000Z',
      },
      vocabularies: [
        { vocabulary_id: 'SNOMED', vocabulary_version: '2024', concepts: 6, standard: 5 },
        { vocabulary_id: 'ICD10CM', vocabulary_version: null, concepts: 2, standard: 0 },
        { vocabulary_id: 'None', concepts: 1, standard: 0 },
      ],
      earlier: [],
    });
    await load({ ...FILES, 'VOCABULARY.csv': vocabularies('v6') });
    expect((await get('/release')).json).toMatchObject({
      current: { version: 'v6' },
      earlier: [{ version: 'v5.0 29-AUG-25' }],
    });
  });
});
