/**
 * The records of a very small hospital: few ids, so that a random history meets the same resource, and the same
 * reference, again and again. Every resource is a pure function of its place and of a few small numbers, which choose
 * its code (in another domain, unmapped, retired), its status, its dates and what it refers to, there or not.
 */
import type { Resource } from '../../jobs/map/types.ts';

/** Numbers of 0 to 7 that choose; the smallest are the plainest, so that a failing history shrinks to a plain one. */
export type Choice = readonly number[];

export interface Place {
  readonly type: string;
  readonly id: string;
}

type Make = (choose: Chooser, id: string) => Record<string, unknown>;
/** The next number, as one of these. */
type Chooser = <T>(...of: readonly T[]) => T;

const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const HOUSE = 'urn:oid:1.2.840.114350.1.13.999.2.7.2.696580';

const coded = (system: string, code: string, text = code) => ({ coding: [{ system, code }], text });
const to = (reference: string) => ({ reference });

const KINDS: Record<string, { readonly ids: readonly string[]; readonly make: Make }> = {
  Patient: {
    ids: ['a', 'b', 'c'],
    make: (choose, id) => {
      const other = choose<string | undefined>(
        undefined,
        undefined,
        undefined,
        undefined,
        ...['a', 'b', 'c', 'z'].filter((one) => one !== id),
      );
      return {
        gender: choose('female', 'male', 'unknown'),
        birthDate: choose('1970-05-04', '1970-05-04', '1991-01-01', undefined),
        active: other ? choose(false, true) : true,
        link: other
          ? [{ other: to(`Patient/${other}`), type: choose('replaced-by', 'replaces') }]
          : undefined,
        managingOrganization: choose(undefined, to('Organization/o1'), to('Organization/o9')),
        deceasedDateTime: choose(undefined, undefined, undefined, '2026-01-02'),
        address: choose(undefined, [{ city: 'Salem', state: 'MA', postalCode: '01970' }]),
      };
    },
  },
  Organization: { ids: ['o1'], make: (choose) => ({ name: choose('North', 'South') }) },
  Location: {
    ids: ['l1', 'l2'],
    make: (choose) => ({
      name: choose('Ward', 'Clinic'),
      managingOrganization: choose(undefined, to('Organization/o1')),
    }),
  },
  Practitioner: { ids: ['d1'], make: (choose) => ({ name: [{ family: choose('One', 'Two') }] }) },
  Medication: {
    ids: ['m1'],
    make: (choose) => ({
      code: choose(coded(RXNORM, '310798'), coded(RXNORM, '314231'), coded(HOUSE, 'MED-307'), undefined),
    }),
  },
  Encounter: {
    ids: ['e1', 'e2', 'e3'],
    make: (choose, id) => ({
      status: choose('finished', 'in-progress', 'entered-in-error', 'planned'),
      class: {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: choose('AMB', 'IMP', 'EMER'),
      },
      subject: choose(to('Patient/a'), to('Patient/b'), to('Patient/c'), to('Patient/z')),
      period: choose(
        { start: '2026-02-01T08:00:00Z', end: '2026-02-03T10:00:00Z' },
        { start: '2026-03-01T08:00:00Z' },
        { start: '2026-02-01T09:30:00Z', end: '2026-02-03T10:00:00Z' },
        { start: '2026-02-01' },
        undefined,
      ),
      partOf: choose(
        undefined,
        undefined,
        ...['e1', 'e2', 'e3'].filter((one) => one !== id).map((one) => to(`Encounter/${one}`)),
      ),
      serviceProvider: choose(undefined, to('Organization/o1')),
      participant: choose(undefined, [{ individual: to('Practitioner/d1') }]),
      location: choose(
        undefined,
        [{ location: to('Location/l1') }],
        [
          {
            location: to('Location/l1'),
            period: { start: '2026-02-01T08:00:00Z', end: '2026-02-02T08:00:00Z' },
          },
          { location: to('Location/l2'), period: { start: '2026-02-02T08:00:00Z' } },
        ],
      ),
      diagnosis: choose(
        undefined,
        [{ condition: to('Condition/c1'), rank: 1 }],
        [
          {
            condition: to('Condition/c1'),
            use: coded('http://terminology.hl7.org/CodeSystem/diagnosis-role', 'AD'),
          },
          {
            condition: to('Condition/c2'),
            use: coded('http://terminology.hl7.org/CodeSystem/diagnosis-role', 'DD'),
          },
        ],
      ),
    }),
  },
  Condition: {
    ids: ['c1', 'c2'],
    make: (choose) => ({
      ...event(choose),
      code: choose(
        coded(SNOMED, '44054006'),
        coded(SNOMED, '73761001'),
        coded(SNOMED, '305351004'),
        coded(SNOMED, '127783003'),
        coded(HOUSE, 'DX-88'),
      ),
      onsetDateTime: choose('2026-02-02', '2026-03-05', undefined),
      verificationStatus: choose(undefined, { coding: [{ code: 'refuted' }] }),
    }),
  },
  Procedure: {
    ids: ['p1'],
    make: (choose) => ({
      ...event(choose),
      status: choose('completed', 'not-done'),
      code: choose(coded(SNOMED, '73761001'), coded(SNOMED, '44054006'), coded(SNOMED, '428191000124101')),
      performedDateTime: choose('2026-02-02T09:00:00Z', '2026-03-05', undefined),
      reasonReference: choose(undefined, [to('Condition/c1')]),
    }),
  },
  Observation: {
    ids: ['x1', 'x2'],
    make: (choose) => ({
      ...event(choose),
      status: choose('final', 'cancelled'),
      code: choose(
        coded(LOINC, '8867-4'),
        coded(LOINC, '4548-4'),
        coded(SNOMED, '44054006'),
        coded(HOUSE, 'LAB-4711'),
      ),
      effectiveDateTime: choose('2026-02-02T09:00:00Z', '2026-03-05T01:00:00Z', undefined),
      valueQuantity: choose(
        { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
        { value: 7.1, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
        { value: 3, unit: 'pints' },
        undefined,
      ),
      derivedFrom: choose(undefined, [to('Observation/x2')]),
      specimen: choose(to('Specimen/s1'), undefined, to('Specimen/s9')),
    }),
  },
  Specimen: {
    ids: ['s1'],
    make: (choose) => ({
      subject: choose(to('Patient/a'), to('Patient/b'), to('Patient/z')),
      type: choose<unknown>({ text: 'Blood' }, coded(SNOMED, '44054006')),
      collection: { collectedDateTime: choose('2026-02-02', '2026-03-05', undefined) },
    }),
  },
  MedicationRequest: {
    ids: ['r1', 'r2'],
    make: (choose) => ({
      ...event(choose),
      status: choose('active', 'completed', 'cancelled'),
      intent: 'order',
      ...choose<Record<string, unknown>>(
        { medicationReference: to('Medication/m1') },
        { medicationCodeableConcept: coded(RXNORM, '310798') },
        { medicationReference: to('Medication/m9') },
      ),
      authoredOn: choose('2026-02-02', '2026-03-05', undefined),
    }),
  },
  DiagnosticReport: {
    ids: ['g1'],
    make: (choose) => ({
      ...event(choose),
      status: 'final',
      code: coded(LOINC, '4548-4'),
      effectiveDateTime: choose('2026-02-02T09:00:00Z', undefined),
      conclusion: choose(undefined, 'fine'),
      result: choose(undefined, [to('Observation/x1')]),
    }),
  },
};

/** Who, when at the hospital, by whom; each may be missing, or not there yet. */
function event(choose: Chooser): Record<string, unknown> {
  return {
    subject: choose(to('Patient/a'), to('Patient/b'), to('Patient/c'), to('Patient/z')),
    encounter: choose(
      to('Encounter/e1'),
      to('Encounter/e2'),
      to('Encounter/e3'),
      to('Encounter/e9'),
      undefined,
    ),
    performer: choose(undefined, undefined, [to('Practitioner/d1')]),
  };
}

export const PLACES: readonly Place[] = Object.entries(KINDS).flatMap(([type, { ids }]) =>
  ids.map((id) => ({ type, id })),
);

export function makeResource({ type, id }: Place, choice: Choice): Resource {
  let next = 0;
  const choose: Chooser = (...of) => {
    const number = choice[next++ % choice.length] ?? 0;
    // biome-ignore lint/style/noNonNullAssertion: the index is below the length, and no list of ours is empty.
    return of[number % of.length]!;
  };
  const fields = KINDS[type]?.make(choose, id) ?? {};
  // As JSON: what is undefined is not there.
  const resource: Resource = JSON.parse(JSON.stringify({ resourceType: type, id, ...fields }));
  return resource;
}
