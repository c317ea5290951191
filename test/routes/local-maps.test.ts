import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { bundle, concepts, temporaryFolder, writeFolder } from '../vocabulary/bundle.ts';
import { answerOf, startApi, type TestApi, TOKEN } from './api.ts';

const MAPS = '/api/v1/admin/vocabulary/local-maps';
const HOUSE = 'https://hospital.example/codes/laboratory';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  const folder = await temporaryFolder();
  const files = bundle({
    'CONCEPT.csv': concepts(
      '10|Glucose|Measurement|LOINC|Lab Test|S|2345-7|',
      '11|Sodium|Measurement|LOINC|Lab Test|S|2951-2|',
      '12|Withdrawn|Measurement|LOINC|Lab Test||0-0|D',
      '13|Not Standard|Condition|ICD10CM|5-char billing code||E11.9|',
    ),
  });
  const source = await writeFolder(folder.path, files);
  await loadVocabulary({ sql: api.sql, source, clock: () => new Date(), log: pino({ level: 'silent' }) });
  await folder.remove();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.sql`delete from source_to_concept_map`;
  await api.sql`delete from local_vocabulary`;
});

const post = (body: object) => api.call('POST', MAPS, body);
const glucose = { system: HOUSE, source_code: 'GLU-7', target_concept_id: 10 };
const stored = async () =>
  (
    await api.sql`select source_vocabulary_id as vocabulary, source_code as code, target_concept_id as target,
    valid_start_date as from, valid_end_date as to from source_to_concept_map order by 1, 2, 3, 4`
  ).map((row) => [row['vocabulary'], row['code'], row['target'], `${row['from']}..${row['to']}`]);

async function send(query: string, text: string | Uint8Array<ArrayBuffer>, type = 'text/csv') {
  return await answerOf(
    await api.app.request(`${MAPS}/import${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type },
      body: text,
    }),
  );
}
const kinds = (json: { kinds: { level: string; code: string; lines: number }[] }) =>
  json.kinds.map((one) => `${one.level} ${one.code} ${one.lines}`);

describe('a map', () => {
  it('is made for the system as the EHR sends it, listed, changed, ended and deleted', async () => {
    const made = await post({ ...glucose, source_code_description: 'Glucose, house' });
    expect(made.status).toBe(201);
    expect(made.json.map).toMatchObject({
      ...{ systems: [HOUSE], source_code: 'GLU-7', target_concept_id: 10, target_name: 'Glucose' },
      ...{ target_domain: 'Measurement', target_vocabulary_id: 'LOINC', state: 'in-force' },
      ...{ valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' },
    });
    const name: string = made.json.map.source_vocabulary_id;
    expect(name).toMatch(/^laboratory-[0-9a-f]{8}$/);
    const list = await api.call('GET', `${MAPS}?system=${encodeURIComponent(HOUSE)}&q=house`);
    expect(list.json).toMatchObject({ items: [made.json.map], next_cursor: null, next: null });

    const changed = await api.call('PUT', `${MAPS}/${made.json.map.map_id}`, { target_concept_id: 11 });
    expect(changed.json.map).toMatchObject({
      target_name: 'Sodium',
      source_code_description: 'Glucose, house',
    });
    const ended = await api.call('PUT', `${MAPS}/${changed.json.map.map_id}`, {
      valid_end_date: '2020-01-31',
    });
    expect(ended.json.map.state).toBe('ended');
    const described = await api.call('PUT', `${MAPS}/${ended.json.map.map_id}`, {
      source_code_description: 'Other',
    });
    expect(described.json.map).toMatchObject({
      map_id: ended.json.map.map_id,
      source_code_description: 'Other',
    });
    expect(await stored()).toEqual([[name, 'GLU-7', 11, '1970-01-01..2020-01-31']]);

    expect((await api.call('DELETE', `${MAPS}/${ended.json.map.map_id}`)).status).toBe(204);
    expect(await stored()).toEqual([]);
    expect((await api.call('DELETE', `${MAPS}/${ended.json.map.map_id}`)).json.code).toBe(
      'local-map-not-found',
    );
    const audited =
      await api.sql`select action, target from audit where action like 'local-map.%' order by audit_id`;
    expect(audited.map((row) => row['action'])).toEqual([
      ...['local-map.create', 'local-map.update', 'local-map.update', 'local-map.update', 'local-map.delete'],
    ]);
    expect(JSON.stringify(audited)).not.toContain('GLU-7');
    expect(api.logged()).not.toContain('GLU-7');
  });

  it.each([
    ['to a concept that is not there', { target_concept_id: 99 }, 'no such concept'],
    ['to a concept that was withdrawn', { target_concept_id: 12 }, 'no longer valid'],
    ['to a concept that is not Standard', { target_concept_id: 13 }, 'not Standard'],
    ['to no concept', { target_concept_id: 0 }, 'nothing to map to'],
    [
      'that ends before it begins',
      { valid_start_date: '2026-02-01', valid_end_date: '2026-01-01' },
      'ends before',
    ],
    ['of a code that goes elsewhere', { source_code: 'TAKEN' }, 'mapped to another concept'],
    [
      'that holds already on some days',
      { source_code: 'TAKEN', target_concept_id: 11, valid_start_date: '2020-01-01' },
      'holds already',
    ],
  ])('%s is refused, and leaves nothing', async (_, changes, said) => {
    await post({ ...glucose, source_code: 'TAKEN', target_concept_id: 11 });
    const before = await stored();
    const refused = await post({ ...glucose, ...changes });
    expect([refused.status, refused.json.code]).toEqual([409, 'local-map-conflict']);
    expect(refused.json.detail).toContain(said);
    expect(await stored()).toEqual(before);
  });

  it('takes the place of another where that is asked, from its first day on', async () => {
    await post(glucose);
    expect(
      (await post({ ...glucose, target_concept_id: 11, valid_start_date: '2026-06-01', replace: true }))
        .status,
    ).toBe(201);
    expect((await stored()).map((row) => row.slice(1))).toEqual([
      ['GLU-7', 10, '1970-01-01..2026-05-31'],
      ['GLU-7', 11, '2026-06-01..2099-12-31'],
    ]);
    expect((await post({ ...glucose, replace: true })).status).toBe(201);
    expect((await stored()).map((row) => row.slice(1))).toEqual([['GLU-7', 10, '1970-01-01..2099-12-31']]);
  });

  it('of a code that the vocabulary knows is made with a warning', async () => {
    const made = await post({
      system: 'http://hl7.org/fhir/sid/icd-10-cm',
      source_code: 'E11.9',
      target_concept_id: 10,
    });
    expect(made.json).toMatchObject({
      map: { source_vocabulary_id: 'ICD10CM' },
      warnings: [{ code: 'vocabulary-has-code' }],
    });
  });

  it('is on one page of the list and no other, also when maps come and go between the pages', async () => {
    const codes = ['P-1', 'P-2', 'P-3', 'P-4', 'P-5'];
    const ids = new Map<string, string>();
    for (const source_code of codes) {
      const { json } = await post({ ...glucose, system: 'urn:paged', source_code });
      ids.set(source_code, json.map.map_id);
    }
    const paged = async (path: string) => {
      const { status, json } = await api.call('GET', path);
      expect(status).toBe(200);
      return json;
    };
    const first = await paged(`${MAPS}?system=urn:paged&limit=2`);
    // What the page ends with goes, and one comes before it: the next page begins where it would have.
    await api.call('DELETE', `${MAPS}/${ids.get('P-2')}`);
    await post({ ...glucose, system: 'urn:paged', source_code: 'P-0' });
    const second = await paged(first.next);
    const third = await paged(second.next);
    const seen = [first, second, third].map(({ items }) =>
      items.map(({ source_code }: { source_code: string }) => source_code),
    );
    expect(seen).toEqual([['P-1', 'P-2'], ['P-3', 'P-4'], ['P-5']]);
    expect(third).toMatchObject({ next_cursor: null, next: null });
  });

  it.each([
    ...['7', 'x', btoa('["a"]'), btoa('["a","b",1,"2020-01-01","none"]'), '%00'],
    btoa('["a\\u0000","b",1,"2020-01-01","0123456789abcdef01234567"]'),
    btoa('["a","b",1,"0000-01-01","0123456789abcdef01234567"]'),
  ])('is not looked for behind what is no place in the list: %s', async (cursor) => {
    const asked = await api.call('GET', `${MAPS}?cursor=${encodeURIComponent(cursor)}`);
    expect([asked.status, asked.json.code]).toEqual([
      400,
      expect.stringMatching(/invalid-request|text-refused/),
    ]);
  });

  it.each(['0000-01-01', '2026-02-30'])('holds from no day that the calendar lacks: %s', async (day) => {
    const made = await post({ ...glucose, valid_start_date: day });
    expect([made.status, made.json.code]).toEqual([400, 'invalid-request']);
    expect(await stored()).toEqual([]);
  });

  it('needs one of system and source_vocabulary_id', async () => {
    expect((await post({ ...glucose, source_vocabulary_id: 'LAB' })).status).toBe(400);
    expect((await post({ source_code: 'A', target_concept_id: 10 })).status).toBe(400);
  });
});

describe('a file', () => {
  const HEADER = 'source_code,source_vocabulary_id,target_concept_id,valid_start_date,valid_end_date';

  it('is only checked, until it is to be applied', async () => {
    const text = `${HEADER}\nA,LAB,10,,\nB,LAB,11,2026-01-01,2026-12-31\n`;
    const checked = await send('', text);
    expect(checked.json).toMatchObject({ applied: false, new: 2, errors: 0 });
    expect(await stored()).toEqual([]);
    expect((await send('?apply=true', text)).json).toMatchObject({ applied: true, new: 2 });
    expect(await stored()).toEqual([
      ['LAB', 'A', 10, '1970-01-01..2099-12-31'],
      ['LAB', 'B', 11, '2026-01-01..2026-12-31'],
    ]);
    const [before] = await api.sql`select revision from local_map_state`;
    expect((await send('?apply=true', text)).json).toMatchObject({ applied: true, new: 0, unchanged: 2 });
    expect(await api.sql`select revision from local_map_state`).toMatchObject([
      { revision: before?.['revision'] },
    ]);
  });

  it('with one fault is not written at all, and its report names every line', async () => {
    await api.sql`insert into source_to_concept_map values ('C', 0, 'LAB', null, 11, 'LOINC', '1970-01-01', '2099-12-31')`;
    const text = [
      HEADER,
      'A,LAB,10,,',
      'A,LAB,11,,',
      'A,LAB,10,,',
      'A,LAB,10,2020-01-01,',
      'B,LAB,99,,',
      'B,LAB,12,,',
      'B,LAB,13,,',
      'B,LAB,0,,',
      'C,LAB,10,,',
      'D,LAB,10,2026-02-01,2026-01-01',
      `${'x'.repeat(51)},LAB,10,,`,
      'E11.9,ICD10CM,10,,',
      'E,LAB,ten,,',
    ].join('\n');
    const checked = await send('', text);
    expect(checked.status).toBe(200);
    expect(kinds(checked.json).toSorted()).toEqual([
      'error other-target-stored 1',
      'error overlapping-validity 1',
      'error target-invalid 1',
      'error target-not-standard 1',
      'error target-unknown 1',
      'error validity-reversed 1',
      'error value-too-long 1',
      'error value-unreadable 1',
      'skipped target-none 1',
      'skipped twice-in-file 1',
      'warning several-targets 1',
      'warning vocabulary-has-code 1',
    ]);
    const lines = checked.json.findings.map(
      (one: { line: number; code: string }) => `${one.line} ${one.code}`,
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        '3 several-targets',
        '4 twice-in-file',
        '5 overlapping-validity',
        '10 other-target-stored',
        '14 value-unreadable',
      ]),
    );
    const refused = await send('?apply=true', text);
    expect([refused.status, refused.json.code, refused.json.errors.length]).toEqual([
      409,
      'local-maps-refused',
      8,
    ]);
    expect((await stored()).map((row) => row[1])).toEqual(['C']);
    expect(
      await api.sql`select 1 from audit where action = 'local-map.import' and target = 'local-map/8'`,
    ).toEqual([]);
  });

  it('of USAGI is imported for the system that is named', async () => {
    const text = [
      'sourceCode,sourceName,sourceFrequency,sourceAutoAssignedConceptIds,matchScore,mappingStatus,equivalence,statusSetBy,statusSetOn,conceptId,conceptName,domainId,mappingType,comment,createdBy,createdOn,assignedReviewer',
      'GLU-7,"Glucose, house",120,,0.91,APPROVED,EQUAL,me,1700000000000,10,Glucose,Measurement,MAPS_TO,,<auto>,1700000000000,',
      'NA-7,Sodium,80,,0.85,UNCHECKED,UNREVIEWED,,0,11,Sodium,Measurement,MAPS_TO,,<auto>,1700000000000,',
    ].join('\n');
    const done = await send(`?apply=true&system=${encodeURIComponent(HOUSE)}`, text);
    expect(done.json).toMatchObject({ format: 'usagi', applied: true, new: 1, skipped: 1 });
    const list = await api.call('GET', MAPS);
    expect(list.json.items).toMatchObject([
      { systems: [HOUSE], source_code: 'GLU-7', source_code_description: 'Glucose, house' },
    ]);
  });

  it('that was exported is imported as it is, and holds no formula', async () => {
    for (const source_code of [
      '=cmd|calc',
      '-12',
      '+1',
      '@x',
      '＝1+1',
      'plain',
      'with "quotes", and a comma',
    ]) {
      await post({ ...glucose, source_code, source_code_description: '=1+1' });
    }
    const before = await stored();
    const file = await api.call('GET', `${MAPS}/export`);
    expect(file.headers.get('content-type')).toContain('text/csv');
    for (const cell of file.text.split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+\-@＝]/);
    await api.sql`delete from source_to_concept_map`;
    expect((await send('?apply=true', file.text)).json).toMatchObject({ applied: true, new: 7 });
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['in another type', 'a,b', 'application/json', 'unsupported-media-type'],
    ['with another header', 'a,b', 'text/csv', 'local-maps-unreadable'],
    [
      'in another encoding',
      new Uint8Array([0x61, 0xe4, 0x2c]),
      'text/csv; charset=latin1',
      'local-maps-unreadable',
    ],
  ])('%s is refused', async (_, text, type, code) => {
    expect((await send('?apply=true', text, type)).json.code).toBe(code);
  });

  it('larger than a JSON body may be is taken', async () => {
    // Codes as long as may be, so that fewer lines make a megabyte.
    const codes = Array.from({ length: 14_000 }, (_, n) => String(n).padStart(50, '0'));
    const lines = codes.map((code) => `${code},LAB,10,2026-01-01,2099-12-31`);
    const text = [HEADER, ...lines].join('\n');
    expect(text.length).toBeGreaterThan(1024 * 1024);
    expect((await send('?apply=true', text)).json).toMatchObject({ applied: true, new: 14_000 });
  });
});
