/** sql/COOKBOOK.md: every statement is run as it stands in the page, by a reader, on a database whose record is written below. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connect } from '../../sql/connect.ts';
import { grantRolesInTx, ROLES, roleName } from '../../sql/roles.ts';
import { codeable, coding, quantity } from '../ehr/codes.ts';
import { condition, encounter, medication, observation, patient, prescription } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';
import { ownName, ownSchemas } from './own-roles.ts';

const world = await openTestWorld();
// As psql comes: without our schemas in the search path.
const elsewhere = { cdm: 'nowhere', sync: 'nowhere', queue: 'nowhere' };
const readerRole = await aReader();
const reader = connect(readerRole.url, elsewhere, { max: 1 });
afterAll(async () => {
  await reader.end();
  await readerRole.drop();
  await world.close();
});

/**
 * A login that has nothing but the role of readers, as the page says. The page's schemas have the names that all databases
 * of this server have, so the roles get others before anybody sees them: each migration grants to those that it finds.
 */
async function aReader() {
  const { sql, url, schemas } = world.database;
  const own = ownSchemas();
  const names = new Map(ROLES.map((role) => [roleName(schemas, role), roleName(own, role)]));
  const made = await sql.begin(async (tx) => {
    const granted = await grantRolesInTx(tx, schemas);
    for (const role of granted.made) await tx.unsafe(`alter role ${role} rename to ${names.get(role)}`);
    return granted.made.map((role) => names.get(role));
  });
  const login = ownName('cookbook');
  const reader = roleName(own, 'reader');
  const group = made.includes(reader) ? reader : roleName(schemas, 'reader');
  await sql.unsafe(`create role ${login} login password 'secret' in role ${group}`);
  return {
    url: Object.assign(new URL(url), { username: login, password: 'secret' }).href,
    async drop() {
      await sql.unsafe(`drop role ${login}`);
      // Those that were there before are somebody else's.
      for (const role of made) await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
    },
  };
}

const page = await readFile(join(import.meta.dirname, '..', '..', 'sql', 'COOKBOOK.md'), 'utf8');
const questions = page
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [, number = '', question = ''] = /^(\d+)\. (.+)$/m.exec(section) ?? [];
    const statements = [...section.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
    return { number: Number(number), question, statements };
  });

const mrn = (value: string) => ({ identifier: [{ system: 'urn:mrn', value }] });
const hba1c = (id: string, patientId: string, day: string, value: number) =>
  observation(id, patientId, {
    code: codeable(coding('LOINC', '4548-4')),
    effectiveDateTime: `${day}T08:00:00Z`,
    valueQuantity: quantity(value, '%'),
    referenceRange: [{ low: quantity(4, '%'), high: quantity(6, '%') }],
  });
const stay = (id: string, patientId: string, start: string, end: string) =>
  encounter(id, patientId, {
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    period: { start: `${start}T10:00:00Z`, end: `${end}T10:00:00Z` },
  });
const part = (code: string, value: number) => ({
  code: codeable(coding('LOINC', code)),
  valueQuantity: quantity(value, 'mm[Hg]'),
});
const houseCode = codeable({ system: 'urn:house', code: 'H-1', display: 'House test' });

const RECORD = [
  patient('ann', mrn('MRN-1')),
  patient('bob', { ...mrn('MRN-2'), gender: 'male', birthDate: '1955-06-15' }),
  patient('cleo', { ...mrn('MRN-3'), birthDate: '1978-12-24' }),
  patient('dan', {
    ...mrn('MRN-4'),
    gender: 'male',
    birthDate: '1948-01-02',
    deceasedDateTime: '2026-04-20',
  }),
  // Ann: diabetes that is badly controlled, and a new user of lisinopril who was watched for a year.
  encounter('ann-early', 'ann', { period: { start: '2025-02-01T09:00:00Z', end: '2025-02-01T09:20:00Z' } }),
  encounter('ann-between', 'ann', { period: { start: '2025-09-01T09:00:00Z', end: '2025-09-01T09:20:00Z' } }),
  encounter('ann-visit', 'ann'),
  condition('ann-diabetes', 'ann'),
  hba1c('ann-1', 'ann', '2025-09-01', 7.1),
  hba1c('ann-2', 'ann', '2026-03-01', 8.4),
  medication('pills'),
  prescription('ann-pills', 'ann', 'pills', {
    dispenseRequest: { validityPeriod: { start: '2026-03-01', end: '2026-03-30' } },
  }),
  // Bob: diabetes that is well controlled; back after twelve days; two unmapped tests.
  condition('bob-diabetes', 'bob', { onsetDateTime: '2020-06-14' }),
  condition('bob-hypertension', 'bob', { code: codeable(coding('SNOMED', '59621000')) }),
  hba1c('bob-1', 'bob', '2026-02-01', 5.9),
  stay('bob-first', 'bob', '2026-01-10', '2026-01-14'),
  stay('bob-again', 'bob', '2026-01-26', '2026-01-28'),
  observation('bob-house-1', 'bob', { code: houseCode }),
  observation('bob-house-2', 'bob', { code: houseCode }),
  // Cleo: a high HbA1c without diabetes, and a blood pressure.
  hba1c('cleo-1', 'cleo', '2026-03-02', 9),
  observation('cleo-pressure', 'cleo', {
    code: codeable(coding('LOINC', '85354-9')),
    valueQuantity: undefined,
    component: [part('8480-6', 128), part('8462-4', 82)],
  }),
  // Dan: one stay, in which he died.
  stay('dan-stay', 'dan', '2026-04-12', '2026-04-20'),
  condition('dan-stroke', 'dan', {
    code: codeable(coding('SNOMED', '230690007')),
    onsetDateTime: '2026-04-12',
  }),
  // What is not loaded.
  condition('wrong', 'ann', { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }),
  condition('broken', 'ann', { onsetDateTime: 'last year' }),
  observation('stranger', 'nobody-yet'),
];

const site = await world.site({ connection: { site_key: 'memorial' } });
site.ehr.load(RECORD);
const first = (await site.sync())['run_id'];
world.clock.advance(3600);
site.ehr.put(hba1c('cleo-2', 'cleo', '2026-06-02', 5.5));
const second = (await site.sync())['run_id'];

const keys = await world.sql<{ fhir_id: string; resource_key: number }[]>`
  select fhir_id, resource_key from resource where resource_type = 'Patient'`;
const [ann, bob, cleo, dan] = ['ann', 'bob', 'cleo', 'dan'].map(
  (name) => keys.find(({ fhir_id }) => fhir_id === name)?.resource_key,
);

const badDate = expect.stringMatching(/^Expected a FHIR date/);
const EXPECTED: Record<number, unknown[][]> = {
  1: [
    ['MALE', 1940, 1],
    ['MALE', 1950, 1],
    ['FEMALE', 1970, 2],
  ],
  2: [
    [201826, 'Type 2 diabetes', 2, 2],
    [320128, 'Essential hypertension', 1, 1],
    [381316, 'Stroke', 1, 1],
  ],
  // Ann fell ill three days before her 56th birthday, Bob a day before his 65th.
  3: [
    [ann, '2026-03-01', 55],
    [bob, '2020-06-14', 64],
  ],
  4: [
    [ann, '2026-03-01', 8.4, '%'],
    [bob, '2026-02-01', 5.9, '%'],
    [cleo, '2026-06-02', 5.5, '%'],
  ],
  5: [[ann, 8.4]],
  6: [
    ['Hemoglobin A1c', ann, 7.1, 4, 6, 'high'],
    ['Hemoglobin A1c', ann, 8.4, 4, 6, 'high'],
    ['Hemoglobin A1c', cleo, 9, 4, 6, 'high'],
  ],
  7: [[cleo, '2026-03-01 10:05:00', 128, 82]],
  8: [
    ['Inpatient Visit', 3, 4.7, 8],
    ['Outpatient Visit', 3, 0, 0],
  ],
  9: [[bob, '2026-01-14', '2026-01-26', 12]],
  10: [[ann, '2026-03-01', '2026-03-30', 1]],
  11: [[ann, '2026-03-01', 393]],
  12: [
    ['2026-04-12', 'condition', 'Stroke'],
    ['2026-04-12', 'visit', 'Inpatient Visit'],
    ['2026-04-20', 'death', null],
  ],
  13: [['memorial', 'degraded', true, null, 'many-failures', expect.stringMatching(/^1 resource, /)]],
  14: [
    [first, 'full', 'completed', 26, 0, 23, 1, 1, 1, true],
    [second, 'incremental', 'completed', 1, 0, 1, 0, 0, 0, true],
  ],
  15: [
    ['excluded', 'Condition', 'entered-in-error', 1],
    ['failed', 'Condition', badDate, 1],
    ['parked', 'Observation', 'patient-not-known', 1],
  ],
  16: [
    ['measurement', 9, 7, 77.8],
    ['condition_occurrence', 4, 4, 100],
    ['drug_exposure', 1, 1, 100],
    ['visit_occurrence', 6, 6, 100],
  ],
  17: [['urn:house', 'H-1', 'Observation', 2, 1, 100]],
  18: [
    [ann, 'memorial', 'ann', 'MRN-1'],
    [bob, 'memorial', 'bob', 'MRN-2'],
    [cleo, 'memorial', 'cleo', 'MRN-3'],
    [dan, 'memorial', 'dan', 'MRN-4'],
  ],
  19: [
    [7.1, 'Observation', 'ann-1', first, first, 5, 1],
    [8.4, 'Observation', 'ann-2', first, first, 5, 2],
    [5.9, 'Observation', 'bob-1', first, first, 5, 3],
    [9, 'Observation', 'cleo-1', first, first, 5, 6],
    [5.5, 'Observation', 'cleo-2', second, second, 1, 1],
  ],
  20: [['memorial', 'measurement', 1]],
};

describe('the cookbook', () => {
  it('has twenty questions, numbered in order, with one statement each, and an answer to each here', () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(questions.map(({ number }) => number)).toEqual(numbers);
    expect(questions.filter(({ statements }) => statements.length !== 1)).toEqual([]);
    expect(Object.keys(EXPECTED).map(Number)).toEqual(numbers);
  });

  it.each(questions)('answers: $question', async ({ number, statements }) => {
    expect(await reader.unsafe(statements[0] ?? '').values()).toEqual(EXPECTED[number]);
  });
});
