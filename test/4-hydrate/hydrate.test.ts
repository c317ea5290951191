/** What exports leave out, asked for one by one: what comes, what does not, and what it costs the EHR. */
import { afterAll, describe, expect, it } from 'vitest';
import { unpack } from '../../jobs/lines/chunk-text.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { askAgainInTx } from '../../jobs/operator/ask-again.ts';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import { runJob } from '../../jobs/workers.ts';
import { epicLike, LEFT_OUT_OF_EXPORTS } from '../ehr/epic-like.ts';
import type { Deed, FaultRule } from '../ehr/faults.ts';
import { SEARCH } from '../ehr/settings.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import {
  encounter,
  medication,
  observation,
  patient,
  practitioner,
  prescription,
  to,
} from '../world/record.ts';
import { retryRun, startPurge, startRedrive, startRun } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

const LISINOPRIL = 19080128;

/** Exports everything but Medications, which can be read. */
const leavesOut = (hydrate: object = {}, more: SiteOptions = {}): Promise<Site> =>
  world.site({ leftOut: ['Medication'], ...more, config: { hydrate, ...more.config } });

async function drugs(site: Site): Promise<number[]> {
  const rows = await sql<{ drug: number }[]>`
    select drug_concept_id as drug from drug_exposure d join resource r on r.resource_key = d.drug_exposure_id / 1000
    where r.connection_id = ${site.id} order by r.fhir_id`;
  return rows.map((row) => row.drug);
}

/** Requests for single resources since the last look. */
function asked({ ehr }: Site): string[] {
  const all = ehr.requests.filter(({ kind }) => kind === 'read' || kind === 'search');
  const fresh = all.slice(seen.get(ehr) ?? 0);
  seen.set(ehr, all.length);
  return fresh.map(({ path }) => decodeURIComponent(path.replace('/fhir/', ''))).sort();
}
const seen = new Map<object, number>();

const figures = async (runId: number) => [
  ...(await sql`
    select resource_type as type, wanted, asked, found, not_found, refused, unavailable
    from hydration_count where run_id = ${runId} order by 1`),
];
const count = (type: string, more: object) => ({
  ...{ type, wanted: 0, asked: 0, found: 0, not_found: 0, refused: 0, unavailable: 0 },
  ...more,
});

const notices = async (runId: number) => [
  ...(await sql`select code, subject, amount from run_notice where run_id = ${runId} order by 1, 2`),
];

const states = async (site: Site) => [
  ...(await sql`
    select fhir_id as id, state, reason from hydration_request where connection_id = ${site.id} order by 1`),
];

/** Faults of the reads of one resource. */
const onRead = (id: string, deed: Deed, times = 1): FaultRule => ({
  ...{ on: 'read', times, do: deed },
  match: ({ path }) => path.endsWith(`/${id}`),
});

const patientsOf = ({ id }: Site) => sql<{ id: string }[]>`
  select fhir_id as id from resource where connection_id = ${id} and resource_type = 'Patient'`;

async function syncPatients({ id }: Site, ...ids: string[]) {
  const patients = ids.map((patient_id) => ({ patient_id }));
  const run = await sql.begin((tx) =>
    startPatientSyncInTx(tx, deps, { connection_id: id, patients, triggered_by: 'test' }),
  );
  await drain(deps, clock);
  return await runOf(sql, run);
}

async function expectAsExported(site: Site): Promise<void> {
  site.ehr.settings.leftOut = [];
  const whole = await world.site({ ehr: site.ehr });
  await whole.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, whole.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

describe('a site whose exports leave out Medications', () => {
  it('has every drug mapped, row by row as of an export with them', async () => {
    const population = { seed: 'hydrate-28', patients: LONG_RUN ? 12 : 4 };
    const epic = epicLike({ exportsADay: undefined, population });
    const site = await leavesOut({}, { ...epic, leftOut: ['Medication'] });
    const run = await site.sync();
    const meds = site.ehr.count('Medication');
    expect(meds).toBeGreaterThan(3);
    expect(run).toMatchObject({ status: 'completed', held_by: [] });
    expect(await figures(run['run_id'])).toEqual([count('Medication', { asked: meds, found: meds })]);
    await expectAsExported(site);
  });

  inLongRun(it)(
    'has the same by searches, and a sync of each patient on top of either changes nothing',
    async () => {
      const epic = epicLike({ exportsADay: undefined, population: { seed: 'epic-like', patients: 2 } });
      const config = {
        hydrate: { types: LEFT_OUT_OF_EXPORTS },
        limits: { requests_per_second: 1000 },
      };
      const exported = await world.site({ ...epic, config });
      const { ehr } = exported;
      const connection = { ehr_vendor: 'epic' };
      const crawled = await world.site({ ehr, connection, config: { ...config, level: 'search' } });
      const runs = [await exported.sync(), await crawled.sync()];
      ehr.settings.leftOut = [];
      const whole = await world.site({ ehr });
      await whole.sync();
      // Nothing refers to these, so nobody asks for them.
      const unasked = await sql<{ type: string; id: string }[]>`
      select resource_type as type, fhir_id as id from resource where connection_id = ${whole.id}
      except select resource_type, fhir_id from resource where connection_id = ${exported.id}`;
      for (const { type, id } of unasked) ehr.remove(type, id);
      ehr.settings.since = true;
      await whole.sync();
      const content = await contentOf(sql, whole.id);
      const mapped = (await drugs(whole)).filter((concept) => concept !== 0);
      expect(mapped.length).toBeGreaterThan(5);
      for (const [n, site] of [exported, crawled].entries()) {
        expect(runs[n]).toMatchObject({ status: 'completed', held_by: [], records_failed: 0 });
        expect(await contentOf(sql, site.id)).toEqual(content);
        const medications = await sql`
        select distinct state from hydration_request
        where connection_id = ${site.id} and resource_type = 'Medication'`;
        expect(medications).toEqual([{ state: 'found' }]);
        for (const { id } of await patientsOf(site)) {
          const run = await syncPatients(site, id);
          expect(run).toMatchObject({ status: 'completed', rows_written: 0, rows_deleted: 0 });
          expect(run['records_extracted']).toBe(run['records_unchanged']);
        }
        expect(await contentOf(sql, site.id)).toEqual(content);
      }
      expect(await orphans(sql)).toEqual([]);
      expect(await leftovers(sql)).toEqual([]);
    },
  );

  inLongRun(it)('is asked for each once, also by full syncs, and for what is new later', async () => {
    const site = await leavesOut();
    site.ehr.load([patient('p'), medication('m1'), prescription('rx1', 'p', 'm1')]);
    await site.sync();
    expect(asked(site)).toEqual(['Medication/m1']);
    await site.sync();
    await site.sync({ full: true });
    expect(asked(site)).toEqual([]);
    site.ehr.load([medication('m2'), prescription('rx2', 'p', 'm2')]);
    const run = await site.sync();
    expect(asked(site)).toEqual(['Medication/m2']);
    expect(run).toMatchObject({ status: 'completed', records_extracted: 2, records_loaded: 2 });
    expect(await drugs(site)).toEqual([LISINOPRIL, LISINOPRIL]);
    await expectAsExported(site);
  });

  inLongRun(it)(
    'has those, too, that begin with a byte order mark or whose ids are more than ASCII',
    async () => {
      const site = await leavesOut();
      site.ehr.load([patient('p'), medication('m'), medication('mé')]);
      site.ehr.load([prescription('rx', 'p', 'm'), prescription('rx2', 'p', 'mé')]);
      site.ehr.faults.push(onRead('m', { body: `\ufeff${JSON.stringify(medication('m'))}` }));
      await site.sync();
      expect(await states(site)).toMatchObject([{ state: 'found' }, { state: 'found' }]);
      expect(await drugs(site)).toEqual([LISINOPRIL, LISINOPRIL]);
    },
  );

  it('is asked for nothing unless the connection says so, and for nothing but the types that it says', async () => {
    const site = await world.site({ leftOut: ['Medication'] });
    site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
    await site.sync();
    expect(asked(site)).toEqual([]);
    await sql`update connection set sync_config = sync_config || '{"hydrate": {"types": ["Device"]}}'
      where connection_id = ${site.id}`;
    await site.sync();
    expect(asked(site)).toEqual([]);
    expect(await drugs(site)).toEqual([0]);
  });

  inLongRun(it)(
    'tells of changes by full syncs, once the answer is older than retry_after_days',
    async () => {
      const site = await leavesOut({ retry_after_days: 10 });
      site.ehr.load([
        patient('p'),
        { ...medication('m'), code: { text: 'no code' } },
        prescription('rx', 'p', 'm'),
      ]);
      await site.sync();
      expect(await drugs(site)).toEqual([0]);
      site.ehr.put(medication('m'));
      await site.sync({ full: true });
      expect(await drugs(site)).toEqual([0]);
      world.clock.advance(11 * 86_400);
      site.ehr.faults.push(onRead('m', { status: 500 }, 100));
      expect(await site.sync({ full: true })).toMatchObject({ status: 'completed' });
      site.ehr.faults.length = 0;
      asked(site);
      await site.sync({ full: true });
      expect(asked(site)).toEqual(['Medication/m']);
      expect(await drugs(site)).toEqual([LISINOPRIL]);
      await expectAsExported(site);
    },
  );

  inLongRun(it)('is asked for ingredients of ingredients, all that are missing at once', async () => {
    const site = await leavesOut();
    const mixed = (id: string, ...parts: string[]): Resource => ({
      ...{ resourceType: 'Medication', id, code: { text: id } },
      ingredient: parts.map((part) => ({ itemReference: to('Medication', part) })),
    });
    const parts = Array.from({ length: 8 }, (_, n) => `part-${n}`);
    site.ehr.load([
      ...[patient('p'), prescription('rx', 'p', 'mix'), mixed('mix', 'inner', ...parts), medication('deep')],
      ...[mixed('inner', 'innermost'), mixed('innermost', 'deep'), ...parts.map((part) => medication(part))],
    ]);
    const run = await site.sync();
    expect(await figures(run['run_id'])).toEqual([count('Medication', { asked: 12, found: 12 })]);
    await expectAsExported(site);
  });

  inLongRun(it)(
    'is asked for a Medication of a drug that waited for its Patient, when that has come',
    async () => {
      const site = await leavesOut();
      site.ehr.load([medication('m'), prescription('rx', 'late', 'm')]);
      await site.sync();
      expect(asked(site)).toEqual([]);
      site.ehr.put(patient('late'));
      await site.sync();
      expect(asked(site)).toEqual(['Medication/m']);
      expect(await drugs(site)).toEqual([LISINOPRIL]);
      await expectAsExported(site);
    },
  );

  inLongRun(it)('finds nothing vanished that was asked for, and something that was exported', async () => {
    const site = await leavesOut();
    site.ehr.load([
      patient('p'),
      medication('m'),
      prescription('rx', 'p', 'm'),
      prescription('gone', 'p', 'm'),
    ]);
    await site.sync();
    site.ehr.remove('MedicationRequest', 'gone');
    const reconcile = async () => {
      const { run_id } = await startRun(world.deps, {
        ...{ connection_id: site.id, triggered_by: 'test', force_full: true, reconcile: true },
      });
      await drain(world.deps, world.clock);
      return [...(await sql`select types, vanished from reconciliation where run_id = ${run_id}`)];
    };
    expect(await reconcile()).toEqual([{ types: ['MedicationRequest', 'Patient'], vanished: 1 }]);
    // Another Medication is exported now, so the type is compared; that one was never exported is no news.
    site.ehr.settings.leftOut = [];
    site.ehr.put(medication('other'));
    site.ehr.remove('Medication', 'm');
    expect(await reconcile()).toEqual([
      { types: ['Medication', 'MedicationRequest', 'Patient'], vanished: 1 },
    ]);
  });
});

describe('what does not come', () => {
  const one = async (hydrate = {}) => {
    const site = await leavesOut(hydrate);
    site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
    return site;
  };

  few(it, 1).each([
    ['is not there', onRead('m', { status: 404 }), 'not-found', 'status-404'],
    ['was deleted', onRead('m', { status: 410 }), 'not-found', 'status-410'],
    ['has another id', onRead('m', { body: JSON.stringify(medication('x')) }), 'refused', 'wrong-resource'],
    ['is of another type', onRead('m', { body: JSON.stringify(patient('m')) }), 'refused', 'wrong-resource'],
    [
      'is an OperationOutcome',
      onRead('m', { body: '{"resourceType":"OperationOutcome"}' }),
      'refused',
      'wrong-resource',
    ],
    [
      'is elsewhere',
      onRead('m', { status: 302, headers: { location: 'https://example.org/' } }),
      'refused',
      'status-302',
    ],
    ['is a bad request', onRead('m', { status: 400 }), 'refused', 'status-400'],
    [
      'is too large',
      onRead('m', { body: JSON.stringify({ ...medication('m'), x: 'x'.repeat(3000) }) }),
      'refused',
      'too-large',
    ],
  ] as const)(
    'is remembered and not asked for again for a while when it %s',
    async (_, fault, state, reason) => {
      const site = await one({ retry_after_days: 20 });
      await sql`update connection set sync_config = jsonb_set(sync_config, '{limits}', '{"max_line_bytes": 2000}')
      where connection_id = ${site.id}`;
      site.ehr.faults.push(fault);
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: [] });
      expect(await states(site)).toEqual([{ id: 'm', state, reason }]);
      expect(await figures(run['run_id'])).toEqual([
        count('Medication', { asked: 1, [state.replace('-', '_')]: 1 }),
      ]);
      expect(await drugs(site)).toEqual([0]);
      asked(site);
      await site.sync();
      expect(asked(site)).toEqual([]);
      world.clock.advance(21 * 86_400);
      await site.sync();
      expect(asked(site)).toEqual(['Medication/m']);
      expect(await drugs(site)).toEqual([LISINOPRIL]);
    },
  );

  inLongRun(it)('fails no run where all that comes is a page; the next sync asks again', async () => {
    const site = await one();
    site.ehr.faults.push(onRead('m', { body: '<html>Sign in</html>' }, 99));
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', held_by: [] });
    expect(await states(site)).toEqual([{ id: 'm', state: 'unavailable', reason: 'no-answer' }]);
    site.ehr.faults.length = 0;
    await site.sync();
    expect(await drugs(site)).toEqual([LISINOPRIL]);
  });

  inLongRun(it)('is asked for by the next sync when a person says so', async () => {
    const site = await one();
    site.ehr.faults.push(onRead('m', { status: 404 }));
    await site.sync();
    expect(await drugs(site)).toEqual([0]);
    expect(await sql.begin((tx) => askAgainInTx(tx, { connection_id: site.id }))).toBe(1);
    await site.sync();
    expect(await drugs(site)).toEqual([LISINOPRIL]);
  });

  inLongRun(it)(
    'is asked for by the very next sync when the scope for the whole type was missing, which is told once',
    async () => {
      const site = await world.site({
        ...{ leftOut: ['Medication'], scopes: ['system/Patient.read', 'system/MedicationRequest.read'] },
        config: { hydrate: {} },
        connection: { scopes: 'system/Patient.read system/MedicationRequest.read' },
      });
      site.ehr.load([patient('p')]);
      for (let n = 0; n < 9; n++) site.ehr.load([medication(`m${n}`), prescription(`rx${n}`, 'p', `m${n}`)]);
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: [] });
      expect(await notices(run['run_id'])).toEqual([
        { code: 'hydration-type-refused', subject: 'Medication', amount: 9 },
      ]);
      expect(await figures(run['run_id'])).toEqual([count('Medication', { asked: 9, unavailable: 9 })]);
      // One search for all, and three or four reads, since two are made at once.
      expect(asked(site).length).toBeLessThanOrEqual(5);
      site.grant(['system/*.read']);
      await sql`update connection set scopes = 'system/*.read', updated_at = updated_at + interval '1 second' where connection_id = ${site.id}`;
      await site.sync();
      expect(await drugs(site)).toEqual(Array(9).fill(LISINOPRIL));
    },
  );

  inLongRun(it)(
    'holds up nobody when the server fails for that one alone: the next sync asks again',
    async () => {
      const site = await one();
      site.ehr.load([medication('n'), prescription('rx2', 'p', 'n')]);
      site.ehr.faults.push(onRead('m', { status: 500 }, 100), { on: 'search', do: { status: 404 } });
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: [] });
      expect(await drugs(site)).toEqual([0, LISINOPRIL]);
      expect(await notices(run['run_id'])).toEqual([
        { code: 'hydration-unfinished', subject: 'Medication', amount: 1 },
      ]);
      site.ehr.faults.length = 0;
      await site.sync();
      expect(await drugs(site)).toEqual([LISINOPRIL, LISINOPRIL]);
      await expectAsExported(site);
    },
  );

  it('is waited for as long as the server says with 429, and what has come is kept', async () => {
    const site = await one();
    site.ehr.load([medication('n'), prescription('rx2', 'p', 'n')]);
    site.ehr.faults.push(
      { on: 'search', do: { status: 400 } },
      { on: 'read', skip: 1, do: { status: 429, headers: { 'retry-after': '77' } } },
    );
    const before = world.clock().getTime();
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', held_by: [] });
    expect((world.clock().getTime() - before) / 1000).toBeGreaterThan(70);
    expect(await drugs(site)).toEqual([LISINOPRIL, LISINOPRIL]);
    const reads = asked(site).filter((path) => !path.includes('?'));
    expect(reads).toHaveLength(3);
    expect(new Set(reads)).toEqual(new Set(['Medication/m', 'Medication/n']));
  });

  inLongRun(it)(
    'fails the run after export_max_hours where the server wants to be left alone without end; a retry goes on',
    async () => {
      const site = await leavesOut({}, { config: { limits: { export_max_hours: 2 } } });
      site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
      site.ehr.faults.push(onRead('m', { status: 429, headers: { 'retry-after': '600' } }, 100));
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'hydrate', error_code: 'asking-too-long' });
      world.clock.advance(5 * 3600);
      site.ehr.faults.splice(0, 1, onRead('m', { status: 429, headers: { 'retry-after': '600' } }, 3));
      await retryRun(world.deps, { connection_id: site.id, run_id: run['run_id'] });
      await drain(world.deps, world.clock);
      expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed', held_by: [] });
      expect(await drugs(site)).toEqual([LISINOPRIL]);
    },
  );

  inLongRun(it)('has its own time, however long the export takes to be mapped', async () => {
    const site = await leavesOut({}, { config: { limits: { export_max_hours: 2 } } });
    site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
    const runId = await site.start();
    await drain(deps, clock, async () => {
      for (let job = await fetchOne(deps); job; job = await fetchOne(deps)) {
        if (job.name === 'map') clock.advance(5 * 3600);
        await runJob(deps, job.name, job.job);
      }
    });
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', error_code: null });
    expect(await drugs(site)).toEqual([LISINOPRIL]);
  });

  inLongRun(it)(
    'fails the run when the client itself is refused, and comes when the run is retried',
    async () => {
      const site = await one();
      site.ehr.faults.push({ on: 'read', do: { status: 401, expireTokens: true } });
      site.ehr.faults.push({
        on: 'token',
        skip: 1,
        times: 100,
        do: { status: 400, body: '{"error":"invalid_client"}' },
      });
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'hydrate' });
      site.ehr.faults.length = 0;
      await retryRun(world.deps, { connection_id: site.id, run_id: run['run_id'] });
      await drain(world.deps, world.clock);
      expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed', held_by: [] });
      expect(await drugs(site)).toEqual([LISINOPRIL]);
    },
  );
});

describe('searches by several ids', () => {
  const nine = async (more: SiteOptions = {}) => {
    const site = await leavesOut({}, more);
    site.ehr.load([patient('p')]);
    for (let n = 0; n < 9; n++) site.ehr.load([medication(`m${n}`), prescription(`rx${n}`, 'p', `m${n}`)]);
    return site;
  };

  it('take the place of reads where the server understands them', async () => {
    const site = await nine();
    await site.sync();
    expect(asked(site)).toEqual([`Medication?_id=${ids(9)}&_count=9`]);
    expect(await drugs(site)).toEqual(Array(9).fill(LISINOPRIL));
  });

  inLongRun(it)('are tried once where it does not, as with Epic', async () => {
    const site = await nine({ search: { readOnly: ['Medication'] } as never });
    await site.sync();
    expect(asked(site)).toHaveLength(10);
    site.ehr.load([
      medication('x1'),
      medication('x2'),
      prescription('y1', 'p', 'x1'),
      prescription('y2', 'p', 'x2'),
    ]);
    await site.sync();
    expect(asked(site)).toEqual(['Medication/x1', 'Medication/x2']);
  });

  it('are not believed where it sends what was not asked for', async () => {
    const site = await nine();
    const stranger = { resource: { ...medication('stranger') } };
    site.ehr.faults.push({
      on: 'search',
      do: { bundle: (bundle) => ({ ...bundle, entry: [stranger] }) },
    });
    await site.sync();
    expect(asked(site)).toHaveLength(10);
    expect(await drugs(site)).toEqual(Array(9).fill(LISINOPRIL));
    expect(
      await sql`select 1 from resource where connection_id = ${site.id} and fhir_id = 'stranger'`,
    ).toHaveLength(0);
  });

  inLongRun(it)('leave to reads what they do not bring', async () => {
    const site = await nine();
    site.ehr.remove('Medication', 'm3');
    await site.sync();
    expect(asked(site)).toEqual(['Medication/m3', `Medication?_id=${ids(9)}&_count=9`]);
    expect(await states(site)).toContainEqual({ id: 'm3', state: 'not-found', reason: 'status-410' });
  });

  const ids = (n: number) => Array.from({ length: n }, (_, at) => `m${at}`).join(',');
});

describe('other types', () => {
  inLongRun(it)('come where the connection names them, and fill the links that were open', async () => {
    const types = [
      'Practitioner',
      'PractitionerRole',
      'Organization',
      'Location',
      'Encounter',
      'Observation',
    ];
    const site = await leavesOut({ types }, { leftOut: types });
    site.ehr.load([
      ...[patient('p'), practitioner('dr'), { resourceType: 'Organization', id: 'org', name: 'Org' }],
      { resourceType: 'PractitionerRole', id: 'role', active: true, practitioner: to('Practitioner', 'dr') },
      encounter('e', 'p', { serviceProvider: to('Organization', 'org') }),
      {
        ...{ resourceType: 'Procedure', id: 'pr', status: 'completed', subject: to('Patient', 'p') },
        ...{ encounter: to('Encounter', 'e'), performedDateTime: '2026-03-01T10:10:00Z' },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }] },
        performer: [{ actor: to('PractitionerRole', 'role') }],
      },
    ]);
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed' });
    expect((await figures(run['run_id'])).map((one) => one['type'])).toEqual([
      ...['Encounter', 'Organization', 'Practitioner', 'PractitionerRole'],
    ]);
    await expectAsExported(site);
  });

  it('of references to other servers are never asked for', async () => {
    const site = await leavesOut({ types: ['Practitioner', 'Medication'] });
    site.ehr.load([
      patient('p'),
      prescription('rx', 'p', 'm', {
        medicationReference: { reference: 'https://elsewhere.example/fhir/Medication/m' },
        requester: { reference: 'https://elsewhere.example/fhir/Practitioner/1' },
      }),
      prescription('rx2', 'p', 'm', { medicationReference: { reference: 'Medication/..' } }),
    ]);
    await site.sync();
    expect(asked(site)).toEqual([]);
  });
});

describe('what was asked for', () => {
  inLongRun(it)('is mapped again by a redrive, without being asked for again', async () => {
    const site = await leavesOut({ types: ['Encounter'] }, { leftOut: ['Encounter'] });
    const { subject: _, ...nobodys } = encounter('e', 'p');
    site.ehr.load([
      patient('p'),
      nobodys,
      observation('o', 'p', { encounter: to('Encounter', 'e') }),
    ] as never);
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', records_failed: 1 });
    expect(asked(site)).toEqual(['Encounter/e']);
    const redrive = await startRedrive(world.deps, { connection_id: site.id, triggered_by: 'test' });
    await drain(world.deps, world.clock);
    expect(await runOf(sql, redrive)).toMatchObject({ status: 'completed', records_redriven: 1 });
    expect(asked(site)).toEqual([]);
  });

  it('is of no purged patient: its lines are erased, and it is not loaded again', async () => {
    const types = ['Observation'];
    const config = { retention: { chunks_days: 'keep' } };
    const site = await leavesOut({ types, retry_after_days: 0 }, { leftOut: types, config });
    site.ehr.load([patient('p'), patient('q'), observation('secret', 'p')]);
    site.ehr.load([observationOf('panel', 'q', 'secret')]);
    await site.sync();
    const kept = () => sql`select 1 from resource where connection_id = ${site.id} and fhir_id = 'secret'`;
    expect(await kept()).toHaveLength(1);
    await startPurge(world.deps, {
      ...{
        connection_id: site.id,
        patient_id: 'p',
        unknown: false,
        reason: 'asked for',
        requested_by: 'test',
      },
    });
    await drain(world.deps, world.clock);
    expect(await kept()).toHaveLength(0);
    expect(await states(site)).toEqual([]);
    asked(site);
    expect(await site.sync({ full: true })).toMatchObject({ status: 'completed', records_excluded: 2 });
    expect(asked(site)).toEqual(['Observation/secret']);
    expect(await kept()).toHaveLength(0);
    expect(await texts(site)).not.toContain('secret"');
  });
});

/** All text that is kept of what was asked for. */
async function texts(site: Site): Promise<string> {
  const bodies = await sql<{ body: Buffer }[]>`
    select body from chunk_body join chunk using (chunk_id) join export_file f using (file_id) join run r on r.run_id = f.run_id
    where r.connection_id = ${site.id} and f.kind = 'hydrated'`;
  expect(bodies.length).toBeGreaterThan(0);
  return (await Promise.all(bodies.map(({ body }) => unpack(body)))).join('');
}

/** A Procedure of one patient that is part of an Observation of another: wrong, and sent. */
const observationOf = (id: string, patientId: string, member: string): Resource => ({
  ...{ resourceType: 'Procedure', id, status: 'completed', subject: to('Patient', patientId) },
  ...{ performedDateTime: '2026-03-01T10:10:00Z', partOf: [to('Observation', member)] },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }] },
});

describe('a sync of some patients', () => {
  const start = ({ id }: Site, patient_id: string) =>
    sql.begin((tx) =>
      startPatientSyncInTx(tx, deps, { connection_id: id, patients: [{ patient_id }], triggered_by: 'test' }),
    );
  const reads = (site: Site) => asked(site).filter((path) => path.startsWith('Medication/'));
  const record = () => [
    ...[patient('p'), patient('q'), medication('m'), medication('n'), medication('o')],
    ...[prescription('rx', 'p', 'm'), prescription('ry', 'q', 'n')],
  ];
  const bySearch = { search: { ...SEARCH, readOnly: ['Medication'] } };

  inLongRun(it)('asks for what their new drugs refer to, and for nothing of others', async () => {
    const site = await leavesOut({}, bySearch);
    site.ehr.load(record());
    site.ehr.faults.push(onRead('n', { status: 404 }, 1));
    await site.sync();
    expect(await drugs(site)).toEqual([LISINOPRIL, 0]);
    site.ehr.put(prescription('rz', 'p', 'o'));
    asked(site);
    await sql`update hydration_request set state = 'unavailable' where fhir_id = 'n'`;
    const run = await syncPatients(site, 'p');
    expect(run).toMatchObject({ kind: 'patient', status: 'completed', records_loaded: 2 });
    expect(reads(site)).toEqual(['Medication/o']);
    expect(await figures(run['run_id'])).toEqual([count('Medication', { asked: 1, found: 1 })]);
    expect(await drugs(site)).toEqual([LISINOPRIL, 0, LISINOPRIL]);
    await site.sync();
    await expectAsExported(site);
  });

  inLongRun(it)('beside an export that asks, too, asks for each once, whichever ends first', async () => {
    const site = await leavesOut({}, bySearch);
    site.ehr.load(record());
    const full = await site.start({ full: true });
    const next = async (stopAt: string) => {
      for (let n = 0; n < 100; n++) {
        const got = await fetchOne(deps);
        if (!got || got.name === stopAt) return got;
        await runJob(deps, got.name, got.job);
      }
      return undefined;
    };
    const held = await next('hydrate');
    expect(held?.job.data).toMatchObject({ run_id: full });
    site.ehr.put(prescription('rz', 'p', 'o'));
    const run = await start(site, 'p');
    await drain(deps, clock);
    expect(await runOf(sql, run)).toMatchObject({ status: 'completed' });
    expect((await runOf(sql, full))['status']).not.toBe('completed');
    expect(reads(site)).toEqual(['Medication/o']);
    expect(await drugs(site)).toEqual([0, 0, LISINOPRIL]);
    if (held) await runJob(deps, held.name, held.job);
    await drain(deps, clock);
    expect(await runOf(sql, full)).toMatchObject({ status: 'completed' });
    expect(reads(site)).toEqual(['Medication/m', 'Medication/n']);
    expect(await figures(full)).toEqual([count('Medication', { asked: 2, found: 2 })]);
    await expectAsExported(site);
  });
});
