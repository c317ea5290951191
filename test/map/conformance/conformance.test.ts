/** The published manifest (jobs/map/conformance.json) is complete, and says what the mapping does. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAPPERS, map } from '../../../jobs/map/index.ts';
import { EXPECTED } from '../../../jobs/map/read/expected-types.ts';
import { FIELDS, FIELDS_ADDED } from '../../../jobs/quality/dashboard/cdm-fields.ts';
import { newContext } from '../cases/context.ts';
import { type ByTable, manifest, shown } from './document.ts';
import { findEffects } from './effects.ts';
import { elementsOf, isShared, isWithin } from './elements.ts';
import { FILE, written } from './main.ts';

const found = shown();
const now = manifest(found);

describe('the published manifest', () => {
  it('is what the mappers and their golden cases give today', () => {
    expect(readFileSync(FILE, 'utf8') === written(now), 'run `npm run conformance`').toBe(true);
  });

  it('names each type that has a mapper', () => {
    expect(Object.keys(now.resources)).toEqual([...MAPPERS.keys()].sort());
  });

  it('names each element that is read, and of each a golden case shows what it does', () => {
    const declared = [...EXPECTED].flatMap(([type, elements]) => elementsOf(type, elements));
    const published = declared.filter(
      ({ path }) => !isShared(path) && !/^\w+\.modifierExtension$/.test(path),
    );
    expect(published.length).toBeGreaterThan(350);
    const seen = [...found.effects.keys()];
    const unseen = published.filter(({ path }) => !seen.some((one) => isWithin(one, path)));
    expect(unseen.map(({ path }) => path)).toEqual([]);
    const named = Object.entries(now.resources).flatMap(([type, { elements, noColumn = [] }]) =>
      [...Object.keys(elements), ...noColumn].map((name) => `${type}.${name}`),
    );
    expect(named.sort()).toEqual(published.map(({ path }) => path).sort());
  });

  it('has each column of the CDM once: filled, derived, or empty', () => {
    const published = Object.entries(now.tables).flatMap(
      ([table, { columns = [], derived = [], empty = [] }]) =>
        [...columns, ...derived, ...empty].map((column) => `${table}.${column}`),
    );
    const populated = [...FIELDS, ...FIELDS_ADDED].filter(
      ({ table }) => now.tables[table]?.populated !== 'not',
    );
    expect(published.sort()).toEqual(populated.map(({ table, field }) => `${table}.${field}`).sort());
  });

  it('has each column that the page from columns to code names', () => {
    const page = readFileSync(new URL('../../../jobs/map/COLUMNS.md', import.meta.url), 'utf8');
    const filled = Object.entries(now.tables).flatMap(([table, { columns = [], derived = [] }]) =>
      [...columns, ...derived].map((column) => ({ table, column })),
    );
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (---|table|part)/.test(line));
    const missing = rows.flatMap((line) => {
      const [, first = '', columns = ''] = line.split('|').map((cell) => cell.trim());
      return [...columns.matchAll(/`([^`]+)`/g)].flatMap(([, name = '']) => {
        const pattern = new RegExp(`^${name.replaceAll('*', '.*')}$`);
        const isThere = filled.some(
          ({ table, column }) => (table === first || first.startsWith('`')) && pattern.test(column),
        );
        return isThere ? [] : [`${first}: ${name}`];
      });
    });
    expect(rows.length).toBeGreaterThan(35);
    expect(missing).toEqual([]);
  });

  it('has a cause for each column that a resource fills: an element, or the mapping itself', () => {
    for (const [type, { elements, setByMapping = {} }] of Object.entries(now.resources)) {
      const caused = Object.values(elements).flatMap(({ columns = {}, byDomain = {}, bySetting = {} }) =>
        [columns, byDomain, ...Object.values(bySetting)].flatMap(namesOf),
      );
      const known = new Set([...caused, ...namesOf(setByMapping)]);
      expect([...(found.filled.get(type) ?? [])].filter((column) => !known.has(column))).toEqual([]);
    }
  });

  it.each([
    ['Patient', 'birthDate', 'person.year_of_birth'],
    ['Patient', 'deceasedDateTime', 'death.death_date'],
    ['Encounter', 'class.code', 'visit_occurrence.visit_concept_id'],
    ['Encounter', 'hospitalization.dischargeDisposition', 'visit_occurrence.discharged_to_concept_id'],
    ['Condition', 'code', 'condition_occurrence.condition_concept_id'],
    ['Condition', 'abatementDateTime', 'condition_occurrence.condition_end_date'],
    ['Observation', 'valueQuantity', 'measurement.value_as_number'],
    ['Observation', 'referenceRange.high', 'measurement.range_high'],
    ['MedicationRequest', 'dispenseRequest.numberOfRepeatsAllowed', 'drug_exposure.refills'],
    ['Medication', 'code', 'drug_exposure.drug_concept_id'],
    ['Immunization', 'lotNumber', 'drug_exposure.lot_number'],
    ['Coverage', 'period', 'payer_plan_period.payer_plan_period_start_date'],
  ])('says that %s.%s fills %s', (type, element, column) => {
    expect(namesOf(now.resources[type]?.elements[element]?.columns ?? {})).toContain(column);
  });

  it.each([
    ['Condition', 'encounter', 'observation.visit_occurrence_id'],
    ['Procedure', 'performedDateTime', 'drug_exposure.drug_exposure_start_date'],
    ['MedicationRequest', 'medicationCodeableConcept', 'device_exposure.device_concept_id'],
  ])('says that %s.%s fills %s where the vocabulary has the code in that domain', (type, element, column) => {
    const { columns = {}, byDomain = {} } = now.resources[type]?.elements[element] ?? {};
    expect([columns, byDomain].flatMap(namesOf)).toContain(column);
  });

  it('says of a setting what only that lets be filled', () => {
    const line = now.resources['Patient']?.elements['address.line'];
    expect(line?.columns).toBeUndefined();
    expect(line?.bySetting?.['address']?.['location']).toContain('address_1');
  });

  it('is right that a modifierExtension sets a resource of any type aside', () => {
    const context = newContext();
    const outcomes = [...MAPPERS.keys()].map((resourceType) =>
      map({ resourceType, id: 'x', modifierExtension: [{ url: 'http://example.org/not' }] }, context),
    );
    expect(new Set(outcomes.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ kind: 'excluded', rule: 'modifier-extension' })]),
    );
  });
});

describe('the experiment', () => {
  it('says nothing of elements whose absence and other values change no column', () => {
    const { effects } = findEffects([
      {
        name: 'a condition with a display that nobody keeps',
        rule: 'FHIR R4 Coding.display',
        fhir: [
          {
            resourceType: 'Condition',
            id: 'c1',
            subject: { reference: 'Patient/p1' },
            code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes' }] },
            onsetDateTime: '2024-01-10',
          },
        ],
        expect: {},
      },
    ]);
    expect([...(effects.get('Condition.code.coding.display')?.columns.keys() ?? [])]).toEqual([]);
    expect([...(effects.get('Condition.onsetDateTime')?.columns.keys() ?? [])]).toEqual([
      'condition_occurrence.condition_start_date',
      'condition_occurrence.condition_start_datetime',
    ]);
    expect(effects.get('Condition.subject')?.decides).toBe(true);
  });
});

function namesOf(columns: ByTable): readonly string[] {
  return Object.entries(columns).flatMap(([table, names]) => names.map((name) => `${table}.${name}`));
}
