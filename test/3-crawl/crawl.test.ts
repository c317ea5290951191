import { afterAll, describe, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { holdRequestsInTx, takeTurn } from '../../jobs/connection/pace.ts';
import { runJob } from '../../jobs/workers.ts';
import { epicLike } from '../ehr/epic-like.ts';
import type { FaultRule } from '../ehr/faults.ts';
import { LAZY_TYPES } from '../ehr/lazy.ts';
import { SEARCH } from '../ehr/settings.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, orphans, sizes } from '../world/content.ts';
import { observation, patient, practitioner } from '../world/record.ts';
import { cancelRun, retryRun, startPurge } from '../world/verbs.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  type RunRow,
  returnJobsOfTheDead,
  runOf,
  type Site,
  type SiteOptions,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

const LIMITS = { requests_per_second: 1000 };
const config = { level: 'search', limits: LIMITS };

async function site(options: SiteOptions = {}): Promise<Site> {
  return await world.site({ ...options, config: { ...config, ...options.config } });
}

const searches = (one: Site) =>
  one.ehr.requests
    .filter(({ kind, status }) => kind === 'search' && status === 200)
    .map(({ path }) => new URL(path, 'http://ehr'));
const notices = async (run: RunRow) =>
  await sql`
    select code, subject, amount from run_notice where run_id = ${run['run_id']} order by code, subject`;
const failures = async (run: RunRow) =>
  await sql`
    select reason, field from failure where run_id = ${run['run_id']} and resolved_at is null order by reason, field`;
const cohort = async (run: RunRow) =>
  await sql`
    select asked, patient_id, state, matches from crawl_cohort where run_id = ${run['run_id']} order by n`;
const progress = async (run: RunRow) =>
  (await sql`select * from crawl_progress where run_id = ${run['run_id']}`)[0];

/** The figures of a run say what became of every line. */
function expectAccounted(run: RunRow) {
  const { records_extracted: all, records_unchanged, records_loaded, records_excluded } = run;
  const known = records_unchanged + records_loaded + records_excluded + run['records_failed'];
  expect(known + run['records_parked'] - run['records_redriven']).toBe(all);
}

const PATIENTS = LONG_RUN ? 40 : 6;

describe('a sync by searches of many patients, throttled, misled once, and killed at a commit', async () => {
  const bulk = await world.site({ population: { seed: 'crawl', patients: PATIENTS } });
  const { ehr } = bulk;
  const one = await site({ ehr, connection: { export_resource_types: LAZY_TYPES } });
  ehr.settings.throttleEvery = 23;
  ehr.settings.search = { ...SEARCH, maxCount: 60, nextLink: 'relative' };
  const link = [{ relation: 'next', url: 'https://elsewhere.example/fhir?page=2' }];
  ehr.faults.push({
    on: 'search',
    match: ({ path }) => path.startsWith('/fhir/Observation'),
    skip: Math.floor(PATIENTS / 12),
    do: { bundle: (bundle) => ({ ...bundle, link }) },
  });
  clock.advance(3600);
  const runId = await one.start();
  // The worker dies with a search in hand: another takes it up, at its place.
  for (let n = 0; n < PATIENTS + 20; n++) {
    const next = await fetchOne(deps);
    if (next && (n < PATIENTS + 10 || next.name !== 'crawl')) await runJob(deps, next.name, next.job);
    else if (next) break;
  }
  await returnJobsOfTheDead(deps);
  await drain(deps, clock);
  const run = await runOf(sql, runId);
  ehr.settings.throttleEvery = undefined;

  it('ends completed with everything that the server has', async () => {
    expect(run).toMatchObject({ status: 'completed', mode: 'full', held_by: [], error_code: null });
    expectAccounted(run);
    expect(run['records_failed']).toBe(0);
    expect(await failures(run)).toEqual([]);
    const [resources] = await sql`select count(*)::int as n from resource where connection_id = ${one.id}`;
    expect(resources?.['n']).toBe(ehr.count());
  });

  it('leaves what an export of the same EHR leaves, row by row', async () => {
    expect(await bulk.sync()).toMatchObject({ status: 'completed' });
    const [ours, theirs] = [await contentOf(sql, one.id), await contentOf(sql, bulk.id)];
    expect(sizes(ours)['measurement']).toBeGreaterThan(100);
    expect(ours).toEqual(theirs);
    expect(await orphans(sql)).toEqual([]);
  });

  it('waited when it was told to, and sent nothing to where it was led', async () => {
    expect(ehr.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(PATIENTS / 8);
    expect((await progress(run))?.['throttled']).toBeGreaterThan(PATIENTS / 8);
    const [again] = await sql`select sum(restarts)::int as n from crawl_search where run_id = ${runId}`;
    expect(again?.['n']).toBe(1);
  });

  it('says how far it is: everybody and everything', async () => {
    const far = await progress(run);
    expect(far).toMatchObject({
      cohort: 'all',
      patients: PATIENTS,
      patients_done: PATIENTS,
      not_found: 0,
      searches_lost: 0,
    });
    expect(far?.['searches_done']).toBe(far?.['searches']);
    expect(far?.['requests']).toBeGreaterThan(PATIENTS * (LAZY_TYPES.length - 5));
  });

  inLongRun(it)('asks for changes only, the second time', async () => {
    clock.advance(3600);
    const before = searches(one).length;
    const changed = String(
      (
        await sql`select fhir_id from resource where connection_id = ${one.id} and resource_type = 'Patient' limit 1`
      )[0]?.['fhir_id'],
    );
    ehr.put(observation('new', changed));
    ehr.load([
      patient('newcomer'),
      observation('of-newcomer', 'newcomer', { effectiveDateTime: '2020-01-01' }),
    ]);
    ehr.put(observation('old', changed));
    const second = await one.sync();
    expect(second).toMatchObject({
      status: 'completed',
      mode: 'incremental',
      records_extracted: 4,
      records_loaded: 4,
    });
    const asked = searches(one).slice(before);
    const whole = asked.filter(
      (url) => !url.searchParams.has('_lastUpdated') && !url.searchParams.has('page'),
    );
    expect(
      new Set(
        whole.map(
          (url) =>
            url.searchParams.get('patient') ??
            url.searchParams.get('subject')?.slice(8) ??
            url.searchParams.get('beneficiary')?.slice(8),
        ),
      ),
    ).toEqual(new Set(['newcomer']));
    await bulk.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, bulk.id));
  });
});

describe('the cohort', () => {
  const three = async (options: SiteOptions = {}) => {
    const made = await site(options);
    const system = 'urn:mrn';
    for (const id of ['a', 'b', 'c']) {
      made.ehr.load([
        patient(id, { identifier: [{ system, value: `m,${id}` }] }),
        observation(`of-${id}`, id),
      ]);
    }
    clock.advance(3600);
    made.ehr.put(patient('twin', { identifier: [{ system, value: 'm,b' }] }));
    return made;
  };
  const people = async (one: Site) =>
    (
      await sql<{ fhir_id: string }[]>`
      select fhir_id from resource where connection_id = ${one.id} and resource_type = 'Patient' order by 1`
    ).map(({ fhir_id }) => fhir_id);

  inLongRun(it)('is the members of a Group, without those who have left', async () => {
    const one = await three({ connection: { group_id: 'g' } });
    one.ehr.group('g', ['a', 'b'], ['c']);
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 4 });
    expect(await people(one)).toEqual(['a', 'b']);
  });

  inLongRun(it)(
    'is who has an identifier: nobody, several and twice the same are listed, never guessed',
    async () => {
      const identifiers = ['urn:mrn|m,a', 'urn:mrn|m,b', 'urn:mrn|none', 'urn:mrn|m,a'];
      const one = await three({ config: { cohort: { patients: ['c', 'ghost', 'c'], identifiers } } });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: 4 });
      expect(await cohort(run)).toEqual([
        { asked: null, patient_id: 'c', state: 'found', matches: 0 },
        { asked: null, patient_id: 'ghost', state: 'not-found', matches: 0 },
        { asked: null, patient_id: 'c', state: 'twice', matches: 0 },
        { asked: 'urn:mrn|m,a', patient_id: 'a', state: 'found', matches: 1 },
        { asked: 'urn:mrn|m,b', patient_id: null, state: 'several', matches: 2 },
        { asked: 'urn:mrn|none', patient_id: null, state: 'not-found', matches: 0 },
        { asked: 'urn:mrn|m,a', patient_id: null, state: 'twice', matches: 0 },
      ]);
      expect(await people(one)).toEqual(['a', 'c']);
      expect(await notices(run)).toEqual([{ code: 'cohort-not-found', subject: '', amount: 3 }]);
    },
  );

  inLongRun(it)('gives who joins it later the whole history', async () => {
    const one = await three({ connection: { group_id: 'g' } });
    one.ehr.group('g', ['a']);
    await one.sync();
    clock.advance(86_400);
    one.ehr.group('g', ['a', 'b']);
    expect(await one.sync()).toMatchObject({ mode: 'incremental', records_extracted: 2, records_loaded: 2 });
  });

  inLongRun(it)(
    'is what is compared when all of it is asked for again: what vanished there is listed, nothing else',
    async () => {
      const one = await three({ connection: { group_id: 'g' } });
      one.ehr.group('g', ['a', 'b']);
      await one.sync();
      clock.advance(86_400);
      one.ehr.group('g', ['a']);
      one.ehr.remove('Observation', 'of-a');
      one.ehr.remove('Observation', 'of-b');
      one.ehr.put(observation('other', 'a'));
      const run = await one.sync({ full: true });
      expect(run).toMatchObject({ status: 'completed', mode: 'full', reconciles: true });
      const [found] =
        await sql`select stored, vanished, obstacles from reconciliation where run_id = ${run['run_id']}`;
      expect(found).toEqual({ stored: 2, vanished: 1, obstacles: [] });
      const [gone] = await sql`
      select fhir_id from vanished join resource using (resource_key) where run_id = ${run['run_id']}`;
      expect(gone).toEqual({ fhir_id: 'of-a' });
    },
  );

  it('fails the run where the server has no such Group, or lists no Patients', async () => {
    const one = await three({ connection: { group_id: 'none' } });
    expect(await one.sync()).toMatchObject({ status: 'failed', error_code: 'group-not-found' });
    const other = await three({ search: { readOnly: ['Patient'] } });
    expect(await other.sync()).toMatchObject({ status: 'failed', error_code: 'patients-not-listed' });
  });

  it('forgets a patient who is purged', async () => {
    const export_resource_types = ['Patient', 'Observation'];
    const one = await three({ connection: { group_id: 'g', export_resource_types } });
    one.ehr.group('g', ['a', 'b']);
    const run = await one.sync();
    await startPurge(deps, {
      connection_id: one.id,
      patient_id: 'a',
      reason: 'asked',
      requested_by: 'test',
    } as never);
    await drain(deps, clock);
    expect((await cohort(run)).map((row) => row['patient_id'])).toEqual(['b']);
    const [left] = await sql`
      select count(*)::int as n from crawl_search where run_id = ${run['run_id']} and parameters::text like '%"a"%'`;
    expect(left?.['n']).toBe(0);
    const next = await one.sync({ full: true });
    expect((await cohort(next)).map((row) => row['patient_id'])).toEqual(['b']);
    expect(await sql`select patient_id from crawl_watermark where connection_id = ${one.id}`).toEqual([
      { patient_id: 'b' },
    ]);
  });
});

describe('what searches hold of patients', () => {
  const cohortOf = async (one: Site) =>
    (
      await sql`select sync_config -> 'cohort' as cohort from connection where connection_id = ${one.id}`
    )[0]?.['cohort'];
  const open = async (one: Site) =>
    await sql`
      select s.search_id from crawl_search s join run using (run_id)
      where connection_id = ${one.id} and (s.parameters <> '[]' or s.next_url is not null)`;
  const threeOf = async (wanted: object) => {
    const one = await site({ config: { cohort: wanted } });
    for (const id of ['a', 'b', 'c']) {
      one.ehr.load([patient(id, { identifier: [{ system: 'urn:mrn', value: `m,${id}` }] })]);
    }
    clock.advance(3600);
    return one;
  };

  inLongRun(it)('is kept while a paused run may go on, and not when it has ended', async () => {
    const one = await threeOf({ patients: ['a', 'b'] });
    const runId = await one.start();
    for (let n = 0; n < 4; n++) {
      const next = await fetchOne(deps);
      if (next) await runJob(deps, next.name, next.job);
    }
    await cancelRun(deps, { connection_id: one.id, run_id: runId });
    await drain(deps, clock);
    expect((await open(one)).length).toBeGreaterThan(0);
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await open(one)).toEqual([]);
  });

  inLongRun(it)(
    'is taken out of settings and searches with a patient who is purged, and recorded without whom',
    async () => {
      const one = await threeOf({ patients: ['b'], identifiers: ['urn:mrn|m,a', 'urn:mrn|m,c'] });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: 3 });
      for (const patient_id of ['a', 'b']) {
        await startPurge(deps, {
          ...{ connection_id: one.id, patient_id, reason: 'asked', requested_by: 'test' },
        } as never);
        await drain(deps, clock);
      }
      const left = { patients: [], identifiers: ['urn:mrn|m,c'] };
      expect(await cohortOf(one)).toEqual(left);
      expect((await cohort(run)).map((row) => row['asked'])).toEqual(['urn:mrn|m,c']);
      const events = await sql`
      select actor, before, after from audit_event
      where object = ${`connection/${one.id}`} and action = 'connection.update' order by event_id`;
      expect(events).toEqual([
        {
          actor: 'worker',
          before: { cohort: { patients: 1, identifiers: 2 } },
          after: { cohort: { patients: 1, identifiers: 1 } },
        },
        {
          actor: 'worker',
          before: { cohort: { patients: 1, identifiers: 1 } },
          after: { cohort: { patients: 0, identifiers: 1 } },
        },
      ]);

      // Entered again by somebody: it is found once to be theirs, and forgotten.
      await sql`
      update connection set sync_config = jsonb_set(sync_config, '{cohort,identifiers}', '["urn:mrn|m,a", "urn:mrn|m,c"]')
      where connection_id = ${one.id}`;
      const again = await one.sync({ full: true });
      expect(again).toMatchObject({ status: 'completed' });
      expect(await cohortOf(one)).toEqual(left);
      expect((await cohort(again)).map((row) => [row['asked'], row['patient_id']])).toEqual([
        ['urn:mrn|m,c', 'c'],
      ]);
      expect(await open(one)).toEqual([]);
      const ids = await sql`
      select fhir_id from resource where connection_id = ${one.id} and resource_type = 'Patient'`;
      expect(ids).toEqual([{ fhir_id: 'c' }]);
    },
  );

  inLongRun(it)('leaves an empty cohort empty: nobody else is asked for', async () => {
    const one = await threeOf({ patients: ['a'] });
    await one.sync();
    await startPurge(deps, {
      ...{ connection_id: one.id, patient_id: 'a', reason: 'asked', requested_by: 'test' },
    } as never);
    await drain(deps, clock);
    expect(await cohortOf(one)).toEqual({ patients: [], identifiers: [] });
    const next = await one.sync({ full: true });
    expect(await cohort(next)).toEqual([]);
    expect(await sql`select from resource where connection_id = ${one.id}`).toEqual([]);
  });
});

describe('the pace of requests', () => {
  it('is kept for all workers, and a wait that the server asked for holds all of them', async () => {
    const one = await site({ config: { limits: { requests_per_second: 0.05 } } });
    const connection = await readConnection(sql, one.id);
    const turns = [];
    for (const worker of [world.deps, world.worker(), world.deps])
      turns.push(await takeTurn(worker.sql, connection, clock));
    expect(turns[0]).toEqual({ waitSeconds: 0 });
    expect(turns[1]).toEqual({ waitSeconds: expect.closeTo(20, -1) });
    // Too far away to be waited for.
    expect(turns[2]).toEqual({ againInSeconds: expect.closeTo(10, -1) });
    const other = await readConnection(sql, (await site()).id);
    // Whoever waits for a patient goes ahead by five seconds' worth, for which the others wait.
    const paced = await readConnection(
      sql,
      (await site({ config: { limits: { requests_per_second: 0.2 } } })).id,
    );
    const waits = [];
    for (const ahead of [true, true, false]) {
      const turn = await takeTurn(sql, paced, clock, { ahead });
      waits.push('waitSeconds' in turn ? turn.waitSeconds : Number.NaN);
    }
    expect(waits).toEqual([0, 0, expect.closeTo(10, -1)]);
    await sql.begin((tx) => holdRequestsInTx(tx, other.connection_id, new Date(clock().getTime() + 90_000)));
    expect(await takeTurn(sql, other, clock)).toEqual({ againInSeconds: 90 });
    clock.advance(90);
    expect(await takeTurn(sql, other, clock)).toEqual({ waitSeconds: 0 });
  });
});

describe('a server like Epic', () => {
  inLongRun(it)(
    'is asked by category, for no Medication, and by searches where no Group is named',
    async () => {
      const { search, ...others } = epicLike();
      const one = await world.site({
        ...{ ...others, ...(search ? { search } : {}), population: { seed: 'epic', patients: 3 } },
        ...{ connection: { ehr_vendor: 'epic' }, config: { limits: LIMITS } },
      });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', crawls: true, held_by: [] });
      expect(one.ehr.requests.some(({ kind }) => kind === 'kick-off')).toBe(false);
      const asked = searches(one).filter((url) => url.pathname === '/fhir/Observation');
      expect(asked.every((url) => url.searchParams.has('category'))).toBe(true);
      expect(searches(one).some((url) => url.pathname === '/fhir/Medication')).toBe(false);
      const [observations] = await sql`
      select count(*)::int as n from resource where connection_id = ${one.id} and resource_type = 'Observation'`;
      expect(observations?.['n']).toBeGreaterThan(10);
    },
  );
});

describe('a server that does not do as it is asked', () => {
  const small = async (options: SiteOptions = {}) => {
    const made = await site({
      ...options,
      config: { ...config, ...options.config },
      connection: { export_resource_types: ['Patient', 'Observation'], ...options.connection },
    });
    for (const id of ['a', 'b']) made.ehr.load([patient(id), observation(`of-${id}`, id)]);
    clock.advance(3600);
    return made;
  };

  inLongRun(it)(
    'and ignores or refuses _lastUpdated sends everything, which is told and costs no row',
    async () => {
      for (const lastUpdated of ['ignored', 'refused'] as const) {
        const one = await small({ search: { lastUpdated } });
        await one.sync();
        clock.advance(86_400);
        one.ehr.put(observation('new', 'a'));
        const run = await one.sync();
        expect(run).toMatchObject({ status: 'completed', mode: 'incremental', records_loaded: 1 });
        expect(run).toMatchObject({ records_unchanged: 4, records_extracted: 5, held_by: [] });
        const codes = [...new Set((await notices(run)).map(({ code }) => code))];
        expect(codes).toEqual([`last-updated-${lastUpdated}`]);
      }
    },
  );

  inLongRun(it)(
    'and goes in circles is asked anew, then given up with that search alone; a retry goes on',
    async () => {
      const one = await small();
      const self = (bundle: Record<string, unknown>) => ({
        ...bundle,
        link: [{ relation: 'next', url: '/fhir/Observation?patient=a&again=1' }],
      });
      const rule = {
        on: 'search' as const,
        times: 1000,
        match: ({ path }: { path: string }) => path.includes('/Observation?patient=a'),
        do: {
          status: 200,
          body: JSON.stringify(
            self({ resourceType: 'Bundle', entry: [{ resource: observation('of-a', 'a') }] }),
          ),
          headers: { 'content-type': 'application/fhir+json' },
        },
      };
      one.ehr.faults.push(rule);
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: [] });
      expectAccounted(run);
      expect(await failures(run)).toEqual([{ reason: 'search-lost', field: 'search-in-circles' }]);
      expect(await notices(run)).toEqual([{ code: 'search-lost', subject: '', amount: 1 }]);
      one.ehr.faults.length = 0;
      const next = await one.sync();
      expect(next).toMatchObject({ status: 'completed', mode: 'incremental', held_by: [] });
      expect(await failures(run)).toEqual([]);
    },
  );

  inLongRun(it)(
    'and gives out fewer than it says there are, without a further page, is told; held where the connection wants that',
    async () => {
      for (const short_files of ['warn', 'hold']) {
        const one = await small({ config: { short_files } });
        one.ehr.faults.push({
          on: 'search',
          match: ({ path }) => path.includes('/Observation?patient=a'),
          do: { bundle: (bundle) => ({ ...bundle, total: 5 }) },
        });
        const run = await one.sync();
        expect(run).toMatchObject({ status: 'completed', records_loaded: 4, held_by: [] });
        expect(await notices(run)).toEqual([
          { code: 'search-fewer-than-total', subject: 'Observation', amount: 4 },
        ]);
        const times = await sql`
        select patient_id, watermark from crawl_watermark where connection_id = ${one.id} order by 1`;
        const now = run['transaction_time'];
        expect(times).toEqual([
          { patient_id: 'a', watermark: short_files === 'hold' ? null : now },
          { patient_id: 'b', watermark: now },
        ]);
      }
    },
  );

  inLongRun(it)(
    'and forbids one search for good holds that patient alone, whom every sync asks for again and tells of',
    async () => {
      const one = await small();
      const lost = async () =>
        (
          await sql<{ patient_id: string; watermark: string | null }[]>`
          select patient_id, watermark from crawl_watermark where connection_id = ${one.id} order by 1`
        ).map(({ patient_id, watermark }) => [patient_id, watermark]);
      const asked = async (step: () => Promise<unknown>) => {
        const before = searches(one).length;
        await step();
        return searches(one)
          .slice(before)
          .filter(({ pathname }) => pathname === '/fhir/Observation')
          .map(({ searchParams }) => [searchParams.get('patient'), searchParams.has('_lastUpdated')])
          .sort();
      };
      one.ehr.faults.push({
        ...{ on: 'search', times: 1000, do: { status: 403 } },
        match: ({ path }) => path.includes('/Observation?patient=b'),
      });
      for (const mode of ['full', 'incremental', 'incremental']) {
        clock.advance(86_400);
        const run = await one.sync();
        expect(run).toMatchObject({ status: 'completed', mode, held_by: [] });
        expect(await failures(run)).toEqual([{ reason: 'search-lost', field: 'search-refused' }]);
        expect(await notices(run)).toMatchObject([{ code: 'search-lost', amount: 1 }]);
        expect(await lost()).toEqual([
          ['a', run['transaction_time']],
          ['b', null],
        ]);
      }
      one.ehr.faults.length = 0;
      clock.advance(86_400);
      expect(await asked(() => one.sync())).toEqual([
        ['a', true],
        ['b', false],
      ]);
      const open = await sql`
      select from failure where connection_id = ${one.id} and resolved_at is null`;
      expect(open).toHaveLength(0);
      const [a, b] = await lost();
      expect(b?.[1]).toBe(a?.[1]);
      // From now on b is as any other: a search that is lost later is asked again from where it was.
      one.ehr.faults.push({
        ...{ on: 'search', times: 1000, do: { status: 403 } },
        match: ({ path }) => path.includes('/Observation?patient=b'),
      });
      clock.advance(86_400);
      await one.sync();
      expect(await lost()).toEqual([['a', expect.any(String)], b]);
      one.ehr.put(observation('late', 'b'));
      one.ehr.faults.length = 0;
      expect(await one.sync()).toMatchObject({ mode: 'incremental', records_loaded: 1 });
    },
  );

  it('and sends another Patient than the one asked for has them neither loaded nor followed', async () => {
    const stranger = { resource: patient('z'), search: { mode: 'match' } };
    const one = await small({ config: { cohort: { patients: ['a', 'b'] } } });
    one.ehr.faults.push({
      ...{ on: 'search', times: 1000 },
      match: ({ path }) => path.includes('/Patient?_id=a'),
      do: { bundle: (bundle) => ({ ...bundle, entry: [stranger] }) },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await notices(run)).toEqual([
      { code: 'cohort-not-found', subject: '', amount: 1 },
      { code: 'search-other-patient', subject: '', amount: 1 },
    ]);
    const stored = await sql`
      select fhir_id from resource where connection_id = ${one.id} and resource_type = 'Patient'`;
    expect(stored).toEqual([{ fhir_id: 'b' }]);
  });

  inLongRun(it)(
    'and refuses a type is told so; of a type that was named, it holds the watermark',
    async () => {
      const named = await small({
        connection: { export_resource_types: ['Patient', 'Observation', 'Goal'] },
        scopes: ['system/Patient.read', 'system/Observation.read'],
      });
      const run = await named.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: ['search-lost'], records_loaded: 4 });
      expect((await notices(run)).find(({ code }) => code === 'search-type-refused')).toMatchObject({
        subject: 'Goal',
        amount: 2,
      });
      const usual = await small({
        connection: { export_resource_types: [] },
        search: { readOnly: ['Coverage'] },
      });
      const other = await usual.sync();
      expect(other).toMatchObject({ status: 'completed', held_by: [] });
      expect(await notices(other)).toMatchObject([{ code: 'search-type-refused', subject: 'Coverage' }]);
    },
  );

  it('and says that something is missing is believed: the watermark is held', async () => {
    const one = await small({ search: { outcomes: [{ severity: 'warning', code: 'informational' }] } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', held_by: [] });
    expect((await notices(run)).every(({ code }) => code === 'server-remark')).toBe(true);
    one.ehr.settings.search = { ...SEARCH, outcomes: [{ severity: 'error', code: 'incomplete' }] };
    const held = await one.sync({ full: true });
    expect(held).toMatchObject({ status: 'completed', held_by: ['server-reported-error'] });
  });

  it('and includes others with what was asked for has them loaded, too', async () => {
    const one = await small();
    const included = { resource: practitioner('who'), search: { mode: 'include' } };
    one.ehr.faults.push({
      on: 'search',
      match: ({ path }) => path.includes('/Observation?'),
      do: { bundle: (bundle) => ({ ...bundle, entry: [...(bundle['entry'] as unknown[]), included] }) },
    });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_extracted: 5, records_loaded: 5 });
  });

  inLongRun(it)('and fails for good fails the run, which a retry takes up at its place', async () => {
    const one = await small();
    one.ehr.faults.push({ on: 'search', skip: 2, times: 50, do: { status: 401 } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_code: 'search-refused' });
    one.ehr.faults.length = 0;
    const asked = searches(one).length;
    await retryRun(deps, { connection_id: one.id, run_id: run['run_id'] });
    await drain(deps, clock);
    const again = await runOf(sql, run['run_id']);
    expect(again).toMatchObject({ status: 'completed', records_loaded: 4, held_by: [] });
    expectAccounted(again);
    const total = (await progress(again))?.['searches'];
    expect(searches(one).length - asked).toBeLessThan(total);
  });

  inLongRun(it)(
    'and wants to be left alone without end fails the run after export_max_hours, and a retry goes on at its place',
    async () => {
      const one = await site({ config: { limits: { ...LIMITS, export_max_hours: 2 } } });
      one.ehr.load([patient('p1'), patient('p2'), observation('o1', 'p1'), observation('o2', 'p2')]);
      const busy: FaultRule = {
        on: 'search',
        times: 100,
        do: { status: 429, headers: { 'retry-after': '600' } },
      };
      one.ehr.faults.push({ ...busy, skip: 2 });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'crawl', error_code: 'asking-too-long' });
      expect(run['error_message']).toMatch(/2 hours.*export_max_hours.*retry/s);
      const asked = searches(one).length;
      expect(asked).toBe(2);
      // Hours later: a retry has its own time.
      clock.advance(5 * 3600);
      one.ehr.faults.splice(0, 1, { ...busy, times: 3 });
      await retryRun(deps, { connection_id: one.id, run_id: run['run_id'] });
      await drain(deps, clock);
      const again = await runOf(sql, run['run_id']);
      expect(again).toMatchObject({ status: 'completed', records_loaded: 4, held_by: [] });
      expectAccounted(again);
      expect(searches(one).length).toBe((await progress(again))?.['searches']);
    },
  );

  it('can be left alone: a crawl that is cancelled asks for nothing more', async () => {
    const one = await small();
    const runId = await one.start();
    for (let n = 0; n < 3; n++) {
      const next = await fetchOne(deps);
      if (next) await runJob(deps, next.name, next.job);
    }
    await cancelRun(deps, { connection_id: one.id, run_id: runId });
    const asked = one.ehr.requests.length;
    await drain(deps, clock);
    expect(one.ehr.requests.length).toBe(asked);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'cancelled' });
    // And so it is paused: taken up again, it goes on.
    await retryRun(deps, { connection_id: one.id, run_id: runId });
    await drain(deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 4 });
  });
});
