/** Some patients now, by searches, beside whatever export is under way. */
import { afterAll, describe, expect, it } from 'vitest';
import { startPatientSyncInTx, type Wanted } from '../../jobs/operator/start-patient-sync.ts';
import { STEP_NAMES, type StepName } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import { few, inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { medication, observation, patient, prescription, to } from '../world/record.ts';
import { startPurge, startRedrive } from '../world/verbs.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  returnJobsOfTheDead,
  runOf,
  type Site,
  startNextDeferred,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

const config = { limits: { requests_per_second: 1000 } };
const sync = (site: Site, ...patients: Wanted[]) =>
  sql.begin((tx) =>
    startPatientSyncInTx(tx, deps, { connection_id: site.id, patients, triggered_by: 'test' }),
  );

/** Runs the jobs of these steps, while there are any. */
async function work(names: readonly StepName[]): Promise<void> {
  for (let n = 0; n < 300; n++) {
    const next = await fetchOne(deps, [...names]);
    if (next) await runJob(deps, next.name, next.job);
    else if (n > 200 || !(await startNextDeferred(sql, clock))) return;
  }
}
const REST = STEP_NAMES.filter((name) => !['export', 'poll', 'download'].includes(name));
const TO_MANIFEST: StepName[] = ['export', 'poll'];

const mrn = (value: string) => ({ identifier: [{ system: 'urn:mrn', value }] });
const heart = (id: string, of: string, value: number) =>
  observation(id, of, { valueQuantity: { value, unit: '/min' } });

async function site(): Promise<Site> {
  const made = await world.site({ config });
  made.ehr.load([patient('a', mrn('MRN-A')), patient('b', mrn('MRN-B'))]);
  for (const of of ['a', 'b']) for (const n of [1, 2, 3]) made.ehr.put(heart(`${of}${n}`, of, 60 + n));
  return made;
}
const loaded = async (one: Site) =>
  (
    await sql<{ name: string }[]>`
      select resource_type || '/' || fhir_id as name from resource
      where connection_id = ${one.id} and outcome = 'loaded' order by 1`
  ).map(({ name }) => name);

/** What one full load of the EHR as it is now leaves. */
async function expectAsOneFullLoad(one: Site): Promise<void> {
  const fresh = await world.site({ ehr: one.ehr });
  expect(await fresh.sync()).toMatchObject({ status: 'completed' });
  expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

describe('a sync of some patients', () => {
  it('brings all of those and nobody else, and moves no watermark', async () => {
    const one = await site();
    const run_id = await sync(one, { identifier: 'urn:mrn|MRN-B' }, { patient_id: 'ghost' });
    await drain(deps, clock);
    const run = await runOf(sql, run_id);
    expect(run).toMatchObject({
      status: 'completed',
      kind: 'patient',
      records_extracted: 4,
      records_loaded: 4,
    });
    expect(await loaded(one)).toEqual(['Observation/b1', 'Observation/b2', 'Observation/b3', 'Patient/b']);
    expect(await sql`select code, amount from run_notice where run_id = ${run_id}`).toEqual([
      { code: 'cohort-not-found', amount: 1 },
    ]);
    const [connection] = await sql`select watermark from connection where connection_id = ${one.id}`;
    expect(connection).toEqual({ watermark: null });
    expect(await sql`select 1 from crawl_watermark where connection_id = ${one.id}`).toEqual([]);
    // Who was asked for stands in none of these.
    const jobs = await sql`select data::text as text from pgboss.job where data::text like '%MRN-B%'`;
    const audit = await sql`select 1 from audit_event a where to_jsonb(a)::text like '%MRN-B%'`;
    expect([jobs.length, audit.length, world.logged().includes('MRN-B')]).toEqual([0, 0, false]);
    const again = await sync(one, { patient_id: 'b' });
    await drain(deps, clock);
    expect(await runOf(sql, again)).toMatchObject({
      status: 'completed',
      records_unchanged: 4,
      rows_written: 0,
    });
  });

  inLongRun(it)('ends the same when its worker dies with any of its jobs in hand', async () => {
    const one = await site();
    const run_id = await sync(one, { patient_id: 'a' });
    let deaths = 0;
    for (let n = 0; n < 100; n++) {
      const next = await fetchOne(deps);
      if (!next) {
        if (!(await startNextDeferred(sql, clock))) break;
        continue;
      }
      if (n % 3 !== 0) await runJob(deps, next.name, next.job);
      else {
        deaths++;
        await returnJobsOfTheDead(deps);
      }
    }
    await drain(deps, clock);
    expect(deaths).toBeGreaterThan(3);
    expect(await runOf(sql, run_id)).toMatchObject({
      status: 'completed',
      records_extracted: 4,
      records_loaded: 4,
    });
    expect(await loaded(one)).toEqual(['Observation/a1', 'Observation/a2', 'Observation/a3', 'Patient/a']);
  });

  it('is one at a time, and beside no work on what is stored', async () => {
    const one = await site();
    const first = await sync(one, { patient_id: 'a' });
    await expect(sync(one, { patient_id: 'b' })).rejects.toThrow(`${first}`);
    const redrive = () => startRedrive(deps, { connection_id: one.id, triggered_by: 'test' });
    await expect(redrive()).rejects.toMatchObject({ code: 'sync-already-running' });
    await drain(deps, clock);
  });
});

describe('beside a full sync, of two versions the newer stays', () => {
  const change = (one: Site) => {
    clock.advance(60);
    one.ehr.put(heart('a1', 'a', 99));
    one.ehr.put(heart('a4', 'a', 88));
  };

  inLongRun(it)('when the patients come first', async () => {
    const one = await site();
    const full = await one.start({ full: true });
    await work(TO_MANIFEST);
    change(one);
    const run_id = await sync(one, { patient_id: 'a' });
    await work(['export', ...REST]);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed', records_loaded: 5 });
    expect((await runOf(sql, full))['status']).toBe('downloading');
    await drain(deps, clock);
    expect(await runOf(sql, full)).toMatchObject({
      status: 'completed',
      records_extracted: 8,
      records_excluded: 1,
    });
    await expectAsOneFullLoad(one);
  });

  inLongRun(it)('when the export comes first', async () => {
    const one = await site();
    const full = await one.start({ full: true });
    await work(TO_MANIFEST);
    change(one);
    const run_id = await sync(one, { patient_id: 'a' });
    await work(['export', 'crawl']);
    // All of the export is mapped, and it is closed, before anything of the patients is.
    await work(['download']);
    for (;;) {
      const next = await fetchOne(deps, ['map', 'redrive', 'close']);
      if (!next) break;
      await runJob(deps, next.name, next.job);
    }
    await drain(deps, clock);
    expect(await runOf(sql, full)).toMatchObject({ status: 'completed' });
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
    await expectAsOneFullLoad(one);
  });

  inLongRun(it)('also when what the patients’ run has read is the older, and is mapped last', async () => {
    const one = await site();
    const run_id = await sync(one, { patient_id: 'a' });
    await work(['export', 'crawl']);
    change(one);
    const full = await one.start({ full: true });
    await work(['export', 'poll', 'download']);
    const held = [];
    for (;;) {
      const next = await fetchOne(deps, ['map', 'redrive', 'close']);
      if (!next) break;
      const isOfPatients = (next.job.data as { run_id: number }).run_id === run_id;
      if (isOfPatients) held.push(next);
      else await runJob(deps, next.name, next.job);
    }
    expect(await runOf(sql, full)).toMatchObject({ status: 'completed' });
    for (const { name, job } of held) await runJob(deps, name, job);
    await drain(deps, clock);
    expect(await runOf(sql, run_id)).toMatchObject({
      status: 'completed',
      records_extracted: 4,
      records_excluded: 1,
    });
    await expectAsOneFullLoad(one);
  });

  inLongRun(it)(
    'and what the export says is deleted stays deleted, when the older read is mapped last',
    async () => {
      const one = await site();
      expect(await one.sync()).toMatchObject({ status: 'completed' });
      clock.advance(60);
      one.ehr.put(heart('a1', 'a', 70));
      const run_id = await sync(one, { patient_id: 'a' });
      await work(['export', 'crawl']);
      clock.advance(60);
      one.ehr.remove('Observation', 'a1');
      const incremental = await one.start();
      await work(['export', 'poll', 'download']);
      const held = [];
      for (;;) {
        const next = await fetchOne(deps, ['map', 'redrive', 'close']);
        if (!next) break;
        if ((next.job.data as { run_id: number }).run_id === run_id) held.push(next);
        else await runJob(deps, next.name, next.job);
      }
      expect(await runOf(sql, incremental)).toMatchObject({ status: 'completed', mode: 'incremental' });
      for (const { name, job } of held) await runJob(deps, name, job);
      await drain(deps, clock);
      expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
      await expectAsOneFullLoad(one);
    },
  );
});

const MAPPED = STEP_NAMES.filter((name) => !['redrive', 'close', 'hydrate'].includes(name));

/** A full sync and one of some patients, both mapped, neither settled; then each settles and closes, in this order. */
async function settleInTurn(one: Site, first: 'export' | 'patient', ...ids: string[]) {
  const full = await one.start({ full: true });
  await work(MAPPED);
  const some = await sync(one, ...ids.map((patient_id) => ({ patient_id })));
  await work(MAPPED);
  const held = [await fetchOne(deps, ['redrive']), await fetchOne(deps, ['redrive'])];
  const order = first === 'export' ? [full, some] : [some, full];
  for (const run of order) {
    const next = held.find((got) => (got?.job.data as { run_id: number } | undefined)?.run_id === run);
    expect(next).toBeDefined();
    if (next) await runJob(deps, next.name, next.job);
    await drain(deps, clock);
    expect(await runOf(sql, run)).toMatchObject({ status: 'completed', records_failed: 0 });
  }
}

inLongRun(describe).each(['export', 'patient'] as const)(
  'beside a full sync that settles, where the %s is first',
  (first) => {
    it('what waited for the other is taken up', async () => {
      const one = await site();
      one.ehr.load([medication('m'), prescription('rx', 'a', 'm')]);
      one.ehr.put(heart('early', 'c', 70));
      await one.sync();
      // Its Patient and its Medication are told to one of the two alone.
      one.ehr.load([patient('c'), medication('m2', '314077')]);
      const full = one.ehr.settings.leftOut;
      one.ehr.settings.leftOut = ['Patient'];
      one.ehr.put(prescription('rx', 'a', 'm2'));
      await settleInTurn(one, first, 'c');
      one.ehr.settings.leftOut = full;
      await expectAsOneFullLoad(one);
    });

    it('of two Patients one of whom stands for the other, all is with that one', async () => {
      const one = await site();
      await one.sync();
      one.ehr.put({
        ...patient('b', mrn('MRN-B')),
        active: false,
        link: [{ other: to('Patient', 'a'), type: 'replaced-by' }],
      });
      one.ehr.put(heart('b9', 'b', 99));
      await settleInTurn(one, first, 'b', 'a');
      await expectAsOneFullLoad(one);
    });
  },
);

inLongRun(describe)('a patient who is purged', () => {
  few(it, 1).each(['mapped', 'searched'])(
    'while a sync of them is %s leaves nothing behind, and comes by no later one',
    async (state) => {
      const one = await site();
      await one.sync();
      one.ehr.put(heart('a9', 'a', 90));
      const live = await sync(one, { patient_id: 'a' }, { identifier: 'urn:mrn|MRN-A' });
      await work(state === 'searched' ? ['export', 'crawl'] : ['export', 'crawl', 'map']);
      await startPurge(deps, {
        ...{
          connection_id: one.id,
          patient_id: 'a',
          unknown: false,
          reason: 'asked for',
          requested_by: 'test',
        },
      });
      await drain(deps, clock);
      expect(await runOf(sql, live)).toMatchObject({ status: 'completed' });
      const [purge] =
        await sql`select finished_at is not null as done from purge where connection_id = ${one.id}`;
      expect(purge).toEqual({ done: true });
      const others = ['Observation/b1', 'Observation/b2', 'Observation/b3', 'Patient/b'];
      expect(await loaded(one)).toEqual(others);
      for (const wanted of [{ patient_id: 'a' }, { identifier: 'urn:mrn|MRN-A' }]) {
        const run = await sync(one, wanted, { patient_id: 'b' });
        await drain(deps, clock);
        expect(await runOf(sql, run)).toMatchObject({ status: 'completed', records_loaded: 0 });
        expect(await loaded(one)).toEqual(others);
        const listed =
          await sql`select asked, patient_id from crawl_patient where run_id = ${run} order by n`;
        expect(JSON.stringify(listed)).not.toMatch(/MRN-A|"a"/);
      }
    },
  );
});
