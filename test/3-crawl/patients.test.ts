/** Some patients now, by searches, beside whatever export is under way. */
import { afterAll, describe, expect, it } from 'vitest';
import { startPatientSyncInTx, type Wanted } from '../../jobs/operator/start-patient-sync.ts';
import { STEP_NAMES, type StepName } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { startRedrive } from '../world/verbs.ts';
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

  it('ends the same when its worker dies with any of its jobs in hand', async () => {
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

  it('when the patients come first', async () => {
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

  it('when the export comes first', async () => {
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

  it('also when what the patients’ run has read is the older, and is mapped last', async () => {
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

  it('and what the export says is deleted stays deleted, when the older read is mapped last', async () => {
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
  });
});
