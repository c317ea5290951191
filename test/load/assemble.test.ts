/** How mapped rows get their ids and those of others, what is left open, and what is parked for want of it. */
import { describe, expect, it } from 'vitest';
import { type Read, readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import { assemble, dropParked, provisional, referencesOf } from '../../jobs/load/assemble.ts';
import { targetId } from '../../jobs/load/compare/known.ts';
import type { Mapped } from '../../jobs/load/map-entries.ts';
import { IN_FUTURE, TEXT_NOT_HERE } from '../../jobs/load/reasons.ts';
import type { References } from '../../jobs/load/references.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import type { Ref } from '../../jobs/map/cdm/link.ts';
import { map } from '../../jobs/map/index.ts';
import { DAY, type Resource } from '../../jobs/map/types.ts';
import { newContext } from '../map/cases/context.ts';
import { readCases } from '../map/cases/read.ts';
import { condition, encounter, observation, patient, practitioner, to } from '../world/record.ts';

const PERSON = 11;
const VISIT = 12;
const OWN = 20;
const BOTH_PARTS = { partOf: to('Encounter', 'whole') };

function mapped(resource: Resource): Mapped {
  const read: Read = readLines(splitLines(Buffer.from(JSON.stringify(resource)), 0, false));
  const [entry] = read.entries;
  if (!entry) throw new Error('Expected a resource');
  return { entry, known: undefined, outcome: map(resource, newContext()), contents: [] };
}

/** What is there: Patient p and Encounter e, which is a visit; or Encounter part, a detail of the visit e. */
const there: References = {
  find: ({ id }: Ref, table) => (id === 'p' && table === 'person' ? PERSON : undefined),
  visit: ({ id }: Ref) =>
    id === 'e'
      ? { visit: VISIT, detail: undefined }
      : id === 'part'
        ? { visit: VISIT, detail: 13_000 }
        : undefined,
  mergedFrom: () => undefined,
};

/** An Encounter that moves between two places. */
const MOVES = {
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  location: ['l1', 'l2'].map((id, n) => ({
    location: to('Location', id),
    period: { start: `2026-03-01T1${n}:00:00Z`, end: `2026-03-01T1${n}:30:00Z` },
  })),
};

const finished = (resource: Resource) => assemble(mapped(resource), OWN, there);

describe('a resource whose targets are there', () => {
  it('has ids of its own key, and theirs', () => {
    const { result, rows, openLinks, personKey, rowTables } = finished(
      condition('c', 'p', { encounter: to('Encounter', 'e') }),
    );
    expect({ result, openLinks, personKey }).toEqual({ result: 'loaded', openLinks: [], personKey: PERSON });
    expect(rowTables).toBe(bitOf('condition_occurrence'));
    expect(rows.map(({ values }) => values)).toMatchObject([
      { person_id: PERSON, visit_occurrence_id: VISIT },
    ]);
    expect(rows[0]?.values['visit_detail_id']).toBeUndefined();
  });

  it('in a part of a visit has the visit and the part', () => {
    const [row] = finished(observation('o', 'p', { encounter: to('Encounter', 'part') })).rows;
    expect(row?.values).toMatchObject({ visit_occurrence_id: VISIT, visit_detail_id: 13_000 });
  });

  it('points to rows of its own by their place', () => {
    const allergy: Resource = {
      resourceType: 'AllergyIntolerance',
      id: 'a',
      patient: to('Patient', 'p'),
      recordedDate: '2024-05-03',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '419474003' }] },
      reaction: [{ manifestation: [{ text: 'wheal' }, { text: 'cough' }] }],
    };
    const events = finished(allergy).rows.map(({ values }) => values['observation_event_id']);
    expect(events).toEqual([undefined, OWN * 1000, OWN * 1000]);
  });

  it('that moves between places has its own key as the visit of each', () => {
    const { rows } = finished(encounter('x', 'p', MOVES));
    expect(rows.map(({ table }) => table)).toEqual(['visit_occurrence', 'visit_detail', 'visit_detail']);
    expect(rows.map(({ values }) => values['visit_occurrence_id'])).toEqual([undefined, OWN, OWN]);
    expect(rows.map(({ values }) => values['parent_visit_detail_id'])).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('that is part of a part has that as its parent, and its places have it', () => {
    const { result, rows } = finished(encounter('x', 'p', { ...MOVES, partOf: to('Encounter', 'part') }));
    expect(result).toBe('loaded');
    const parts = rows.map(({ values }) => [values['visit_occurrence_id'], values['parent_visit_detail_id']]);
    expect(parts).toEqual([
      [VISIT, 13_000],
      [VISIT, OWN * 1000],
      [VISIT, OWN * 1000],
    ]);
  });

  it('that is part of what turns out to be itself waits', () => {
    const itself = assemble(mapped(encounter('x', 'p', { partOf: to('Encounter', 'e') })), VISIT, there);
    expect([itself.result, itself.reason]).toEqual(['parked', 'target-not-known']);
  });

  it('that is a cost has the visit and the plan, and no part of the visit', () => {
    const costs = readCases()
      .flatMap(({ cases }) => cases.flatMap(({ fhir }) => fhir))
      .filter(
        ({ resourceType, insurance, item }) => resourceType === 'ExplanationOfBenefit' && insurance && item,
      )
      .flatMap((resource) => {
        const references: References = {
          ...{
            find: () => PERSON,
            visit: () => ({ visit: VISIT, detail: 13_000 }),
            mergedFrom: () => undefined,
          },
        };
        return assemble(mapped(resource), OWN, references).rows.filter(({ table }) => table === 'cost');
      });
    expect(costs.length).toBeGreaterThan(0);
    for (const { values } of costs) {
      expect(values['cost_event_id']).toBe(VISIT);
      expect(Object.values(values)).not.toContain(13_000);
    }
    const plans = new Set(costs.map(({ values }) => values['payer_plan_period_id']));
    expect([...plans].filter((id) => id !== undefined)).toEqual([PERSON * 1000]);
  });

  it('waits for a Medication that has not come, and is loaded without it', () => {
    const order: Resource = {
      ...{ resourceType: 'MedicationRequest', id: 'm', status: 'active', intent: 'order' },
      subject: to('Patient', 'p'),
      authoredOn: '2024-05-03',
      medicationReference: to('Medication', 'not-yet'),
    };
    const { result, rows, awaits } = finished(order);
    expect([result, rows.length]).toEqual(['loaded', 1]);
    expect(awaits).toMatchObject({ id: 'not-yet' });
  });

  it('of a replaced Patient notes whose it was', () => {
    const merged: References = { ...there, mergedFrom: ({ id }) => `was ${id}` };
    expect(assemble(mapped(condition('c', 'p')), OWN, merged).mergedFrom).toBe('was p');
    expect(assemble(mapped(practitioner('d')), OWN, merged).mergedFrom).toBeUndefined();
    expect(finished(condition('c', 'p')).mergedFrom).toBeUndefined();
  });

  it('that is of no person touches none', () => {
    const { result, reason, field, personKey } = finished(practitioner('d'));
    expect({ result, reason, field, personKey }).toEqual({
      ...{ result: 'loaded', reason: null, field: null, personKey: undefined },
    });
  });

  it('of a Patient is that person', () => {
    const { rows, personKey } = finished(patient('p', { deceasedDateTime: '2024-05-03' }));
    expect(personKey).toBe(OWN);
    expect(rows.map(({ table }) => table)).toEqual(['person', 'death']);
  });
});

describe('a resource whose targets are not there', () => {
  it('without its Patient is parked, and waits for that', () => {
    const { result, reason, awaits, rows, rowTables, openLinks } = finished(condition('c', 'nobody'));
    expect({ result, reason, rows, rowTables, openLinks }).toEqual({
      ...{ result: 'parked', reason: 'patient-not-known', rows: [], rowTables: 0, openLinks: [] },
    });
    expect(awaits).toMatchObject({ types: ['Patient'], id: 'nobody' });
  });

  it('without the visit that it is part of is parked, and waits for that', () => {
    const { result, reason, awaits } = finished(encounter('x', 'p', BOTH_PARTS));
    expect({ result, reason }).toEqual({ result: 'parked', reason: 'target-not-known' });
    expect(awaits).toMatchObject({ id: 'whole' });
  });

  it('has none of the others, and an open link for each type that the target may be of', () => {
    const { result, rows, openLinks } = finished(
      condition('c', 'p', {
        encounter: to('Encounter', 'not-yet'),
        recorder: { reference: 'urn:uuid:0001' },
      }),
    );
    expect(result).toBe('loaded');
    const [row] = rows;
    expect([row?.values['visit_occurrence_id'], row?.values['provider_id']]).toEqual([undefined, undefined]);
    const link = { table_name: 'condition_occurrence', row_id: OWN * 1000, resource_key: OWN };
    expect(openLinks).toHaveLength(3);
    expect(openLinks).toEqual(
      expect.arrayContaining([
        { ...link, column_name: 'visit_occurrence_id', target_type: 'Encounter', target_id: 'not-yet' },
        { ...link, column_name: 'provider_id', target_type: 'Practitioner', target_id: '0001' },
        { ...link, column_name: 'provider_id', target_type: 'PractitionerRole', target_id: '0001' },
      ]),
    );
  });
});

describe('an open link', () => {
  const rowIds = (resource: Resource) => finished(resource).openLinks.map((one) => one.row_id);

  it('names the row: the key itself of a visit, a place below it of an event', () => {
    expect(rowIds(encounter('x', 'p', { serviceProvider: to('Organization', 'o') }))).toEqual([OWN]);
    const allergy: Resource = {
      ...{
        resourceType: 'AllergyIntolerance',
        id: 'a',
        patient: to('Patient', 'p'),
        recordedDate: '2024-05-03',
      },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '419474003' }] },
      reaction: [{ manifestation: [{ text: 'wheal' }, { text: 'cough' }] }],
      recorder: to('Practitioner', 'd'),
    };
    expect(rowIds(allergy)).toEqual([OWN * 1000, OWN * 1000 + 1, OWN * 1000 + 2]);
  });
});

describe('a resource without rows', () => {
  it('is what the mapping says, for its reason', () => {
    const { onsetDateTime: _, ...undated } = condition('c', 'p', { encounter: to('Encounter', 'not-yet') });
    const outcomes = [
      finished(condition('c', 'p', { onsetDateTime: '2024-13-01' })),
      finished(observation('o', 'p', { status: 'cancelled' })),
      finished({ ...undated, resourceType: 'Condition', id: 'c' }),
    ].map(({ result, reason, field, rows }) => ({ result, reason, field, rows }));
    expect(outcomes).toEqual([
      {
        ...{ result: 'failed', reason: 'Expected a day and time of day that exist', rows: [] },
        field: 'Condition.onsetDateTime',
      },
      { result: 'excluded', reason: 'status-not-realized', field: null, rows: [] },
      { result: 'parked', reason: 'encounter-not-known', field: null, rows: [] },
    ]);
  });
});

describe('a resource that makes no row of its own', () => {
  const medication = mapped({ resourceType: 'Medication', id: 'm', code: { text: 'Aspirin' } });
  const awaits: Ref = { types: ['Binary'], id: 'text' };

  it('is loaded all the same, and known by its key', () => {
    const { item, key, result, reason, rows, rowTables } = assemble(medication, OWN, there);
    expect({ key, result, reason, rows, rowTables }).toEqual({
      ...{ key: OWN, result: 'loaded', reason: null, rows: [], rowTables: 0 },
    });
    expect(item).toBe(medication);
  });

  it('is parked where it waits for its text, known by its key, of no person and none that was merged', () => {
    const waits: Mapped = { ...medication, outcome: { kind: 'rows', rows: [], unmapped: [], awaits } };
    const parked = assemble(waits, OWN, { ...there, mergedFrom: () => 'was' });
    expect(parked).toEqual({
      ...{ item: waits, key: OWN, result: 'parked', reason: TEXT_NOT_HERE, field: null, awaits },
      ...{ rows: [], rowTables: 0, openLinks: [], personKey: undefined, mergedFrom: undefined },
    });
  });

  it('is parked for another reason where it waits for its day', () => {
    const day: Ref = { types: [DAY], id: '2030-01-01' };
    const waits: Mapped = { ...medication, outcome: { kind: 'waits', awaits: day } };
    expect(assemble(waits, OWN, there)).toMatchObject({
      ...{ result: 'parked', reason: IN_FUTURE, awaits: day },
    });
  });
});

describe('resources of one chunk', () => {
  const items = [
    mapped(patient('p')),
    mapped(encounter('e', 'p')),
    mapped(encounter('x', 'p', BOTH_PARTS)),
    mapped(encounter('y', 'nobody')),
    mapped(condition('c', 'p', { encounter: to('Encounter', 'e') })),
    mapped(encounter('planned', 'p', { status: 'planned' })),
  ];
  const keys = [1, 2, 3, 4, 5, 6];

  it('refer to what their rows name, to each Patient once a resource', () => {
    const named = referencesOf(items).map(({ types, id }) => `${types.join('|')}/${id}`);
    expect(named).toEqual([
      ...['Patient/p', 'Patient/p', 'Encounter/whole', 'Patient/nobody', 'Patient/p', 'Encounter/e'],
    ]);
  });

  it('are targets of each other by the tables of their rows, of the types that are named', () => {
    const own = provisional(items, keys, referencesOf(items));
    expect(own.get('Patient', 'p')).toMatchObject({ key: 1, row_tables: bitOf('person') });
    expect(own.get('Encounter', 'e')).toMatchObject({ key: 2, row_tables: bitOf('visit_occurrence') });
    expect(own.get('Encounter', 'x')).toMatchObject({ key: 3, partOf: { id: 'whole' } });
    expect(own.get('Encounter', 'e')?.partOf).toBeUndefined();
    expect(own.has('Condition', 'c')).toBe(false);
    expect(own.has('Encounter', 'planned')).toBe(false);
  });

  it('are no targets when they will be parked', () => {
    const own = provisional(items, keys, referencesOf(items));
    dropParked(own, items, there);
    const parked = [...own.values()].filter((one) => one.parked).map(({ key }) => key);
    expect(parked).toEqual([3, 4]);
  });

  it('are no targets when what they are part of will be parked, in whatever order they come', () => {
    const parts = ['a', 'b', 'c'].map((id, n) =>
      mapped(encounter(id, 'p', { partOf: to('Encounter', ['b', 'c', 'not-here'][n] ?? '') })),
    );
    const own = provisional(parts, [1, 2, 3], referencesOf(parts));
    const references: References = {
      ...there,
      visit: ({ id }) => {
        const found = own.get('Encounter', id);
        return found && !found.parked ? { visit: VISIT, detail: undefined } : undefined;
      },
    };
    dropParked(own, parts, references);
    expect([...own.values()].map(({ parked }) => parked)).toEqual([true, true, true]);
  });

  it('stay targets where what they are part of is there, whatever else of the chunk is named by none', () => {
    const parts = [
      mapped(encounter('z', 'p', { partOf: to('Encounter', 'e') })),
      mapped(encounter('x', 'p', BOTH_PARTS)),
      mapped(condition('c', 'nobody', { encounter: to('Encounter', 'z') })),
    ];
    const own = provisional(parts, [1, 2, 3], referencesOf(parts));
    expect(own.has('Condition', 'c')).toBe(false);
    dropParked(own, parts, there);
    expect([...own.values()].map(({ key, parked = false }) => [key, parked])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('are targets by their business identifiers, too', () => {
    const identifier = { system: 'urn:npi', value: '1' };
    const named = [
      mapped(practitioner('d', { identifier: [identifier] })),
      mapped(condition('c', 'p', { recorder: { type: 'Practitioner', identifier } })),
    ];
    const own = provisional(named, [8, 9], referencesOf(named));
    expect(own.get('Practitioner', targetId({ types: ['Practitioner'], id: '', identifier }))?.key).toBe(8);
    expect(own.get('Practitioner', 'd')?.key).toBe(8);
    expect(own.size).toBe(2);
  });
});
