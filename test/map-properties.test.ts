/**
 * What holds for every resource, however broken: the mapping never throws, gives the same outcome twice, and each row it
 * gives is one that the database takes and that stands in the table of its concept's domain.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAPPERS, map } from '../jobs/map/index.ts';
import { tableOfDomain } from '../jobs/map/project.ts';
import { WIDTHS } from '../jobs/map/rows.ts';
import { RULES } from '../jobs/map/rules.ts';
import { DEFAULT_SETTINGS, type MappingSettings } from '../jobs/map/settings.ts';
import type { Outcome, Resource, Row } from '../jobs/map/types.ts';
import { conceptOf, newContext } from './cases/context.ts';
import { readCases } from './cases/read.ts';

const seeds: readonly Resource[] = readCases().flatMap(({ cases }) => cases.flatMap((one) => one.fhir));

/** Columns that CDM 5.4 requires, besides the ids that the loader gives. */
const REQUIRED: { readonly [T in Row['table']]: readonly string[] } = {
  person: ['gender_concept_id', 'year_of_birth', 'race_concept_id', 'ethnicity_concept_id'],
  death: ['death_date'],
  visit_occurrence: [
    'person_id',
    'visit_concept_id',
    'visit_start_date',
    'visit_end_date',
    'visit_type_concept_id',
  ],
  visit_detail: ['person_id', 'visit_detail_concept_id', 'visit_occurrence_id'],
  condition_occurrence: [
    'person_id',
    'condition_concept_id',
    'condition_start_date',
    'condition_type_concept_id',
  ],
  drug_exposure: [
    'person_id',
    'drug_concept_id',
    'drug_exposure_start_date',
    'drug_exposure_end_date',
    'drug_type_concept_id',
  ],
  procedure_occurrence: ['person_id', 'procedure_concept_id', 'procedure_date', 'procedure_type_concept_id'],
  device_exposure: ['person_id', 'device_concept_id', 'device_exposure_start_date', 'device_type_concept_id'],
  measurement: ['person_id', 'measurement_concept_id', 'measurement_date', 'measurement_type_concept_id'],
  observation: ['person_id', 'observation_concept_id', 'observation_date', 'observation_type_concept_id'],
  note: [
    'person_id',
    'note_date',
    'note_type_concept_id',
    'note_class_concept_id',
    'note_text',
    'encoding_concept_id',
    'language_concept_id',
  ],
  specimen: ['person_id', 'specimen_concept_id', 'specimen_type_concept_id', 'specimen_date'],
  location: [],
  care_site: [],
  provider: [],
  payer_plan_period: ['person_id', 'payer_plan_period_start_date', 'payer_plan_period_end_date'],
  cost: ['cost_event_id', 'cost_domain_id', 'cost_type_concept_id'],
};

/** The column that decides the table, of the tables that events are routed to. */
const MAIN_CONCEPT = new Map<string, string>([
  ['condition_occurrence', 'condition_concept_id'],
  ['drug_exposure', 'drug_concept_id'],
  ['procedure_occurrence', 'procedure_concept_id'],
  ['device_exposure', 'device_concept_id'],
  ['measurement', 'measurement_concept_id'],
  ['specimen', 'specimen_concept_id'],
]);

const settings: fc.Arbitrary<MappingSettings> = fc.record({
  ...Object.fromEntries(Object.entries(DEFAULT_SETTINGS).map(([key, value]) => [key, fc.constant(value)])),
  fhirBaseUrl: fc.constantFrom('', 'https://ehr.example/fhir'),
  vendor: fc.constantFrom('epic', 'cerner', 'other'),
  personSourceValue: fc.constantFrom('identifier', 'resource-id'),
  address: fc.constantFrom('state', 'zip3', 'full'),
  provisionalConditions: fc.constantFrom('condition', 'observation'),
  medicationRequestIntents: fc.constantFrom(DEFAULT_SETTINGS.medicationRequestIntents, []),
  panelParents: fc.boolean(),
  valuelessObservations: fc.boolean(),
  timezone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata'),
  codeSystems: fc.constantFrom({}, { 'http://example.org/local': 'Local' }),
});

const types = [...MAPPERS.keys(), 'CarePlan', 'toString', ''];

/** Any JSON under any type's name. */
const anyResource: fc.Arbitrary<Resource> = fc
  .tuple(
    fc.constantFrom(...types),
    fc.string({ unit: 'binary' }),
    fc.dictionary(elementName(), fc.jsonValue()),
  )
  .map(([resourceType, id, rest]) => ({ ...rest, resourceType, id }));

/** A resource of the golden cases with some of its values broken. */
const brokenResource: fc.Arbitrary<Resource> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), breakage()), { minLength: 1, maxLength: 4 }))
  .map(([seed, breakages]) => breakages.reduce((resource, [at, how]) => broken(resource, at, how), seed));

describe('the mapping', () => {
  it('never throws on any JSON, and gives rows that the database takes', () => {
    fc.assert(
      fc.property(anyResource, settings, (resource, chosen) => {
        checkOutcome(map(resource, newContext(chosen)), chosen);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws on a broken real resource, and gives rows that the database takes', () => {
    fc.assert(
      fc.property(brokenResource, settings, (resource, chosen) => {
        checkOutcome(map(resource, newContext(chosen, seeds)), chosen);
      }),
      { numRuns: 6000 },
    );
  });

  it('gives the same outcome each time', () => {
    fc.assert(
      fc.property(brokenResource, (resource) => {
        const sent = structuredClone(resource);
        const first = map(resource, newContext());
        expect(map(resource, newContext())).toEqual(first);
        expect(resource).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });
});

function checkOutcome(outcome: Outcome, chosen: MappingSettings): void {
  if (outcome.kind === 'excluded') expect(RULES[outcome.rule].of).toBe('resource');
  if (outcome.kind === 'failed') expect(outcome.field).toMatch(/^[A-Z][A-Za-z]+(\.[A-Za-z]+)*$/);
  if (outcome.kind !== 'rows') return;
  expect(outcome.rows.length).toBeLessThanOrEqual(1000);
  for (const rule of outcome.omitted ?? []) expect(RULES[rule].of).toBe('part');
  for (const code of outcome.unmapped) expect(code.code).not.toBe('');
  for (const row of outcome.rows) {
    checkColumns(row, outcome.rows.length);
    checkDomain(row, chosen);
  }
}

function checkColumns(row: Row, rows: number): void {
  const values = new Map<string, unknown>(Object.entries(row.values));
  for (const column of REQUIRED[row.table])
    expect(values.get(column), `${row.table}.${column}`).toBeDefined();
  for (const [column, value] of values) {
    const name = `${row.table}.${column}`;
    if (typeof value === 'number') expect(Number.isFinite(value), name).toBe(true);
    if (typeof value === 'string') checkText(name, value, WIDTHS[row.table][column]);
    if (column.endsWith('_concept_id') && value !== undefined) {
      expect(Number.isInteger(value) && Number(value) >= 0, name).toBe(true);
    }
    if (typeof value === 'object' && value !== null && 'row' in value) {
      expect(Number(value.row), name).toBeLessThan(rows);
    }
  }
  const start = [...values].find(([column]) => column.endsWith('_start_date'))?.[1];
  const end = [...values].find(
    ([column]) => column.endsWith('_end_date') && column !== 'verbatim_end_date',
  )?.[1];
  if (typeof start === 'string' && typeof end === 'string') expect(end >= start, row.table).toBe(true);
}

function checkText(name: string, value: string, width: number | undefined): void {
  expect(value.isWellFormed() && !value.includes('\0') && value !== '', name).toBe(true);
  if (width !== undefined) expect([...value].length, name).toBeLessThanOrEqual(width);
  if (name.endsWith('_date')) expect(value, name).toMatch(/^\d{4}-\d\d-\d\d$/);
  if (name.endsWith('_datetime')) expect(value, name).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/);
}

/** A concept of another table's domain stands only in observation, and only by a decision. */
function checkDomain(row: Row, chosen: MappingSettings): void {
  const column = MAIN_CONCEPT.get(row.table) ?? 'observation_concept_id';
  const conceptId = Number(new Map<string, unknown>(Object.entries(row.values)).get(column) ?? 0);
  if (conceptId === 0) return;
  const expected = tableOfDomain(conceptOf(conceptId).domain);
  if (row.table !== 'observation') {
    if (MAIN_CONCEPT.has(row.table)) expect(row.table).toBe(expected);
    return;
  }
  const denied = row.values.value_as_concept_id !== undefined;
  const provisional = chosen.provisionalConditions === 'observation' && row.values.qualifier_concept_id !== 0;
  if (expected !== 'observation') expect(denied || provisional).toBe(true);
}

function elementName(): fc.Arbitrary<string> {
  const names = new Set(seeds.flatMap((seed) => Object.keys(seed)));
  return fc.oneof(fc.constantFrom(...names), fc.string());
}

function breakage(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      ' ',
      0,
      -1,
      1e308,
      true,
      [],
      {},
      [null],
      [[]],
      '2024-02-30',
      '0000',
      'final',
      'completed',
      'entered-in-error',
      'x'.repeat(500),
      '😀'.repeat(100),
      '\ud800\0',
      '#x',
      'urn:uuid:',
      'Patient/',
      { reference: 'Patient/p1' },
      { coding: [{ code: 'x' }] },
      { coding: [{ system: 'http://snomed.info/sct', code: '44054006' }], text: 'y' },
      { value: -3, code: 'd' },
    ),
    fc.jsonValue(),
  );
}

/** The resource with its `at`-th value (counted through the tree) replaced; undefined drops it. */
function broken(resource: Resource, at: number, how: unknown): Resource {
  const copy: Resource = structuredClone(resource);
  const places: { holder: object; key: string }[] = [];
  const walk = (holder: object): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (key !== 'resourceType' && !(holder === copy && key === 'id')) places.push({ holder, key });
      if (typeof value === 'object' && value !== null) walk(value);
    }
  };
  walk(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return copy;
  if (how === undefined) Reflect.deleteProperty(place.holder, place.key);
  else Reflect.set(place.holder, place.key, structuredClone(how));
  return copy;
}
