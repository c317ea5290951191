/** SEAL_CHUNKS: what is kept besides the CDM is sealed, everything works as without it, and the setting may change at any time. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { IN_CLEAR } from '../../jobs/connection/reseal.ts';
import { dataByKey, rotateData } from '../../jobs/connection/reseal-data.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine as actor } from '../../jobs/record/actor.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { runJob } from '../../jobs/workers.ts';
import { commandLine } from '../cli/command-line.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { SEARCH } from '../ehr/settings.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { outbound } from '../outbound/local.ts';
import { loadRelease } from '../remap/release.ts';
import { textsOfChunks } from '../world/chunks.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { condition, medication, observation, patient, practitioner, prescription } from '../world/record.ts';
import { retryRun, startPurge, startRedrive, startRemap, startRun } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, returnJobsOfTheDead, runOf, type Site } from '../world/world.ts';

const OLD = randomBytes(32).toString('base64');
const world = await openTestWorld({ seals: true, encryptionKey: `old:${OLD}` });
afterAll(() => world.close());
const { sql, deps, clock } = world;
const clear: Deps = { ...deps, keyring: { ...deps.keyring, sealsData: false } };

const withKeys = (keyring: Keyring): Deps => ({
  ...deps,
  keyring,
  tokens: createTokens({ keyring, clock, outbound }),
});

const MARK = 'Quackenbush';

/** Something of every kind that is kept: loaded, waiting, failed, refused, contents. */
function chart(id: string) {
  return [
    patient(id, { name: [{ family: MARK }] }),
    practitioner('d'),
    {
      ...medication(`m-${id}`),
      identifier: [{ value: `${MARK}-m` }],
      code: { ...codeable(coding('RxNorm', '314076')), text: MARK },
    },
    prescription(`r-${id}`, id, `m-${id}`),
    observation(`o-${id}`, id, { note: [{ text: MARK }] }),
    condition(`c-${id}`, id, { note: [{ text: MARK }] }),
    condition(`broken-${id}`, id, { onsetDateTime: `${MARK} day` }),
    observation(`early-${id}`, `late-${id}`, { note: [{ text: MARK }] }),
    prescription(`waits-${id}`, id, `late-m-${id}`, { note: [{ text: MARK }] }),
  ];
}

/** Tables that sealing is for; with those that the CDM fills from, such as source codes, it has nothing to do. */
const SEALED_TABLES = [
  ...[
    'chunk_body',
    'waiting',
    'medication_content',
    'substance_content',
    'device_content',
    'attachment_content',
  ],
  ...['export_file', 'manifest_entry', 'run', 'finished_export', 'failure', 'chunk'],
];

/** Where a text is found, as text, in hexadecimal, and in what unpacks. */
async function tablesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  const hex = Buffer.from(text).toString('hex');
  for (const table of SEALED_TABLES) {
    const rows = await sql`
      select 1 from ${sql(table)} t where t::text like ${`%${text}%`} or t::text like ${`%${hex}%`} limit 1`;
    if (rows.length > 0) found.push(table);
  }
  return found;
}

const keysOf = async () => [...new Set((await dataByKey(sql)).map(({ key }) => key))].sort();

async function site(works = deps, resources = chart('p')): Promise<Site> {
  const made = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
  made.ehr.load(resources);
  await sync(made, works);
  return made;
}

async function sync(of: Site, works = deps, full = false) {
  const run = await startRun(works, { connection_id: of.id, triggered_by: 'test', force_full: full });
  await drain(works, clock);
  return await runOf(sql, run.run_id);
}

/** As a sync of the same EHR without sealing. */
async function expectAsClear(of: Site, works = clear): Promise<void> {
  const fresh = await world.site({ ehr: of.ehr });
  await sync(fresh, works);
  expect(await contentOf(sql, of.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

describe('with SEAL_CHUNKS=on', () => {
  let one: Site;
  beforeAll(async () => {
    one = await site();
  });

  it('no chunk, line, content or URL of a whole sync is in clear in any table', async () => {
    expect(await sql`select status, records_parked from run`).toMatchObject([{ status: 'completed' }]);
    expect((await textsOfChunks(deps)).some((text) => text.includes(MARK))).toBe(true);
    const held = (await dataByKey(sql)).filter(({ rows }) => rows > 0);
    expect(held.map(({ place }) => place)).toEqual(
      expect.arrayContaining([
        'chunk_body.body',
        'waiting.line',
        'medication_content.content',
        'export_file.url',
      ]),
    );
    expect(held.map(({ key }) => key)).toEqual(held.map(() => 'old'));
    expect(await tablesWith(MARK)).toEqual([]);
    expect(await tablesWith(new URL(one.ehr.url).host)).toEqual([]);
    expect(await tablesWith('bulkfiles')).toEqual([]);
  });

  it('the status of an export that runs is sealed too', async () => {
    const run = await startRun(deps, { connection_id: one.id, triggered_by: 'test' });
    const next = await fetchOne(deps);
    await runJob(deps, next?.name ?? 'export', next?.job ?? { id: '', retryCount: 0, data: {} });
    const [row] = await sql<{ key: string }[]>`
      select sealed_with(status_url) as key from run where run_id = ${run.run_id}`;
    expect(row).toEqual({ key: 'old' });
    expect(await tablesWith(new URL(one.ehr.url).host)).toEqual([]);
    await drain(deps, clock);
    expect(await runOf(sql, run.run_id)).toMatchObject({
      status: 'completed',
      server_released: expect.stringMatching(/20\d$/),
    });
  });

  it('what is missing comes, is taken up from its sealed line, and ends as without sealing', async () => {
    one.ehr.put(patient('late-p'));
    one.ehr.put(medication('late-m-p'));
    expect(await sync(one)).toMatchObject({ status: 'completed', records_redriven: 2 });
    expect(await sql`select 1 from waiting where connection_id = ${one.id} and parked`).toEqual([]);
    if (LONG_RUN) await expectAsClear(one);
  });

  inLongRun(it)('a content that changed is mapped again from sealed chunks', async () => {
    one.ehr.put(medication('m-p', '197361'));
    await sync(one);
    await expectAsClear(one);
  });

  inLongRun(it)(
    'what loses its Patient is parked with its line sealed, and comes back with the Patient',
    async () => {
      const it = await site();
      it.ehr.remove('Patient', 'p');
      await sync(it);
      const parked = await sql<{ key: string | null }[]>`
      select sealed_with(line) as key from waiting where connection_id = ${it.id} and target_id = 'p'`;
      expect(parked.length).toBeGreaterThan(1);
      expect(new Set(parked.map(({ key }) => key))).toEqual(new Set(['old']));
      it.ehr.put(patient('p'));
      await sync(it);
      await expectAsClear(it);
    },
  );

  inLongRun(it)('failures are redriven from sealed chunks', async () => {
    const it = await site();
    await sql`
      update resource set outcome = 'failed', reason = 'bug', row_tables = 0
      where connection_id = ${it.id} and fhir_id = 'o-p'`;
    await sql`
      delete from measurement where measurement_id / 1000 = (
        select resource_key from resource where connection_id = ${it.id} and fhir_id = 'o-p')`;
    await sql`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, fhir_id, reason)
      select connection_id, last_run, chunk_id, chunk_line, resource_type, fhir_id, 'bug' from resource
      where connection_id = ${it.id} and fhir_id = 'o-p'`;
    const run = await startRedrive(deps, { connection_id: it.id, triggered_by: 'test', reason: 'bug' });
    await drain(deps, clock);
    expect(await runOf(sql, run)).toMatchObject({ status: 'completed', records_loaded: 1 });
    await expectAsClear(it);
  });

  inLongRun(it)('a remap reads sealed chunks', async () => {
    const it = await site();
    await loadRelease(deps, (release) => release.mapTo('RxNorm', '314076', ['RxNorm', '197361']));
    const run = await startRemap(deps, { connection_id: it.id, triggered_by: 'test' });
    await drain(deps, clock);
    expect(await runOf(sql, run.run_id)).toMatchObject({ status: 'completed' });
    await expectAsClear(it);
    await loadRelease(deps, () => {});
  });

  it('a purge erases inside sealed chunks and sealed lines, and leaves them sealed', async () => {
    const it = await site(deps, [...chart('zeta-4711'), ...chart('other')]);
    const request = { connection_id: it.id, unknown: false, reason: 'opt-out', requested_by: 'test' };
    await startPurge(deps, { ...request, patient_id: 'zeta-4711' });
    // The setting is off meanwhile.
    await drain(clear, clock);
    const texts = await textsOfChunks(deps);
    expect(texts.some((text) => text.includes('c-other'))).toBe(true);
    expect(texts.filter((text) => text.includes('"Patient/zeta-4711"'))).toEqual([]);
    const left = await sql<{ fhir_id: string }[]>`
      select fhir_id from waiting join resource using (resource_key) where waiting.connection_id = ${it.id}`;
    expect(left.map(({ fhir_id }) => fhir_id)).not.toContain('waits-zeta-4711');
    expect(left.map(({ fhir_id }) => fhir_id)).toContain('waits-other');
    const bodies = await sql<{ key: string | null }[]>`
      select distinct sealed_with(body) as key from chunk_body join chunk using (chunk_id) join run using (run_id)
      where connection_id = ${it.id}`;
    expect(bodies).toEqual([{ key: 'old' }]);
  });

  inLongRun(it)(
    'a download that broke off is compared with what is sealed, and a manifest that is read again with sealed URLs',
    async () => {
      const it = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
      it.ehr.load(chart('p'));
      const ofConditions = ({ path }: { path: string }) => path.includes('Condition');
      it.ehr.faults.push(
        { on: 'file', match: ofConditions, do: { cut: 1500, headers: { connection: 'close' } } },
        { on: 'file', skip: 3, do: { status: 403 } },
      );
      expect(await sync(it)).toMatchObject({ status: 'completed' });
      const [files] = await sql<{ again: number; all: number; different: number }[]>`
      select count(*) filter (where refreshed_at is not null)::int as again, count(*)::int as all,
        count(distinct url_hash)::int as different
      from export_file join run using (run_id) where connection_id = ${it.id}`;
      expect(files?.again).toBe(1);
      expect(files?.different).toBe(files?.all);
      await expectAsClear(it);
    },
  );

  inLongRun(it)('a worker’s death in the middle leaves what another goes on with', async () => {
    const it = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
    it.ehr.load(chart('p'));
    const { run_id } = await startRun(deps, { connection_id: it.id, triggered_by: 'test' });
    for (let n = 0; n < 5; n++) {
      const next = await fetchOne(deps);
      if (next && n < 4) await runJob(deps, next.name, next.job);
    }
    await returnJobsOfTheDead(deps);
    await drain(deps, clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
    await expectAsClear(it);
  });

  it('the same folder, imported again after it was cut short, is known by its sealed files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-sealed-'));
    try {
      await writeFile(join(folder, 'Patient.ndjson'), `${JSON.stringify(patient('p'))}\n`);
      const request = { paths: [folder], site_key: 'imported', new_site: true, actor: actor('test') };
      const first = await startImport(deps, request);
      expect(first.resumed).toBe(false);
      expect(await startImport(deps, request)).toMatchObject({ run_id: first.run_id, resumed: true });
      // As one with the setting off knows it.
      expect(await startImport(clear, request)).toMatchObject({ run_id: first.run_id, resumed: true });
      await writeFile(join(folder, 'Patient.2.ndjson'), `${JSON.stringify(patient('q'))}\n`);
      await expect(startImport(deps, request)).rejects.toThrow();
      await drain(deps, clock);
      expect(await tablesWith(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a setting that changes', () => {
  inLongRun(it)('leaves sealed and clear rows side by side, of one run too, and both are read', async () => {
    const it = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
    it.ehr.load(chart('p'));
    const { run_id } = await startRun(clear, { connection_id: it.id, triggered_by: 'test' });
    for (const works of [clear, clear, clear, deps, clear, deps, clear]) {
      const next = await fetchOne(works);
      if (next) await runJob(works, next.name, next.job);
    }
    await drain(deps, clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
    const kinds = await sql<{ key: string | null }[]>`
      select distinct sealed_with(body) as key from chunk_body join chunk using (chunk_id) where run_id = ${run_id} order by 1`;
    expect(kinds).toEqual([{ key: 'old' }, { key: null }]);
    await expectAsClear(it);
    it.ehr.put(patient('late-p'));
    it.ehr.put(medication('late-m-p'));
    await sync(it, clear);
    await expectAsClear(it);
  });

  inLongRun(it)('a run that failed with sealed files is retried without', async () => {
    const it = await world.site();
    it.ehr.load(chart('p'));
    it.ehr.faults.push({ on: 'file', times: 90, do: { status: 404 } });
    const run = await sync(it);
    expect(run).toMatchObject({ status: 'failed', error_code: 'file-refused' });
    it.ehr.faults.length = 0;
    await retryRun(clear, { connection_id: it.id, run_id: run['run_id'] });
    await drain(clear, clock);
    expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed' });
    await expectAsClear(it);
  });
});

describe('sealed data', () => {
  it('open in their own row only', async () => {
    const it = await site();
    const chunks = await sql<{ chunk_id: number }[]>`
      select chunk_id from chunk_body join chunk using (chunk_id) join run using (run_id)
      where connection_id = ${it.id} order by 1`;
    const [from, to] = chunks.map((one) => one.chunk_id);
    await sql`
      update chunk_body set body = (select body from chunk_body where chunk_id = ${from ?? 0}) where chunk_id = ${to ?? 0}`;
    await expect(textsOfChunks(deps)).rejects.toMatchObject({ code: 'sealed-data-unreadable' });
    await expect(textsOfChunks(deps)).rejects.toThrow(`chunk_body.body of ${to}, sealed with the key "old"`);
    await sql`delete from chunk_body where chunk_id = ${to ?? 0}`;
  });

  it('that were altered by a bit do not open, and end the run that meets them with what to do', async () => {
    const it = await world.site();
    it.ehr.load([patient('p')]);
    const { run_id } = await startRun(deps, { connection_id: it.id, triggered_by: 'test' });
    for (let next = await fetchOne(deps); next; next = await fetchOne(deps)) {
      if (next.name === 'map') {
        await sql`
          update chunk_body set body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1)
          where chunk_id in (select chunk_id from chunk where run_id = ${run_id})`;
      }
      await runJob(deps, next.name, next.job);
    }
    await drain(deps, clock);
    expect(await runOf(sql, run_id)).toMatchObject({
      status: 'failed',
      error_code: 'sealed-data-unreadable',
      error_message: expect.stringContaining('full sync'),
    });
    await sql`delete from chunk_body where chunk_id in (select chunk_id from chunk where run_id = ${run_id})`;
  });

  it('are told from clear ones by the setting’s name alone, which knows two words', async () => {
    const ask = (SEAL_CHUNKS: string) => openKeyring({ ENCRYPTION_KEY: OLD, SEAL_CHUNKS });
    expect((await ask('')).sealsData).toBe(false);
    expect((await ask('off')).sealsData).toBe(false);
    expect((await ask('on')).sealsData).toBe(true);
    await expect(ask('yes')).rejects.toThrow('SEAL_CHUNKS: expected "on" or "off"');
  });
});

describe('keys rotate-encryption', () => {
  const YOUNG = randomBytes(32).toString('base64');

  inLongRun(it)(
    'reseals all of it under a live run, seals what is in clear, and the old key is not needed any more',
    async () => {
      const both = await openKeyring({
        ...{ ENCRYPTION_KEY: `young:${YOUNG}`, ENCRYPTION_KEYS_OLD: `old:${OLD}`, SEAL_CHUNKS: 'on' },
      });
      const only = await openKeyring({ ENCRYPTION_KEY: `young:${YOUNG}`, SEAL_CHUNKS: 'on' });
      const it = await site();
      it.ehr.put(observation('more', 'p'));
      await sync(it, clear);
      expect(await keysOf()).toEqual([IN_CLEAR, 'old']);
      // A run at its middle: files known, some chunks here, one being mapped while everything is sealed again.
      const { run_id } = await startRun(deps, {
        connection_id: it.id,
        triggered_by: 'test',
        force_full: true,
      });
      for (let n = 0; n < 4; n++) {
        const next = await fetchOne(deps);
        if (next) await runJob(deps, next.name, next.job);
      }
      const { url } = world.database;
      const env = { ENCRYPTION_KEYS_OLD: `old:${OLD}`, SEAL_CHUNKS: 'on' };
      const turned = withKeys(both);
      const [told] = await Promise.all([
        commandLine({ url, encryptionKey: `young:${YOUNG}`, env }, ['keys', 'rotate-encryption']),
        drain(turned, clock),
      ]);
      expect(told.errors).toBe('');
      expect(told.said).toMatch(/chunk_body\.body/);
      expect(told.said).toMatch(/waiting\.line/);
      expect(told.said).toMatch(/rows of data, were sealed again with the key "young"/);
      expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
      // What changed at the very moment is left to the next try.
      await rotateData(sql, both);
      expect(await rotateData(sql, both)).toEqual({ resealed: 0, unreadable: 0 });
      expect(await keysOf()).toEqual(['young']);
      it.ehr.put(patient('late-p'));
      it.ehr.put(medication('late-m-p'));
      await sync(it, withKeys(only));
      await expectAsClear(it);
    },
  );

  it('reseals the next pages of searches, which go on', async () => {
    const both = await openKeyring({
      ...{ ENCRYPTION_KEY: `young:${YOUNG}`, ENCRYPTION_KEYS_OLD: `old:${OLD}`, SEAL_CHUNKS: 'on' },
    });
    const one = await world.site({
      connection: { export_resource_types: ['Patient'] },
      config: { level: 'search', limits: { requests_per_second: 1000 } },
    });
    one.ehr.load([...'abcdef'].map((id) => patient(id)));
    one.ehr.settings.search = { ...SEARCH, maxCount: 1 };
    const { run_id } = await startRun(deps, { connection_id: one.id, triggered_by: 'test' });
    const keys = async () =>
      await sql`
        select distinct coalesce(sealed_with(next_url), 'clear') as key from crawl_search
        where run_id = ${run_id} and next_url is not null`;
    // The server fails at the third page, so that the search waits at its place.
    one.ehr.faults.push({ on: 'search', skip: 2, do: { status: 503 } });
    for (let n = 0; n < 40 && (await keys()).length === 0; n++) {
      const next = await fetchOne(deps);
      if (next) await runJob(deps, next.name, next.job);
    }
    expect(await keys()).toEqual([{ key: 'old' }]);
    await rotateData(sql, both);
    expect(await keys()).toEqual([{ key: 'young' }]);
    await drain(withKeys(both), clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed', records_loaded: 6 });
  });

  it('that dies goes on where it was, and leaves what does not open', async () => {
    const third = randomBytes(32).toString('base64');
    const two = await openKeyring({
      ...{ ENCRYPTION_KEY: `third:${third}`, ENCRYPTION_KEYS_OLD: `young:${YOUNG}`, SEAL_CHUNKS: 'on' },
    });
    const lost = await openKeyring({ ENCRYPTION_KEY: `third:${third}` });
    const all = (await dataByKey(sql)).filter(({ key }) => key === 'young');
    const sum = all.reduce((total, { rows }) => total + rows, 0);
    expect(await rotateData(sql, lost)).toEqual({ resealed: 0, unreadable: sum });
    let left = 20;
    const dying = new Proxy(sql, {
      apply(target, self, words: unknown[]) {
        const [text] = words;
        if (Array.isArray(text) && String(text[0]).includes('update') && left-- === 0)
          throw new Error('killed');
        return Reflect.apply(target, self, words);
      },
    });
    await expect(rotateData(dying, two)).rejects.toThrow('killed');
    const middle = (await dataByKey(sql)).filter(({ key }) => key === 'third');
    expect(middle.reduce((total, { rows }) => total + rows, 0)).toBe(20);
    const rest = await Promise.all([rotateData(sql, two), rotateData(sql, two)]);
    expect(rest.reduce((total, { resealed }) => total + resealed, 0)).toBe(
      (await dataByKey(sql))
        .filter(({ key }) => key === 'third')
        .reduce((total, { rows }) => total + rows, 0) - 20,
    );
    expect(await keysOf()).not.toContain('young');
  });
});
