/**
 * The ConceptMaps of the guide (HL7/fhir-omop-ig, August 2026), row by row: each source code is mapped in the smallest
 * resource that carries it, and the concept must be the guide's, or the difference stand in GUIDE.md with its reason.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { map } from '../../jobs/map/index.ts';
import { type MapContext, NOTHING, type Resource } from '../../jobs/map/types.ts';
import { newContext } from './cases/context.ts';
import { CONCEPT_MAPS, type ConceptMap } from './guide-concept-maps.ts';

const subject = { reference: 'Patient/p1' };
const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
/** A bare substance that the vocabulary of the cases knows. */
const PENICILLIN = coded('http://www.nlm.nih.gov/research/umls/rxnorm', '7980');
const CVX = coded('http://hl7.org/fhir/sid/cvx', '140');

/** The smallest resource in which the code of a map says something, and the column that the map fills. */
const CARRIERS: Readonly<
  Record<ConceptMap['name'], readonly [column: string, (one: ConceptMap, code: string) => object]>
> = {
  AllergyType: ['observation_concept_id', (_, code) => allergy('allergy', [code])],
  IntoleranceType: ['observation_concept_id', (_, code) => allergy('intolerance', [code])],
  AllergySubstanceType: [
    'value_as_concept_id',
    ({ system }, code) => allergy('allergy', [], coded(system, code)),
  ],
  ConditionConcepts: ['condition_concept_id', ({ system }, code) => condition(coded(system, code))],
  ConditionStatusConcepts: [
    'condition_status_concept_id',
    ({ system }, code) => ({ ...condition({ text: 'x' }), clinicalStatus: coded(system, code) }),
  ],
  EncounterClass: ['visit_concept_id', ({ system }, code) => encounter({ class: { system, code } })],
  EncounterAdmitSource: [
    'admitted_from_concept_id',
    ({ system }, code) => encounter({ hospitalization: { admitSource: coded(system, code) } }),
  ],
  EncounterDischargeDisposition: [
    'discharged_to_concept_id',
    ({ system }, code) => encounter({ hospitalization: { dischargeDisposition: coded(system, code) } }),
  ],
  ImmunizationSource: [
    'drug_type_concept_id',
    ({ system }, code) => vaccination({ primarySource: false, reportOrigin: coded(system, code) }),
  ],
  ImmunizationRoute: ['route_concept_id', ({ system }, code) => vaccination({ route: coded(system, code) })],
  ImmunizationVaccine: [
    'drug_concept_id',
    ({ system }, code) => vaccination({ vaccineCode: coded(system, code) }),
  ],
  GenderClass: [
    'gender_concept_id',
    (_, code) => ({ resourceType: 'Patient', gender: code, birthDate: '1970-01-01' }),
  ],
  ProcedureType: [
    'procedure_concept_id',
    ({ system }, code) => ({
      ...{ resourceType: 'Procedure', status: 'completed', subject, code: coded(system, code) },
      performedDateTime: '2024-05-01',
    }),
  ],
  VitalSignsCodes: ['measurement_concept_id', ({ system }, code) => reading(coded(system, code))],
  BloodPressureCodes: ['measurement_concept_id', ({ system }, code) => reading(coded(system, code))],
};

function allergy(type: string, category: readonly string[], code: object = PENICILLIN) {
  return {
    resourceType: 'AllergyIntolerance',
    type,
    category,
    code,
    patient: subject,
    recordedDate: '2024-05-01',
  };
}

const condition = (code: object) => ({
  resourceType: 'Condition',
  code,
  subject,
  onsetDateTime: '2024-05-01',
});

function encounter(more: object) {
  const usual = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' };
  const period = { start: '2024-05-01', end: '2024-05-02' };
  return { resourceType: 'Encounter', status: 'finished', class: usual, subject, period, ...more };
}

function vaccination(more: object) {
  return {
    ...{ resourceType: 'Immunization', status: 'completed', vaccineCode: CVX, patient: subject },
    ...{ occurrenceDateTime: '2024-05-01', ...more },
  };
}

function reading(code: object) {
  return {
    ...{ resourceType: 'Observation', status: 'final', code, subject, effectiveDateTime: '2024-05-01' },
    valueQuantity: { value: 1 },
  };
}

/** As where the vocabulary holds what the map says: its concept, in the domain that this has there. */
function contextOf({ system, rows }: ConceptMap): MapContext {
  const context = newContext();
  const known = new Map(
    rows.flatMap(({ code, guide, domain, conceptClass = '' }) =>
      guide === undefined || domain === undefined
        ? []
        : [[code, { conceptId: guide, domain, vocabulary: 'SNOMED', conceptClass }] as const],
    ),
  );
  return {
    ...context,
    resolve(asked, code) {
      const target = asked === system ? known.get(code) : undefined;
      if (!target) return asked === system ? NOTHING : context.resolve(asked, code);
      return {
        sourceConceptId: target.conceptId,
        sourceDomain: target.domain,
        targets: [target],
        values: [],
      };
    },
  };
}

/** The concept in the column of the map, or what came instead: the rule of an exclusion, or another column. */
function made(one: ConceptMap, code: string): string {
  const [column, carrier] = CARRIERS[one.name];
  const resource = { id: 'r1', ...carrier(one, code) } as unknown as Resource;
  const outcome = map(resource, contextOf(one));
  if (outcome.kind !== 'rows') return outcome.kind === 'excluded' ? outcome.rule : outcome.kind;
  const values = outcome.rows.map(({ values }) => values as Readonly<Record<string, unknown>>);
  const direct = values.find((row) => row[column] !== undefined);
  if (direct) return String(direct[column]);
  const [row] = outcome.rows;
  const main = Object.entries(row?.values ?? {}).find(
    ([name]) => name.endsWith('_concept_id') && !name.includes('type') && !name.includes('source'),
  );
  return `${main?.[1]} in ${row?.table}`;
}

/** `| map | code | guide | here | why |` of the section of GUIDE.md. */
const guide = readFileSync(new URL('../../jobs/map/GUIDE.md', import.meta.url), 'utf8');
const section = guide.slice(guide.indexOf('## The ConceptMaps'), guide.indexOf('## The 56 statements'));
const listed = new Map(
  [...section.matchAll(/^\| (\w+) \| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, name = '', code = '', theirs = '', ours = '', why = '']) =>
      [`${name} ${code}`, { theirs: theirs.trim(), ours: ours.trim(), why: why.trim() }] as const,
  ),
);

describe.each(CONCEPT_MAPS.map((one) => [one.name, one.system, one] as const))(
  'the ConceptMap %s of %s',
  (name, _, one) => {
    it.each(one.rows.map((row) => [row.code, row.guide] as const))(
      'has for %s the concept that is made here, or GUIDE.md says why not',
      (code, theirs) => {
        const ours = made(one, code);
        const found = listed.get(`${name} ${code}`);
        if (ours === String(theirs ?? 0)) expect(found, 'a difference that is none any more').toBeUndefined();
        else
          expect(found).toMatchObject({
            theirs: String(theirs ?? '–'),
            ours,
            why: expect.stringMatching(/.{10}/),
          });
      },
    );
  },
);

describe('the section on the ConceptMaps', () => {
  it('names codes of the maps only, and each once', () => {
    const codes = new Set(
      CONCEPT_MAPS.flatMap(({ name, rows }) => rows.map(({ code }) => `${name} ${code}`)),
    );
    expect([...listed.keys()].filter((key) => !codes.has(key))).toEqual([]);
    const lines = section.split('\n').filter((line) => /^\| \w+ \| `/.test(line));
    expect(lines).toHaveLength(listed.size);
  });

  it('is of all fifteen', () => {
    expect(new Set(CONCEPT_MAPS.map(({ name }) => name)).size).toBe(15);
  });
});
