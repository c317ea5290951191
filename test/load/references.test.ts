/** What a reference is resolved to, rule by rule: a target counts only when its row is where the column points. */
import { afterAll, describe, expect, it } from 'vitest';
import { ByIdentity } from '../../jobs/lines/by-identity.ts';
import { targetId } from '../../jobs/load/compare/known.ts';
import { phaseOf } from '../../jobs/load/phases.ts';
import type { Found } from '../../jobs/load/reference-memory.ts';
import { type References, resolveReferences } from '../../jobs/load/references.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import type { Ref } from '../../jobs/map/cdm/link.ts';
import type { TableName } from '../../jobs/map/cdm/rows.ts';
import type { Tx } from '../../sql/connect.ts';
import { insert, newPerson, newResource, type Site } from '../derive/chart.ts';
import { openTwoSites } from '../derive/two-sites.ts';

const { db, site, other } = await openTwoSites();
afterAll(() => db.drop());

const PERSON = bitOf('person');
const VISIT = bitOf('visit_occurrence');
const DETAIL = bitOf('visit_detail');

const load = (
  type: string,
  id: string,
  row_tables: number,
  { of = site, outcome = 'loaded' }: { of?: Site; outcome?: string } = {},
): Promise<number> => newResource(db.sql, of, type, { id, row_tables, outcome });

const ref = (types: string | readonly string[], id: string): Ref => ({
  types: typeof types === 'string' ? [types] : types,
  id,
});

interface Asking {
  readonly phase?: number;
  readonly holds?: boolean;
  readonly mine?: readonly number[];
  readonly memory?: ByIdentity<Found>;
  readonly own?: ByIdentity<Found>;
}
function resolveInTx(tx: Tx, refs: readonly Ref[], asking: Asking = {}): Promise<References> {
  const { phase = phaseOf('Observation'), holds = false, mine = [], memory = new ByIdentity() } = asking;
  const context = { connectionId: site.connectionId, phase, memory, holds, mine: new Set(mine) };
  return resolveReferences(tx, context, refs, asking.own ?? new ByIdentity());
}
const resolve = (refs: readonly Ref[], asking?: Asking) =>
  db.sql.begin((tx) => resolveInTx(tx, refs, asking)) as Promise<References>;
const find = async (one: Ref, table?: TableName, asking?: Asking) =>
  (await resolve([one], asking)).find(one, table);
const ownOf = (...those: readonly [type: string, id: string, found: Found][]) => {
  const own = new ByIdentity<Found>();
  for (const [type, id, found] of those) own.set(type, id, found);
  return own;
};

describe('a target', () => {
  it('is one of this connection that is loaded, with a row in the table that is pointed at', async () => {
    const key = await load('Practitioner', 'doctor', bitOf('provider') | bitOf('location'));
    await load('Practitioner', 'doctor', bitOf('provider'), { of: other });
    await load('Practitioner', 'theirs', bitOf('provider'), { of: other });
    await load('Practitioner', 'excluded', bitOf('provider'), { outcome: 'excluded' });
    expect(await find(ref('Practitioner', 'doctor'), 'provider')).toBe(key);
    expect(await find(ref('Practitioner', 'doctor'), 'location')).toBe(key);
    expect(await find(ref('Practitioner', 'doctor'), 'care_site')).toBeUndefined();
    expect(await find(ref('Practitioner', 'doctor'))).toBe(key);
    expect(await find(ref('Organization', 'doctor'))).toBeUndefined();
    expect(await find(ref('Practitioner', 'theirs'), 'provider')).toBeUndefined();
    expect(await find(ref('Practitioner', 'excluded'), 'provider')).toBeUndefined();
    expect(await find(ref('Practitioner', 'excluded'))).toBeUndefined();
  });

  it('need have no row where no table is pointed at', async () => {
    const key = await load('Medication', 'drug', 0);
    expect(await find(ref('Medication', 'drug'))).toBe(key);
    expect(await find(ref('Medication', 'drug'), 'drug_exposure')).toBeUndefined();
  });

  it('is that of the first of several types which has such a row', async () => {
    const [organization, practitioner] = [
      await load('Organization', 'either', bitOf('care_site')),
      await load('Practitioner', 'either', bitOf('provider')),
    ];
    const types = ['Practitioner', 'Organization'];
    expect(await find(ref(types, 'either'))).toBe(practitioner);
    expect(await find(ref(types.toReversed(), 'either'))).toBe(organization);
    expect(await find(ref(types, 'either'), 'care_site')).toBe(organization);
    expect(await find(ref(types, 'either'), 'person')).toBeUndefined();
  });

  it('of this very chunk goes before what is stored, unless it has lost its rows', async () => {
    const stored = await load('Location', 'ward', bitOf('care_site'));
    const brought = { key: stored + 1, row_tables: bitOf('location') };
    const own = ownOf(['Location', 'ward', brought]);
    expect(await find(ref('Location', 'ward'), 'location', { own })).toBe(stored + 1);
    expect(await find(ref('Location', 'ward'), 'care_site', { own })).toBeUndefined();
    own.set('Location', 'ward', { ...brought, parked: true });
    expect(await find(ref('Location', 'ward'), 'location', { own })).toBeUndefined();
    expect(await find(ref('Location', 'ward'), undefined, { own })).toBeUndefined();
  });

  it('is none by what is stored of a resource that the chunk brings anew', async () => {
    const [mine, theirs] = [await load('Patient', 'mine', PERSON), await load('Patient', 'theirs', PERSON)];
    const refs = ['mine', 'theirs'].map((id) => ref('Patient', id));
    const references = await resolve(refs, { mine: [mine] });
    expect(refs.map((one) => references.find(one, 'person'))).toEqual([undefined, theirs]);
  });
});

describe('a business identifier', () => {
  const named = (types: string | readonly string[], value: string): Ref => ({
    ...ref(types, ''),
    identifier: { system: 'urn:mrn', value },
  });
  async function identify(key: number, type: string, value: string, of = site): Promise<void> {
    const hash = targetId(named(type, value)).slice(1);
    await db.sql`insert into resource_identifier ${db.sql({
      ...{ resource_key: key, connection_id: of.connectionId, resource_type: type, hash },
    })}`;
  }

  it('names the resource of its type that has it, in this connection, and loaded', async () => {
    const key = await load('Patient', 'with-mrn', PERSON);
    await identify(key, 'Patient', 'n1');
    await identify(await load('Patient', 'z', PERSON, { of: other }), 'Patient', 'n2', other);
    await identify(await load('Patient', 'gone', PERSON, { outcome: 'excluded' }), 'Patient', 'n3');
    await identify(await load('Practitioner', 'p', bitOf('provider')), 'Practitioner', 'n4');
    const refs = ['n1', 'n2', 'n3', 'n4', 'n5'].map((value) => named('Patient', value));
    const references = await resolve(refs);
    expect(refs.map((one) => references.find(one, 'person'))).toEqual([key, ...Array(4).fill(undefined)]);
  });

  it('that several have names the one whose id comes first, and both types where two are asked for', async () => {
    const last = await load('Organization', 'b', bitOf('care_site'));
    const first = await load('Organization', 'a', bitOf('care_site'));
    const doctor = await load('Practitioner', 'c', bitOf('provider'));
    for (const key of [last, first]) await identify(key, 'Organization', 'twice');
    await identify(doctor, 'Practitioner', 'twice');
    const one = named(['Practitioner', 'Organization'], 'twice');
    const references = await resolve([one]);
    expect(references.find(one, 'care_site')).toBe(first);
    expect(references.find(one, 'provider')).toBe(doctor);
  });
});

describe('what was found', () => {
  it('is remembered where its type is mapped completely, and not looked for again', async () => {
    const memory = new ByIdentity<Found>();
    const key = await load('Patient', 'known', PERSON);
    const visit = await load('Encounter', 'known', VISIT);
    const refs = [ref('Patient', 'known'), ref('Encounter', 'known')];
    await resolve(refs, { memory, phase: phaseOf('Encounter') });
    expect(memory.get('Patient', 'known')).toMatchObject({ key, row_tables: PERSON });
    expect(memory.has('Encounter', 'known')).toBe(false);
    await db.sql`update resource set outcome = 'excluded' where resource_key in (${key}, ${visit})`;
    const references = await resolve(refs, { memory });
    expect([
      references.find(refs[0] ?? ref('', ''), 'person'),
      references.visit(refs[1] ?? ref('', '')),
    ]).toEqual([...[key, undefined]]);
  });

  it('is remembered with the visit that it is part of', async () => {
    const memory = new ByIdentity<Found>();
    const key = await load('Encounter', 'part', DETAIL);
    await insert(db.sql, 'visit_detail', {
      ...{ visit_detail_id: key * 1000, person_id: 1, visit_occurrence_id: 17 },
      ...{ visit_detail_start_date: '2026-01-01', visit_detail_end_date: '2026-01-01' },
    });
    const part = ref('Encounter', 'part');
    await resolve([part], { memory });
    expect((await resolve([part], { memory })).visit(part)).toEqual({ visit: 17, detail: key * 1000 });
  });

  it('is looked at again, and held, where it may be taken away, whatever phase it is of', async () => {
    const held = async (asking: Asking, type: string) => {
      await load(type, `${type}-${JSON.stringify(asking)}`, PERSON);
      const one = ref(type, `${type}-${JSON.stringify(asking)}`);
      return await db.sql.begin(async (tx) => {
        await resolveInTx(tx, [one], asking);
        const locks = await tx`
          select 1 from resource r where fhir_id = ${one.id} and r.xmax::text <> '0'`;
        return locks.length > 0;
      });
    };
    expect(await held({ phase: 3 }, 'Patient')).toBe(false);
    expect(await held({ phase: 2 }, 'Patient')).toBe(true);
    expect(await held({ phase: 3, holds: true }, 'Patient')).toBe(true);
    expect(await held({ phase: 3 }, 'Encounter')).toBe(true);
  });
});

describe('an Encounter', () => {
  const visitOf = async (id: string, asking?: Asking) => {
    const one = ref('Encounter', id);
    return (await resolve([one], asking)).visit(one);
  };
  const part = async (id: string, visit: number | null, row_tables = DETAIL) => {
    const key = await load('Encounter', id, row_tables);
    if (visit !== null) {
      // The second row is no Encounter: where the patient was.
      for (const [n, visit_occurrence_id] of [visit, 4711].entries()) {
        await insert(db.sql, 'visit_detail', {
          ...{ visit_detail_id: key * 1000 + n, person_id: 1, visit_occurrence_id },
          ...{ visit_detail_start_date: '2026-01-01', visit_detail_end_date: '2026-01-01' },
        });
      }
    }
    return key;
  };

  it('is a visit, or has the visit that it is part of and its own detail', async () => {
    const whole = await load('Encounter', 'whole', VISIT);
    const wards = await part('with-wards', 4712, VISIT | DETAIL);
    const key = await part('of-whole', whole);
    expect(await visitOf('whole')).toEqual({ visit: whole, detail: undefined });
    expect(await visitOf('with-wards')).toEqual({ visit: wards, detail: undefined });
    expect(await visitOf('of-whole')).toEqual({ visit: whole, detail: key * 1000 });
  });

  it('is no visit without a row of one, nor where its part has gone', async () => {
    await load('Encounter', 'nothing', 0);
    await load('Encounter', 'other-rows', bitOf('observation'));
    await part('lost', null);
    expect([await visitOf('nothing'), await visitOf('other-rows'), await visitOf('lost')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('of this chunk is part of what it names, at any depth, and of nothing in a circle', async () => {
    const stored = await load('Encounter', 'stored', VISIT);
    const own = ownOf(
      ['Encounter', 'low', { key: 5, row_tables: DETAIL, partOf: ref('Encounter', 'middle') }],
      ['Encounter', 'middle', { key: 6, row_tables: DETAIL, partOf: ref('Encounter', 'stored') }],
      ['Encounter', 'astray', { key: 7, row_tables: DETAIL, partOf: ref('Encounter', 'nowhere') }],
      ['Encounter', 'egg', { key: 8, row_tables: DETAIL, partOf: ref('Encounter', 'hen') }],
      ['Encounter', 'hen', { key: 9, row_tables: DETAIL, partOf: ref('Encounter', 'egg') }],
      ['Encounter', 'self', { key: 10, row_tables: DETAIL, partOf: ref('Encounter', 'self') }],
    );
    const refs = ['low', 'middle', 'astray', 'egg', 'hen', 'self', 'stored', 'nowhere'].map((id) =>
      ref('Encounter', id),
    );
    const references = await resolve(refs, { own });
    expect(refs.map((one) => references.visit(one))).toEqual([
      { visit: stored, detail: 5000 },
      { visit: stored, detail: 6000 },
      ...[undefined, undefined, undefined, undefined],
      { visit: stored, detail: undefined },
      undefined,
    ]);
  });
});

describe('a Patient whom another replaced', () => {
  async function merge(replaced: string, person: number, of = site): Promise<void> {
    await load('Patient', replaced, 0, { of, outcome: 'excluded' });
    await db.sql`insert into patient_merge ${db.sql({
      ...{ connection_id: of.connectionId, replaced_id: replaced, person_id: person },
    })}`;
  }
  const personOf = async (id: string, asking?: Asking) => {
    const one = ref('Patient', id);
    const references = await resolve([one], asking);
    return [references.find(one, 'person'), references.mergedFrom(one)];
  };

  it('is the person of that one, and says whom it was', async () => {
    const survivor = await load('Patient', 'survivor', PERSON);
    await merge('replaced', survivor);
    expect(await personOf('replaced')).toEqual([survivor, 'replaced']);
    expect(await personOf('replaced', { holds: true })).toEqual([survivor, 'replaced']);
    expect(await personOf('survivor')).toEqual([survivor, undefined]);
  });

  it('is nobody where that one is not loaded, has no row, or is of another connection', async () => {
    await merge('of-nobody', await load('Patient', 'excluded-survivor', PERSON, { outcome: 'excluded' }));
    await merge('of-none', await load('Patient', 'rowless', bitOf('observation')));
    await merge('replaced-there', await load('Patient', 'their-survivor', PERSON, { of: other }), other);
    for (const id of ['of-nobody', 'of-none', 'replaced-there'])
      expect(await personOf(id)).toEqual([undefined, undefined]);
  });

  it('is a person itself as long as it has a row', async () => {
    const survivor = await load('Patient', 'next', PERSON);
    const key = await load('Patient', 'both', PERSON);
    await db.sql`insert into patient_merge ${db.sql({
      ...{ connection_id: site.connectionId, replaced_id: 'both', person_id: survivor },
    })}`;
    expect(await personOf('both')).toEqual([key, undefined]);
  });

  it('is nobody by what is stored of one that the chunk brings, unless it brings a person again', async () => {
    const survivor = await load('Patient', 'brought', PERSON);
    await merge('before', survivor);
    const own = (row_tables: number) => ownOf(['Patient', 'brought', { key: survivor, row_tables }]);
    expect(await personOf('before', { mine: [survivor], own: own(PERSON) })).toEqual([survivor, 'before']);
    expect(await personOf('before', { mine: [survivor], own: own(0) })).toEqual([undefined, undefined]);
    expect(await personOf('before', { mine: [survivor] })).toEqual([undefined, undefined]);
  });

  it('is no other resource of the same id', async () => {
    await merge('shared', await newPerson(db.sql, site));
    const one = ref('Practitioner', 'shared');
    expect((await resolve([one])).find(one, undefined)).toBeUndefined();
  });
});
