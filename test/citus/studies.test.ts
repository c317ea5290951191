/**
 * What studies and administrators do with a CDM on a Citus cluster: cohorts, snapshots, the copy for researchers, the Data
 * Quality Dashboard's checks, logins for each role, CDM 5.5. The same answers as on one Postgres. Runs where CITUS_URL
 * names a cluster.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupOf } from '../../jobs/cohorts/group.ts';
import { importCohort } from '../../jobs/cohorts/import-cohort.ts';
import { dropCopy, refreshCopy } from '../../jobs/deid/copy.ts';
import { openDeidKeys } from '../../jobs/deid/secret.ts';
import { examine } from '../../jobs/operator/doctor.ts';
import { startDashboardPassInTx } from '../../jobs/operator/start-dashboard-pass.ts';
import { runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { takeSnapshot } from '../../jobs/snapshot/snapshot.ts';
import { tick } from '../../jobs/tick.ts';
import { connect, searchPath } from '../../sql/connect.ts';
import { makeLoginsInTx, urlAs } from '../../sql/logins.ts';
import { migrate } from '../../sql/migrate.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { oneByOne } from '../../sql/one-by-one.ts';
import { grantRolesInTx } from '../../sql/roles.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, runOf, type Site, type World } from '../world/world.ts';
import { type Both, openBoth } from './both.ts';
import { CITUS_URL } from './cluster.ts';

const AT = '2024-03-02T10:00:00Z';

describe.skipIf(!CITUS_URL)('on Citus as on one Postgres', () => {
  let of: Both;
  let folder: string;
  let second: Site;
  /** Of both connections of the cluster, whom nobody has purged; a changed EHR has new ones. */
  const patients = (purged: number) =>
    of.sites[1].ehr.count('Patient') + second.ehr.count('Patient') - purged;
  const worlds = () => [of.plain, of.spread] as const;
  /** Asks both, one after the other: the answers must be the same. */
  async function same<T>(ask: (world: World) => Promise<T>): Promise<T> {
    const [plain, spread] = [await ask(of.plain), await ask(of.spread)];
    expect(spread).toEqual(plain);
    return spread;
  }
  const personsOf = async ({ sql }: World) => [
    ...(await sql<{ person_id: number }[]>`
      select p.person_id from unnest(${(await sql`select person_id from person`).map((row) => row['person_id'])}::bigint[])
        as p(person_id) join resource on resource_key = p.person_id order by fhir_id`),
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'citus-'));
    of = await openBoth(CITUS_URL ?? '', { seed: 'studies', patients: 3 });
    for (const { ehr } of of.sites) {
      ehr.load([
        patient('p'),
        encounter('v', 'p', { period: { start: AT, end: AT } }),
        {
          ...{ resourceType: 'Specimen', id: 's', status: 'available', subject: to('Patient', 'p') },
          type: { coding: [{ system: 'http://snomed.info/sct', code: '119297000' }] },
          collection: { collectedDateTime: AT },
        },
        observation('m', 'p', {
          ...{ effectiveDateTime: AT, encounter: to('Encounter', 'v'), specimen: to('Specimen', 's') },
        }),
      ]);
    }
    await of.both(async (_, site) => void (await site.sync()));
  }, 300_000);
  afterAll(async () => {
    await of.close();
    await rm(folder, { recursive: true });
  });

  it('a cohort comes in with the same report, and goes out as the same Group', async () => {
    const cohort = { id: 7, name: 'all', apply: true, replace: true };
    await same(async (world) => {
      const persons = await personsOf(world);
      async function* members() {
        yield persons.map(({ person_id }, at) => ({
          ...{ line: at + 2, subject: String(person_id), start: '2024-03-02', end: '2024-03-02' },
        }));
      }
      return await importCohort(
        { sql: world.sql, clock: world.clock, actor: commandLine('kim') },
        { by: 'person_id', members: members() },
        cohort,
      );
    });
    const { group } = await same((world) =>
      groupOf(world.sql, { id: 7, connectionId: of.sites[worlds().indexOf(world)]?.id ?? 0 }),
    );
    expect(group.quantity).toBe(4);
  });

  it('a snapshot holds the same tables and rows', async () => {
    const rows = await same(async ({ sql, clock, database }) => {
      const out = join(folder, randomBytes(4).toString('hex'));
      const { tables } = await takeSnapshot(
        { sql, clock, schemas: database.schemas },
        { folder: out, schema: database.schemas.cdm, format: 'parquet', program: 'test' },
      );
      return tables.map((one) => [one.table, one.rows]);
    });
    expect(Object.fromEntries(rows)).toMatchObject({ person: 4, specimen: 1 });
  });

  it('a snapshot during which something was written is none, since the nodes were read one after the other', async () => {
    const { sql, clock, database } = of.spread;
    const out = join(folder, 'moved');
    const taken = takeSnapshot(
      { sql, clock, schemas: database.schemas },
      {
        ...{
          folder: out,
          schema: database.schemas.cdm,
          format: 'parquet',
          program: 'test',
          tables: ['person'],
        },
        onTable: () => void sql`update local_map_state set revision = revision + 1`.execute(),
      },
    );
    await expect(taken).rejects.toMatchObject({ code: 'changed-while-read' });
    expect((await readdir(out)).sort()).toEqual(['manifest.json', 'person.parquet']);
  });

  it('the checks of the Data Quality Dashboard find the same, by command and by a worker', async () => {
    const found = await same(async (world) => {
      const { sql, clock, deps } = world;
      const program = 'test';
      const results = async (run: number) => [
        ...(await sql`
          select check_id, violated, total from dqd_result where dqd_run_id = ${run} order by check_id`),
      ];
      const command = await results(await runDashboardChecks({ sql, clock }, { program }));
      const pass = await sql.begin((tx) =>
        startDashboardPassInTx(tx, deps, { program, requested_by: 'test' }),
      );
      await drain(deps, clock);
      expect(await results(pass)).toEqual(command);
      return command;
    });
    expect(found.length).toBeGreaterThan(1000);
  });

  it('the copy for researchers has the same rows, is made anew, loses who is purged, and is dropped', async () => {
    // How far a person's dates are moved follows from the secret and the person's id.
    await same(personsOf);
    await openDeidKeys(of.plain.sql, of.plain.deps.keyring);
    const [secret] = await of.plain.sql<
      { sealed: string }[]
    >`select secret_sealed as sealed from deid_secret`;
    await of.spread.sql`insert into deid_secret (secret_sealed) values (${secret?.sealed ?? ''})`;
    const copied = async ({ deps }: World) =>
      (await refreshCopy(deps)).tables.map(({ table, rows }) => [table, rows]);
    expect(Object.fromEntries(await same(copied))).toMatchObject({ person: 4 });
    await same(copied);
    const periods = await same(async ({ sql }) => [
      ...(await sql`
        select count(*)::int as periods, sum(observation_period_end_date - observation_period_start_date)::int as days
        from cdm_deid.observation_period`),
      ...(await sql`select count(*)::int as concepts from cdm_deid.concept`),
    ]);
    expect(periods[0]?.['periods']).toBeGreaterThan(0);
    await of.both(async (world, site) => {
      await startPurge(world.deps, {
        ...{
          connection_id: site.id,
          patient_id: 'p',
          unknown: false,
          reason: 'opt-out',
          requested_by: 'test',
        },
      });
    });
    expect(
      await same(async ({ sql }) => [...(await sql`select count(*)::int as persons from cdm_deid.person`)]),
    ).toEqual([{ persons: 3 }]);
    for (const { deps } of worlds()) await dropCopy(deps, { forgetKey: true });
    expect(await of.spread.sql`select 1 from pg_namespace where nspname like 'cdm_deid%'`).toEqual([]);
  });

  it('two connections that close at once, and a purge beside a sync, leave what each leaves alone', async () => {
    const { spread } = of;
    const { sql, deps, clock } = spread;
    const other = spread.worker();
    second = await spread.site({ population: { seed: 'second', patients: 2 } });
    of.sites[1].ehr.change('day', { patients: 2 });
    const runs = [await of.sites[1].start({ full: true }), await second.start()];
    const [one] = await sql<{ fhir_id: string }[]>`
      select fhir_id from resource
      where connection_id = ${of.sites[1].id} and resource_type = 'Patient' and outcome = 'loaded' order by 1`;
    await startPurge(deps, {
      ...{ connection_id: of.sites[1].id, patient_id: one?.fhir_id ?? '', unknown: false },
      ...{ reason: 'opt-out', requested_by: 'test' },
    });
    await drain(deps, clock, () => Promise.all([tick(deps, () => false), tick(other, () => false)]));
    for (const run of runs)
      expect(await runOf(sql, run)).toMatchObject({ status: 'completed', error_code: null });
    expect(await sql`select 1 from resource where fhir_id = ${one?.fhir_id ?? ''}`).toEqual([]);
    expect([...(await sql`select person_id from person`)]).toHaveLength(patients(2));
    expect([...(await sql`select * from close_scope`)]).toEqual([]);
  });

  it('CDM 5.5 is moved to, filled, and moved back from', async () => {
    const { sql, database } = of.spread;
    await moveCdm(sql, database.schemas, '5.5');
    const again = [
      patient('q'),
      encounter('w', 'q', { period: { start: AT, end: AT } }),
      {
        ...{ resourceType: 'Specimen', id: 't', status: 'available', subject: to('Patient', 'q') },
        type: { coding: [{ system: 'http://snomed.info/sct', code: '119297000' }] },
        collection: { collectedDateTime: AT },
      },
      observation('n', 'q', {
        ...{ effectiveDateTime: AT, encounter: to('Encounter', 'w'), specimen: to('Specimen', 't') },
      }),
    ];
    of.sites[1].ehr.load(again);
    expect(await of.sites[1].sync()).toMatchObject({ status: 'completed' });
    const [specimen] = await sql<{ visit: number }[]>`select visit_occurrence_id as visit from specimen`;
    const [visit] = await sql<
      { key: number }[]
    >`select resource_key as key from resource where fhir_id = 'w'`;
    expect(specimen?.visit).toBe(visit?.key);
    await moveCdm(sql, database.schemas, '5.4', { loseValues: true });
    expect(await of.sites[1].sync({ full: true })).toMatchObject({ status: 'completed' });
  });

  it('a migration of several statements is applied, and views are made anew', async () => {
    const { sql, database } = of.spread;
    await sql.begin(async (tx) => {
      await tx.unsafe(`set local search_path to ${searchPath(database.schemas.cdm)}`);
      await tx.unsafe(
        oneByOne(`alter table note add column if not exists later integer;
          create index idx_note_later on note (later);
          comment on column note.later is 'Later.';
          alter table note drop column later;`),
      );
    });
    await sql`delete from migration where name like 'views/%'`;
    expect(await migrate(sql, database.schemas)).toMatchObject({ applied: ['views'] });
  });

  it('each role works by a login of its own; what it may read of is on Citus no part of a table', async () => {
    const { sql, database, deps, clock } = of.spread;
    const { schemas, url } = database;
    const logins = (['worker', 'api', 'reader'] as const).map((role) => ({
      ...{ role, name: `${role}_${randomBytes(4).toString('hex')}`, password: 'secret' },
    }));
    await sql.begin(async (tx) => {
      await grantRolesInTx(tx, schemas);
      await makeLoginsInTx(tx, schemas, logins);
    });
    const sessions = logins.map((login) => connect(urlAs(url, login), schemas, { max: 4 }));
    const [worker = sql, api = sql, reader = sql] = sessions;
    try {
      of.sites[1].ehr.change('by the worker', { patients: 1 });
      const run = await of.sites[1].start();
      await drain({ ...deps, sql: worker }, clock);
      expect(await runOf(sql, run)).toMatchObject({ status: 'completed', error_message: null });
      const found = [];
      const seen = [
        { role: 'worker', sql: worker },
        { role: 'api', sql: api },
      ] as const;
      for await (const one of examine({ sql, schemas, openKeys: async () => deps.keyring, logins: seen }))
        found.push(one);
      expect(found.filter(({ what }) => /rights|Citus/.test(what)).map(({ state }) => state)).toEqual([
        'well',
        'well',
        'well',
      ]);
      expect([...(await reader`select person_id from person`)]).toHaveLength(patients(2));
      expect([...(await reader`select concept_id from concept where concept_id = 8507`)]).toHaveLength(1);
      for (const table of ['note', 'measurement', 'observation', 'drug_exposure'])
        await expect(reader`select * from ${reader(table)}`).rejects.toMatchObject({ code: '42501' });
      await expect(api`select * from person`).rejects.toMatchObject({ code: '42501' });
    } finally {
      for (const session of sessions) await session.end();
      for (const { name } of logins) await sql.unsafe(`drop role ${name}`);
    }
  });
});
