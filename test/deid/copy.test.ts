/** The de-identified copy, of a whole sync: what is in it, what is not, and who may read it. */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HORIZON } from '../../jobs/deid/as-of.ts';
import { dropCopy, refreshCopy } from '../../jobs/deid/copy.ts';
import { AS_THEY_ARE, COPIED, datesOf, LEFT_OUT, treatmentsOf } from '../../jobs/deid/decisions.ts';
import { keyedId } from '../../jobs/deid/keyed-id.ts';
import { openDeidKeys } from '../../jobs/deid/secret.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { connect } from '../../sql/connect.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { condition, encounter, observation, patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld } from '../world/world.ts';
import { daysOfPersons } from './days.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
const role = `researcher_${randomBytes(4).toString('hex')}`;
afterAll(async () => {
  await sql.unsafe(`drop owned by ${role}; drop role ${role}`).simple();
  await world.close();
});

const MARK = 'Quackenbush';
const STORE = 'cdm_deid_store';
/** The CDM's times have no zone. */
const at = (text: unknown) =>
  Date.parse(`${String(text).replace(' ', 'T')}${String(text).length > 10 ? 'Z' : ''}`);
const DAY = 86_400_000;
/** What the copy derives anew. */
const DERIVED = new Set(['observation_period', 'condition_era', 'drug_era', 'dose_era']);
/** The last day of the copy, of everybody. */
const cut = () => at(clock().toISOString().slice(0, 10)) - (HORIZON - 1) * DAY - 1;
/** Days that may stand for a month or a year. */
const isFirst = (date: unknown) => /-01( 00:00:00)?$/.test(String(date));
/** What Patients say of themselves is dated by the last visit. */
const isOfPatient = (table: string, row: Readonly<Record<string, number>>) =>
  table === 'observation' && Math.floor((row['observation_id'] ?? 0) / 1000) === row['person_id'];
const idOf = async (fhirId: string) => {
  const [row] = await sql<
    { key: number }[]
  >`select resource_key as key from resource where fhir_id = ${fhirId}`;
  return row?.key ?? 0;
};

beforeAll(async () => {
  // The newest CDM, which has every column that there is a decision on.
  await moveCdm(sql, world.database.schemas, '5.5');
  const site = await world.site({
    population: { seed: 'deid', patients: 12 },
    config: { mapping: { address: 'full' } },
  });
  const address = [
    { line: [`1 ${MARK} Road`], city: MARK, district: MARK, state: 'VT', postalCode: '03601', country: 'US' },
  ];
  const name = [{ family: MARK, given: ['Zebulon'] }];
  const identifier = [{ system: 'urn:mrn', value: 'MRN83746523' }];
  const at2024 = '2024-03-02T10:00:00Z';
  const words = { text: `${MARK} said` };
  site.ehr.load([
    patient('marked', { name, identifier, address, birthDate: '1948-02-29' }),
    encounter('mv', 'marked', {
      serviceType: words,
      reasonCode: [words],
      period: { start: at2024, end: at2024 },
    }),
    condition('mc', 'marked', {
      onsetDateTime: at2024,
      code: words,
      encounter: to('Encounter', 'mv'),
      note: [words],
    }),
    observation('mo', 'marked', {
      effectiveDateTime: at2024,
      valueQuantity: undefined,
      valueString: `MRN83746523 ${MARK}`,
      encounter: to('Encounter', 'mv'),
    }),
    patient('old', { birthDate: '1915-06-01' }),
    condition('oc', 'old', { onsetDateTime: '1925-03-01' }),
    patient('dead', { birthDate: '1925-01-01', deceasedDateTime: '2010-05-05T10:00:00Z' }),
    patient('dead-old', { birthDate: '1910-01-01', deceasedDateTime: '2010-05-05T10:00:00Z' }),
  ]);
  await site.sync();
  await sql.unsafe(`create role ${role} login password 'x'`);
  await refreshCopy(deps);
  await sql
    .unsafe(
      `grant usage on schema cdm_deid to ${role}; grant select on all tables in schema cdm_deid to ${role}`,
    )
    .simple();
});

describe('the decisions', () => {
  it('are there for every column of the CDM, and for no other', async () => {
    const rows = await sql<{ table: string; column: string }[]>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'cdm' and table_name in (select tablename from pg_tables where schemaname = 'cdm')`;
    expect(rows.length).toBeGreaterThan(400);
    const undecided = rows.filter(
      ({ table, column }) =>
        !AS_THEY_ARE.includes(table) && !(table in LEFT_OUT) && !treatmentsOf(table).has(column),
    );
    expect(undecided).toEqual([]);
    const there = new Set(rows.map(({ table, column }) => `${table}.${column}`));
    const decided = Object.keys(COPIED).flatMap((table) =>
      [...treatmentsOf(table).keys()].map((one) => `${table}.${one}`),
    );
    expect(decided.filter((one) => !there.has(one))).toEqual([]);
    expect(new Set(decided).size).toBe(decided.length);
  });

  it('let no text through but two letters of a state and names of concepts', async () => {
    const texts = await sql<{ table: string; column: string }[]>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'cdm' and (data_type like '%char%' or data_type = 'text')
        and table_name in ${sql(Object.keys(COPIED))}`;
    const kept = texts.filter(({ table, column }) => treatmentsOf(table).get(column) !== 'withhold');
    expect(kept.map(({ table, column }) => `${table}.${column}`).sort()).toEqual([
      'cost.cost_domain_id',
      'location.state',
      'location.zip',
      'measurement.measurement_time',
      'note_nlp.term_exists',
    ]);
  });
});

describe('keyed ids', () => {
  it('are the same here and in the database, for ids of all sizes', async () => {
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const ids = [0, 1, 7, 1000, 67_108_863, 67_108_864, 8_434_000_123, 2 ** 52 - 1];
    const rows = await sql.begin(async (tx) => {
      await tx`select set_config('deid.id_key', ${key.toString('hex')}, true)`;
      return await tx<{ id: number; keyed: number }[]>`
        select id, cdm_deid_store.keyed_id(id) as keyed from unnest(${ids}::bigint[]) as id`;
    });
    expect(rows.map(({ keyed }) => keyed)).toEqual(ids.map((id) => keyedId(id, key)));
    expect(rows.map(({ keyed }) => keyed)).not.toEqual(ids);
  });

  it('never meet, stay within 52 bits, and are others with another key', () => {
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const length = LONG_RUN ? 20_000 : 4000;
    const keyed = Array.from({ length }, (_, id) => keyedId(id, one));
    expect(new Set(keyed).size).toBe(length);
    expect(keyed.every((id) => Number.isInteger(id) && id >= 0 && id < 2 ** 52)).toBe(true);
    expect(keyed.filter((id, n) => id === keyedId(n, other))).toEqual([]);
  });
});

describe('the copy', () => {
  it('has every row that began by the day of the cut, and tables without a person whole', async () => {
    const days = await daysOfPersons(world);
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    let [in_, out] = [0, 0];
    for (const table of Object.keys(COPIED)) {
      const { start } = datesOf(table);
      if (!start || table === 'note_nlp' || DERIVED.has(table)) continue;
      const own = table === 'death' ? 'person_id' : `${table}_id`;
      const copied = new Set(
        (await sql<Record<string, number>[]>`select ${sql(own)} from ${sql(`cdm_deid.${table}`)}`).map(
          (row) => row[own],
        ),
      );
      for (const row of await sql<Record<string, number>[]>`select * from ${sql(`cdm.${table}`)}`) {
        if (isFirst(row[start]) || isOfPatient(table, row)) continue;
        const moved = at(row[start]) + (days.get(keyedId(row['person_id'] ?? 0, key)) ?? 0) * DAY;
        const isThere = copied.has(keyedId(row[own] ?? 0, key));
        expect([table, row[start], isThere]).toEqual([table, row[start], moved <= cut()]);
        if (isThere) in_++;
        else out++;
      }
    }
    expect(Math.min(in_, out)).toBeGreaterThan(50);
    for (const table of ['provider', 'care_site']) {
      const [counts] = await sql`
        select (select count(*)::int from ${sql(`cdm.${table}`)}) as cdm, (select count(*)::int from ${sql(`cdm_deid.${table}`)}) as deid`;
      expect(counts?.['deid']).toBe(counts?.['cdm']);
    }
  });

  it('moves all dates of a person by the same days, eras too, back by 1 to 363, and keeps the time of day', async () => {
    const days = await daysOfPersons(world);
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const old = new Set([await idOf('old'), await idOf('dead-old')]);
    const seen = new Map<number, number>();
    let [compared, derived] = [0, 0];
    for (const table of Object.keys(COPIED)) {
      const treatments = treatmentsOf(table);
      if (!treatments.has('person_id')) continue;
      const own = treatments.has(`${table}_id`) ? `${table}_id` : 'person_id';
      const dates = [...treatments]
        .filter(([, how]) => how === 'date' || how === 'moment')
        .map(([column]) => column);
      const moved = new Map(
        (await sql<Record<string, number>[]>`select * from ${sql(`cdm_deid.${table}`)}`).map((row) => [
          row[own],
          row,
        ]),
      );
      for (const row of await sql<Record<string, number>[]>`select * from ${sql(`cdm.${table}`)}`) {
        const person = keyedId(row['person_id'] ?? 0, key);
        const other = moved.get(keyedId(row[own] ?? 0, key));
        if (!other || old.has(row['person_id'] ?? 0) || isOfPatient(table, row)) continue;
        expect(other['person_id']).toBe(person);
        // Eras are numbered anew, so one of this number may be another.
        const [first = ''] = dates;
        if (DERIVED.has(table) && at(other[first]) - at(row[first]) !== (days.get(person) ?? 0) * DAY)
          continue;
        if (DERIVED.has(table)) derived++;
        for (const column of dates) {
          const by = days.get(person) ?? 0;
          // What is a day of no meaning, or not over by the cut, is told otherwise.
          if (row[column] === null || isFirst(row[column]) || at(row[column]) + by * DAY > cut()) continue;
          if (DERIVED.has(table) && column !== first) continue;
          expect([table, column, row[column], (at(other[column]) - at(row[column])) / DAY]).toEqual([
            table,
            column,
            row[column],
            by,
          ]);
          seen.set(person, by);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
    expect(derived).toBeGreaterThan(50);
    expect([...seen.values()].filter((by) => by > -1 || by < -363 || !Number.isInteger(by))).toEqual([]);
    expect(new Set(seen.values()).size).toBeGreaterThan(5);
  });

  it('joins wherever it refers', async () => {
    let joined = 0;
    for (const [column, to] of [
      ...[
        ['visit_occurrence_id', 'visit_occurrence'],
        ['visit_detail_id', 'visit_detail'],
        ['person_id', 'person'],
      ],
      ...[
        ['provider_id', 'provider'],
        ['location_id', 'location'],
        ['payer_plan_period_id', 'payer_plan_period'],
      ],
      ...[
        ['preceding_visit_occurrence_id', 'visit_occurrence'],
        ['parent_visit_detail_id', 'visit_detail'],
      ],
    ] as const) {
      const key = `${to}_id`;
      for (const table of Object.keys(COPIED)) {
        if (!treatmentsOf(table).has(column)) continue;
        const [rows] = await sql<{ all: number; lost: number }[]>`
          select count(${sql(`t.${column}`)})::int as all, (count(*) filter (where t.${sql(column)} is not null and o.${sql(key)} is null))::int as lost
          from ${sql(`cdm_deid.${table}`)} t left join ${sql(`cdm_deid.${to}`)} o on o.${sql(key)} = t.${sql(column)}`;
        expect({ table, column, lost: rows?.lost }).toEqual({ table, column, lost: 0 });
        if (rows && rows.all > 0) joined++;
      }
    }
    expect(joined).toBeGreaterThan(15);
  });

  it('tells of an age over 89 only that it is, of the dead at death, and nothing that lies before', async () => {
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const born = async (fhirId: string) => {
      const [row] = await sql<{ year: number }[]>`
        select year_of_birth as year from cdm_deid.person where person_id = ${keyedId(await idOf(fhirId), key)}`;
      return row?.year ?? 0;
    };
    const thisYear = clock().getUTCFullYear();
    expect(Math.abs((await born('old')) - (thisYear - 90))).toBeLessThanOrEqual(1);
    expect(Math.abs((await born('dead')) - 1925)).toBeLessThanOrEqual(1);
    expect(Math.abs((await born('dead-old')) - 1920)).toBeLessThanOrEqual(1);
    const early = await sql`
      select 1 from cdm_deid.condition_occurrence c join cdm_deid.person p using (person_id)
      where extract(year from c.condition_start_date) < p.year_of_birth`;
    expect(early).toEqual([]);
    const [whole] = await sql`
      select count(month_of_birth)::int + count(day_of_birth) + count(birth_datetime) as n from cdm_deid.person`;
    expect(Number(whole?.['n'])).toBe(0);
  });

  it('has state and three digits of the ZIP code, none of small areas', async () => {
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const [place] =
      await sql`select * from cdm_deid.location where location_id = ${keyedId(await idOf('marked'), key)}`;
    expect(place).toMatchObject({
      state: 'VT',
      zip: '000',
      city: null,
      county: null,
      address_1: null,
      location_source_value: null,
    });
    const zip = async (text: string, country: number | null) =>
      (await sql`select cdm_deid_store.zip3(${text}, ${country}::int) as zip`)[0]?.['zip'];
    expect(await zip('02139', 4330442)).toBe('021');
    expect(await zip('021391234', null)).toBe('021');
    expect(await zip('10115', 4330424)).toBeNull();
    expect(await zip('K1A0B1', 0)).toBeNull();
    for (const sparse of [
      '036',
      '059',
      '102',
      '203',
      '556',
      '692',
      '821',
      '823',
      '830',
      '878',
      '879',
      '884',
      '893',
    ]) {
      expect([sparse, await zip(`${sparse}01`, 0)]).toEqual([sparse, '000']);
    }
  });

  it('holds no clear value of the marked patient, nor an id of the CDM', async () => {
    const texts: string[] = [];
    for (const table of [...Object.keys(COPIED), 'cdm_source']) {
      texts.push(JSON.stringify(await sql`select * from ${sql(`cdm_deid.${table}`)}`));
    }
    const all = texts.join('\n');
    expect(all).not.toMatch(new RegExp(`${MARK}|Zebulon|83746523|1948-02-29`));
    const clear = await sql<{ id: number }[]>`select person_id as id from person`;
    for (const { id } of clear)
      expect(await sql`select 1 from cdm_deid.person where person_id = ${id}`).toEqual([]);
    const [notes] = await sql`select count(*)::int as n from cdm_deid.note where note_text <> ''`;
    expect(notes?.['n']).toBe(0);
  });

  it('is all that a researcher may read', async () => {
    const url = new URL(world.database.url);
    Object.assign(url, { username: role, password: 'x' });
    const researcher = postgres(url.href, { max: 1, onnotice: () => {} });
    try {
      const [row] =
        await researcher`select count(*)::int as n from cdm_deid.person join cdm_deid.concept on concept_id = gender_concept_id`;
      expect(row?.['n']).toBeGreaterThan(0);
      const refused = [
        ...[
          'select 1 from cdm.person',
          'select 1 from ehr_sync.deid_secret',
          'select 1 from ehr_sync.source_code',
        ],
        ...[`select 1 from ${STORE}.person_1`, `select ${STORE}.keyed_id(1)`, `select ${STORE}.days_of(1)`],
        ...['delete from cdm_deid.person', 'create table cdm_deid.mine ()', 'select 1 from pgboss.job'],
      ];
      for (const statement of refused) {
        await expect(researcher.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
      const stats = await researcher`select 1 from pg_stats where schemaname in ('cdm', ${STORE})`;
      expect(stats).toEqual([]);
    } finally {
      await researcher.end();
    }
  });

  it('keeps its ids and its grants when it is made anew, and leaves no tables behind', async () => {
    const before = await sql`select * from cdm_deid.person order by person_id`;
    await refreshCopy(deps);
    expect(await sql`select * from cdm_deid.person order by person_id`).toEqual(before);
    const [grant] = await sql`select has_table_privilege(${role}, 'cdm_deid.person', 'select') as may`;
    expect(grant?.['may']).toBe(true);
    const tables = await sql`select 1 from pg_tables where schemaname = ${STORE}`;
    expect(tables).toHaveLength(Object.keys(COPIED).length);
  });

  it('is made, and dropped, with its record or not at all', async () => {
    const copies = () => sql`select number from deid_copy`;
    const before = await copies();
    const unrecorded = async () => {
      throw new Error('nothing was recorded');
    };
    if (LONG_RUN)
      await expect(refreshCopy(deps, { record: unrecorded })).rejects.toThrow('nothing was recorded');
    await expect(dropCopy(deps, { forgetKey: true, record: unrecorded })).rejects.toThrow('nothing was');
    expect(await copies()).toEqual(before);

    await refreshCopy(deps, {
      record: (tx, { persons }) =>
        recordInTx(tx, {
          ...{ at: deps.clock(), actor: commandLine('kim'), action: 'deid.refresh', object: 'cdm_deid' },
          details: { persons },
        }),
    });
    const [persons] = await sql`select count(*)::int as persons from cdm_deid.person`;
    expect(await sql`select details from audit_event where actor = 'cli:kim'`).toEqual([
      { details: persons },
    ]);
  });

  it('is not made where the database would log its key', async () => {
    const name = new URL(world.database.url).pathname.slice(1);
    await sql.unsafe(`alter database ${name} set log_statement = 'all'`);
    const logged = connect(world.database.url, deps.schemas, { max: 1 });
    try {
      await expect(refreshCopy({ ...deps, sql: logged })).rejects.toMatchObject({
        code: 'deid-key-would-be-logged',
      });
    } finally {
      await logged.end();
      await sql.unsafe(`alter database ${name} reset log_statement`);
    }
  });

  it('forgets at once who is purged', async () => {
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const person = keyedId(await idOf('marked'), key);
    const left = async () => {
      const rows: string[] = [];
      for (const table of Object.keys(COPIED)) {
        if (!treatmentsOf(table).has('person_id')) continue;
        const [row] = await sql<
          { n: number }[]
        >`select count(*)::int as n from ${sql(`cdm_deid.${table}`)} where person_id = ${person}`;
        if ((row?.n ?? 0) > 0) rows.push(table);
      }
      const [place] = await sql<
        { n: number }[]
      >`select count(*)::int as n from cdm_deid.location where location_id = ${person}`;
      return [...rows, ...((place?.n ?? 0) > 0 ? ['location'] : [])];
    };
    expect(await left()).toEqual(
      expect.arrayContaining(['person', 'visit_occurrence', 'condition_occurrence', 'location']),
    );
    await startPurge(deps, {
      unknown: false,
      connection_id: 1,
      patient_id: 'marked',
      reason: 'opt-out',
      requested_by: 'test',
    });
    await drain(deps, clock);
    expect(await sql`select 1 from purge where finished_at is not null`).toHaveLength(1);
    expect(await left()).toEqual([]);
    const [others] = await sql<{ n: number }[]>`select count(*)::int as n from cdm_deid.person`;
    expect(others?.n).toBeGreaterThan(12);
  });

  inLongRun(it)(
    'stays readable when the CDM goes back to 5.4, and is made anew without what 5.5 had',
    async () => {
      const columns = async (table: string) =>
        (
          await sql`
          select column_name from information_schema.columns where table_schema = 'cdm_deid' and table_name = ${table}`
        ).map((row) => row['column_name']);
      await moveCdm(sql, world.database.schemas, '5.4', { loseValues: true });
      const [may] = await sql<{ may: boolean }[]>`
      select has_table_privilege(${role}, 'cdm_deid.cdm_source', 'select') as may`;
      expect(may?.may).toBe(true);
      expect(await columns('cdm_source')).not.toContain('cdm_release_identifier');
      expect(await columns('pack_content')).toEqual([]);
      expect(await columns('observation')).toContain('value_as_date');
      await refreshCopy(deps);
      expect(await columns('observation')).not.toContain('value_as_date');
      await moveCdm(sql, world.database.schemas, '5.5');
      await refreshCopy(deps);
      expect(await columns('observation')).toContain('value_as_date');
      expect(await columns('pack_content')).toHaveLength(4);
    },
  );

  it('goes when it is dropped; its key only where that is asked for', async () => {
    await dropCopy(deps, { forgetKey: false });
    expect(await sql`select 1 from pg_namespace where nspname like 'cdm_deid%'`).toEqual([]);
    expect(await sql`select 1 from deid_secret`).toHaveLength(1);
    await dropCopy(deps, { forgetKey: true });
    expect(await sql`select 1 from deid_secret`).toEqual([]);
  });
});
