/** What points at a resource whose rows go: set to nothing and noted, or parked; row by row, and nothing of others. */
import { afterAll, describe, expect, it } from 'vitest';
import { pack } from '../../jobs/lines/chunk-text.ts';
import { detachInTx, partLeaves } from '../../jobs/load/take-out/detach.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import { openLedger } from '../../jobs/load/write/ledger.ts';
import type { TableName } from '../../jobs/map/cdm/rows.ts';
import { insert, newChunk, newResource, type Site } from '../derive/chart.ts';
import { openTwoSites } from '../derive/two-sites.ts';

const { db, site, other, keyring } = await openTwoSites();
afterAll(() => db.drop());

const bits = (...tables: TableName[]) => tables.reduce((all, table) => all | bitOf(table), 0);
const VISIT_DAYS = { visit_start_date: '2024-01-01', visit_end_date: '2024-01-02' };
const DETAIL_DAYS = { visit_detail_start_date: '2024-01-01', visit_detail_end_date: '2024-01-02' };
const MEASURED = { measurement_date: '2024-01-01' };

const store = (type: string, id: string, tables: TableName[], of = site) =>
  newResource(db.sql, of, type, { id, row_tables: bits(...tables), content_hash: 'x' });

async function detach(key: number, ...tables: TableName[]): Promise<void> {
  const context = { connectionId: site.connectionId, runId: site.runId, now: new Date(), keyring };
  const leaving = [{ key, row_tables: bits(...tables) }];
  await db.sql.begin((tx) => detachInTx(tx, context, leaving, openLedger()));
}

const outcomes = async (...keys: number[]) => {
  const rows = await db.sql<{ said: string }[]>`
    select concat_ws(' ', outcome, reason, row_tables) as said from resource
    where resource_key = any(${keys}::bigint[]) order by array_position(${keys}::bigint[], resource_key)`;
  return rows.map((row) => row.said);
};
const linksOf = async (target: string) => [
  ...(await db.sql`
    select target_type, resource_key, table_name, column_name, row_id from open_link
    where target_id = ${target} order by row_id`),
];

describe('a visit that goes', () => {
  it('is left by its events, which wait for it, and by the visits that it preceded', async () => {
    const [visit, stays] = [
      await store('Encounter', 'goes', ['visit_occurrence']),
      await store('Encounter', 'stays', ['visit_occurrence']),
    ];
    const event = await store('Observation', 'event', ['measurement']);
    const days = { person_id: 1, ...VISIT_DAYS };
    await insert(db.sql, 'visit_occurrence', { visit_occurrence_id: visit, ...days });
    await insert(db.sql, 'visit_occurrence', {
      ...{ visit_occurrence_id: stays, ...days },
      preceding_visit_occurrence_id: visit,
    });
    for (const [n, visit_occurrence_id] of [visit, stays, visit].entries()) {
      const measurement_id = event * 1000 + n * 499;
      await insert(db.sql, 'measurement', { measurement_id, person_id: 1, visit_occurrence_id, ...MEASURED });
    }
    await detach(visit, 'visit_occurrence');
    const rows = await db.sql<{ visit: number | null }[]>`
      select visit_occurrence_id as visit from measurement where measurement_id / 1000 = ${event} order by measurement_id`;
    expect(rows.map((row) => row.visit)).toEqual([null, stays, null]);
    const column = {
      target_type: 'Encounter',
      table_name: 'measurement',
      column_name: 'visit_occurrence_id',
    };
    expect(await linksOf('goes')).toEqual(
      [0, 998].map((n) => ({ ...column, resource_key: event, row_id: event * 1000 + n })),
    );
    const [after] = await db.sql`
      select preceding_visit_occurrence_id as preceding from visit_occurrence where visit_occurrence_id = ${stays}`;
    expect(after).toEqual({ preceding: null });
    expect(await outcomes(event, stays)).toEqual([
      `loaded ${bits('measurement')}`,
      `loaded ${bits('visit_occurrence')}`,
    ]);
  });

  it('parks the parts and costs that cannot be without it, and the parts of these, and no others', async () => {
    const visit = await store('Encounter', 'whole', ['visit_occurrence', 'visit_detail']);
    const next = await store('Encounter', 'next-whole', ['visit_occurrence']);
    const [part, low, elsewhere] = [
      await store('Encounter', 'part', ['visit_detail']),
      await store('Encounter', 'part-of-part', ['visit_detail']),
      await store('Encounter', 'part-of-next', ['visit_detail']),
    ];
    const [cost, free, drug] = [
      await store('ExplanationOfBenefit', 'cost', ['cost']),
      await store('ExplanationOfBenefit', 'cost-of-next', ['cost']),
      await store('ExplanationOfBenefit', 'cost-of-drug', ['cost']),
    ];
    const days = { person_id: 2, ...DETAIL_DAYS };
    for (const [key, visit_occurrence_id, parent] of [
      [visit, visit, null],
      [part, visit, null],
      [low, next, part * 1000],
      [elsewhere, next, null],
    ] as const) {
      await insert(db.sql, 'visit_detail', {
        ...{ visit_detail_id: key * 1000, visit_occurrence_id, ...days, parent_visit_detail_id: parent },
      });
    }
    for (const [key, cost_event_id, cost_domain_id] of [
      [cost, visit, 'Visit'],
      [free, next, 'Visit'],
      [drug, visit, 'Drug'],
    ] as const) {
      await insert(db.sql, 'cost', { cost_id: key * 1000, cost_event_id, cost_domain_id });
    }
    await detach(visit, 'visit_occurrence', 'visit_detail');
    const parked = 'parked target-removed 0';
    expect(await outcomes(part, low, cost)).toEqual([parked, parked, parked]);
    expect(await outcomes(visit, elsewhere, free, drug)).toEqual([
      `loaded ${bits('visit_occurrence', 'visit_detail')}`,
      `loaded ${bits('visit_detail')}`,
      `loaded ${bits('cost')}`,
      `loaded ${bits('cost')}`,
    ]);
    const left = await db.sql<{ key: number }[]>`
      select visit_detail_id / 1000 as key from visit_detail where person_id = 2
      union all select cost_id / 1000 from cost where cost_event_id in (${visit}, ${next}) order by 1`;
    expect(left.map((row) => row.key)).toEqual([visit, elsewhere, free, drug]);
  });

  it('parks what it dated in its own connection, and forgets that it did', async () => {
    const visit = await store('Encounter', 'dates', ['visit_occurrence']);
    await store('Encounter', 'dates', ['visit_occurrence'], other);
    await store('Practitioner', 'dates', ['provider']);
    const dated = async (id: string, of: Site, type: string, outcome = 'loaded') => {
      const key = await newResource(db.sql, of, 'Condition', { id, outcome, row_tables: 0 });
      for (const content_type of [type, 'Patient']) {
        await db.sql`
          insert into content_use (resource_key, connection_id, content_type, content_id, content_hash)
          values (${key}, ${of.connectionId}, ${content_type}, 'dates', '')`;
      }
      return key;
    };
    const mine = await dated('dated', site, 'Encounter');
    const excluded = await dated('excluded', site, 'Encounter', 'excluded');
    const theirs = await dated('dated', other, 'Encounter');
    const named = await dated('named', site, 'Medication');
    await detach(visit, 'visit_occurrence');
    expect(await outcomes(mine, excluded, theirs, named)).toEqual([
      ...['parked encounter-removed 0', 'excluded 0', 'loaded 0', 'loaded 0'],
    ]);
    const uses = await db.sql<{ said: string }[]>`
      select concat_ws(' ', resource_key, content_type) as said from content_use
      where content_id = 'dates' order by resource_key, content_type`;
    expect(uses.map((row) => row.said)).toEqual([
      `${mine} Patient`,
      ...[excluded, theirs].flatMap((key) => [`${key} Encounter`, `${key} Patient`]),
      ...['Medication', 'Patient'].map((type) => `${named} ${type}`),
    ]);
  });
});

describe('a part that goes', () => {
  it('takes the visit from its events too, which wait for the Encounter that they name', async () => {
    const part = await store('Encounter', 'gone-part', ['visit_detail']);
    const event = await store('Observation', 'of-part', ['measurement']);
    for (const [n, visit_detail_id] of [part * 1000, part * 1000 + 1, null].entries()) {
      const ids = { measurement_id: event * 1000 + n, visit_detail_id, visit_occurrence_id: 77 };
      await insert(db.sql, 'measurement', { ...ids, person_id: 1, ...MEASURED });
    }
    await detach(part, 'visit_detail');
    const rows = await db.sql<{ part: number | null; visit: number | null }[]>`
      select visit_detail_id as part, visit_occurrence_id as visit from measurement
      where measurement_id / 1000 = ${event} order by measurement_id`;
    expect([...rows]).toEqual([
      { part: null, visit: null },
      { part: part * 1000 + 1, visit: 77 },
      { part: null, visit: 77 },
    ]);
    expect(await linksOf('gone-part')).toEqual([
      {
        ...{ target_type: 'Encounter', table_name: 'measurement', column_name: 'visit_occurrence_id' },
        ...{ resource_key: event, row_id: event * 1000 },
      },
    ]);
  });

  it('is told from one that is a visit with wards', () => {
    const [visit, part] = [bits('visit_occurrence', 'visit_detail'), bits('visit_detail')];
    expect(partLeaves(part, 0)).toBe(true);
    expect(partLeaves(part, visit)).toBe(true);
    expect(partLeaves(part, part | bits('observation'))).toBe(false);
    expect(partLeaves(visit, 0)).toBe(false);
    expect(partLeaves(visit, part)).toBe(false);
    expect(partLeaves(0, 0)).toBe(false);
  });
});

describe('a provider, care site or place that goes', () => {
  it.each([
    ['Practitioner', 'provider', 'visit_occurrence', 'provider_id', { person_id: 1, ...VISIT_DAYS }],
    ['Organization', 'care_site', 'provider', 'care_site_id', {}],
    ['Location', 'location', 'care_site', 'location_id', {}],
  ] as const)('%s is left, and noted', async (type, target, table, column, values) => {
    const [gone, stays] = [
      await store(type, `gone-${type}`, [target]),
      await store(type, `kept-${type}`, [target]),
    ];
    const keys: number[] = [];
    for (const pointed of [gone, stays]) {
      keys.push(await store('Basic', `${type}-${pointed}`, [table]));
      await insert(db.sql, table, { [`${table}_id`]: keys.at(-1) ?? 0, [column]: pointed, ...values });
    }
    await detach(gone, target);
    const rows = await db.sql<{ pointed: number | null }[]>`
      select ${db.sql(column)} as pointed from ${db.sql(table)}
      where ${db.sql(`${table}_id`)} = any(${keys}::bigint[]) order by ${db.sql(`${table}_id`)}`;
    expect(rows.map((row) => row.pointed)).toEqual([null, stays]);
    expect(await linksOf(`gone-${type}`)).toEqual([
      { target_type: type, resource_key: keys[0], table_name: table, column_name: column, row_id: keys[0] },
    ]);
  });
});

describe('a cover that goes', () => {
  it('is left by the costs that it paid, row by row, and noted', async () => {
    const [gone, stays] = [
      await store('Coverage', 'gone-cover', ['payer_plan_period']),
      await store('Coverage', 'kept-cover', ['payer_plan_period']),
    ];
    const bill = await store('ExplanationOfBenefit', 'paid', ['cost']);
    for (const [n, payer_plan_period_id] of [stays * 1000, gone * 1000, gone * 1000].entries())
      await insert(db.sql, 'cost', { cost_id: bill * 1000 + n, cost_event_id: 1, payer_plan_period_id });
    await detach(gone, 'payer_plan_period');
    const rows = await db.sql<{ plan: number | null }[]>`
      select payer_plan_period_id as plan from cost where cost_id / 1000 = ${bill} order by cost_id`;
    expect(rows.map((row) => row.plan)).toEqual([stays * 1000, null, null]);
    expect(await linksOf('gone-cover')).toEqual(
      [1, 2].map((n) => ({
        ...{ target_type: 'Coverage', resource_key: bill, row_id: bill * 1000 + n },
        ...{ table_name: 'cost', column_name: 'payer_plan_period_id' },
      })),
    );
  });
});

describe('a person who goes', () => {
  it('parks what is theirs until their Patient, or the one that it names, comes back', async () => {
    const [person, another] = [
      await store('Patient', 'p', ['person', 'death']),
      await store('Patient', 'q', ['person']),
    ];
    const [visit, event, merged, kept] = [
      await store('Encounter', 'v', ['visit_occurrence']),
      await store('Observation', 'o', ['measurement']),
      await store('Observation', 'm', ['measurement']),
      await store('Observation', 'k', ['measurement']),
    ];
    await insert(db.sql, 'death', { person_id: person, death_date: '2024-01-01' });
    await insert(db.sql, 'visit_occurrence', {
      visit_occurrence_id: visit,
      person_id: person,
      ...VISIT_DAYS,
    });
    for (const [key, person_id] of [
      [event, person],
      [merged, person],
      [kept, another],
    ] as const) {
      await insert(db.sql, 'measurement', { measurement_id: key * 1000, person_id, ...MEASURED });
    }
    await db.sql`
      insert into merged_resource (resource_key, connection_id, replaced_id, person_id)
      values (${merged}, ${site.connectionId}, 'replaced', ${person})`;
    const text = `${'\n'.repeat(3)}{"resourceType":"Observation","id":"o"}\n{"resourceType":"Observation","id":"n"}\n`;
    const chunkId = await newChunk(db.sql, site.runId, { lines: 5 });
    await db.sql`insert into chunk_body (chunk_id, body) values (${chunkId}, ${await pack(Buffer.from(text))})`;
    await db.sql`update resource set chunk_id = ${chunkId}, chunk_line = 3 where resource_key = ${event}`;
    await detach(person, 'person', 'death');
    const parked = 'parked patient-removed 0';
    expect(await outcomes(visit, event, merged)).toEqual([parked, parked, parked]);
    expect(await outcomes(person, another, kept)).toEqual([
      `loaded ${bits('person', 'death')}`,
      `loaded ${bits('person')}`,
      `loaded ${bits('measurement')}`,
    ]);
    // Only what has its line can be taken up again without being sent.
    expect([
      ...(await db.sql`
        select resource_key, target_type, target_id, parked, convert_from(line, 'UTF8') as line, since_run from waiting
        where connection_id = ${site.connectionId} and target_id in ('p', 'replaced')`),
    ]).toEqual([
      {
        ...{ resource_key: event, target_type: 'Patient', target_id: 'p', parked: true },
        ...{ line: '{"resourceType":"Observation","id":"o"}', since_run: 0 },
      },
    ]);
    const hashes = await db.sql<{ empty: boolean }[]>`
      select content_hash = '' as empty from resource
      where resource_key = any(${[event, kept]}::bigint[]) order by resource_key`;
    expect(hashes.map((row) => row.empty)).toEqual([true, false]);
  });
});
