import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../jobs/step/deps.ts';
import { openDisk } from '../../jobs/step/disk.ts';
import { tick } from '../../jobs/tick.ts';
import { buryJob, runJob } from '../../jobs/workers.ts';
import {
  bundle,
  concepts,
  temporaryFolder,
  vocabularies,
  writeFolder,
  writeZip,
} from '../vocabulary/bundle.ts';
import { untilWaitedFor, WAIT } from '../world/locks.ts';
import { type Answer, startApi, type TestApi, TOKEN } from './api.ts';

const LOADS = '/api/v1/admin/vocabulary/loads';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let elsewhere: Awaited<ReturnType<typeof temporaryFolder>>;
let api: TestApi;
beforeAll(async () => {
  folder = await temporaryFolder();
  elsewhere = await temporaryFolder();
  api = await startApi({ adminToken: TOKEN, vocabularyDir: folder.path });
});
afterAll(async () => {
  await api.close();
  await folder.remove();
  await elsewhere.remove();
});

const ask = (path: string): Promise<Answer> => api.call('POST', LOADS, { path });
const seen = async (loadId: number) => (await api.call('GET', `${LOADS}/${loadId}`)).json;
const work = (deps: Deps = api.deps) => tick(deps, () => false);
const currentVersion = async () =>
  (await api.sql`select version from vocabulary_release where is_current`)[0]?.['version'];
const release = (version: string) =>
  bundle({
    'CONCEPT.csv': concepts(`201826|Name in ${version}|Condition|SNOMED|Disorder|S|44054006|`),
    'VOCABULARY.csv': vocabularies(version),
  });
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

describe('a load by API', () => {
  it('is queued, done by a worker, and told with its release and warnings', async () => {
    const zip = await writeZip(folder.path, release('by api'));
    const asked = await ask(nameOf(zip));
    expect(asked).toMatchObject({
      status: 202,
      json: { path: nameOf(zip), state: 'queued', rows: 0, fraction: 0, release_id: null, error: null },
    });
    const { load_id } = asked.json;
    expect(asked.headers.get('location')).toBe(`${LOADS}/${load_id}`);
    await work();
    const loaded = await seen(load_id);
    expect((await api.call('GET', '/api/v1/vocabulary/search?q=name')).json).toMatchObject({
      index: 'ready',
      items: [{ concept: { concept_id: 201826 } }],
    });
    expect(loaded).toMatchObject({
      ...{ load_id, state: 'loaded', step: null, rows: 2 + 1 + 2, fraction: 1, error: null },
      ...{ requested_by: 'api:admin', seconds: expect.any(Number), finished_at: expect.any(String) },
    });
    expect(loaded.warnings).toContainEqual(expect.stringContaining('DOMAIN.csv'));
    expect(
      await api.sql`select version, source from vocabulary_release where release_id = ${loaded.release_id}`,
    ).toMatchObject([{ version: 'by api', source: nameOf(zip) }]);
    expect(
      await api.sql`select action, actor, status from audit where target = ${`vocabulary-load/${load_id}`} order by audit_id`,
    ).toMatchObject([
      { action: 'vocabulary.load', actor: 'admin', status: 202 },
      { action: 'vocabulary.loaded', actor: 'worker', status: null },
    ]);
  });

  it('takes a folder too, and a path that is written out', async () => {
    const one = await writeFolder(folder.path, release('from a folder'));
    const { json } = await ask(nameOf(one));
    await work();
    expect(await seen(json.load_id)).toMatchObject({ state: 'loaded' });
    const two = await ask(await writeFolder(folder.path, release('written out')));
    expect(two.status).toBe(202);
    expect(two.json.path).not.toContain(folder.path);
    await work();
    expect(await currentVersion()).toBe('written out');
  });

  it('that fails says file and line, leaves the old release, and the next may begin', async () => {
    const before = await currentVersion();
    const bad = release('bad');
    const source = await writeFolder(folder.path, { ...bad, 'CONCEPT.csv': `${bad['CONCEPT.csv']}SECRET\n` });
    const { json } = await ask(nameOf(source));
    await work();
    const failed = await seen(json.load_id);
    expect(failed).toMatchObject({
      ...{ state: 'failed', release_id: null },
      error: {
        code: 'vocabulary-line',
        message: expect.stringMatching(/CONCEPT.csv, line 4, column concept_id: expected a value/),
      },
    });
    expect(JSON.stringify(failed)).not.toContain('SECRET');
    expect(await currentVersion()).toBe(before);
    const next = await ask(nameOf(await writeFolder(folder.path, release('after a bad one'))));
    expect(next.status).toBe(202);
    await work();
    expect(await currentVersion()).toBe('after a bad one');
  });

  it('is refused while another is queued, which is named', async () => {
    const source = nameOf(await writeFolder(folder.path, release('first asked')));
    const { json } = await ask(source);
    const second = await ask(source);
    expect(second).toMatchObject({
      status: 409,
      json: {
        code: 'vocabulary-load-running',
        detail: expect.stringContaining(`Load ${json.load_id} is queued`),
      },
    });
    await work();
    expect(await seen(json.load_id)).toMatchObject({ state: 'loaded' });
  });

  it('is listed newest first, in pages', async () => {
    const first = (await api.call('GET', `${LOADS}?limit=2`)).json;
    expect(first.items).toHaveLength(2);
    const second = (await api.call('GET', `${LOADS}?limit=2&cursor=${first.next_cursor}`)).json;
    const ids = [...first.items, ...second.items].map((load) => load.load_id);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
  });

  it('that is not there is no such load', async () => {
    expect(await api.call('GET', `${LOADS}/4711`)).toMatchObject({
      status: 404,
      json: { code: 'vocabulary-load-not-found' },
    });
  });
});

describe('the path', () => {
  it('may not lead out of the folder, whether there is something or not', async () => {
    await writeFolder(elsewhere.path, release('elsewhere'));
    const there = await writeFolder(elsewhere.path, release('elsewhere'));
    for (const path of [
      '..',
      '../..',
      `../${nameOf(elsewhere.path)}`,
      there,
      '/etc/passwd',
      '/etc/nothing',
      'a/../../b',
    ]) {
      expect(await ask(path), path).toMatchObject({ status: 400, json: { code: 'vocabulary-path-refused' } });
    }
    expect(await ask(`${folder.path}-beside`)).toMatchObject({ json: { code: 'vocabulary-path-refused' } });
  });

  it('may not lead out through a link, be it of the folder or of a file in it', async () => {
    const there = await writeFolder(elsewhere.path, release('linked'));
    await symlink(there, join(folder.path, 'link'));
    expect(await ask('link')).toMatchObject({ status: 400, json: { code: 'vocabulary-path-refused' } });
    expect(await ask('link/CONCEPT.csv')).toMatchObject({ json: { code: 'vocabulary-path-refused' } });

    const before = await currentVersion();
    const mixed = await writeFolder(folder.path, { ...release('mixed'), 'CONCEPT.csv': undefined });
    await symlink(join(there, 'CONCEPT.csv'), join(mixed, 'CONCEPT.csv'));
    const { json } = await ask(nameOf(mixed));
    await work();
    expect(await seen(json.load_id)).toMatchObject({
      state: 'failed',
      error: { code: 'vocabulary-path-refused' },
    });
    expect(await currentVersion()).toBe(before);
  });

  it('may be a link that stays in the folder', async () => {
    const real = await writeFolder(folder.path, release('linked within'));
    await symlink(real, join(folder.path, 'latest'));
    const { json } = await ask('latest');
    expect(json.path).toBe(nameOf(real));
    await work();
    expect(await currentVersion()).toBe('linked within');
  });

  it('must be there, and be text without tricks', async () => {
    expect(await ask('nothing.zip')).toMatchObject({
      status: 400,
      json: { code: 'vocabulary-source-missing' },
    });
    expect(await ask('a\0b')).toMatchObject({ status: 400, json: { code: 'text-refused' } });
    expect(await ask('')).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    await writeFile(join(folder.path, 'no.zip'), 'no zip');
    const { json } = await ask('no.zip');
    await work();
    expect(await seen(json.load_id)).toMatchObject({ error: { code: 'vocabulary-source-unreadable' } });
  });

  it('is of no use where the server has no such folder', async () => {
    const without = await startApi();
    expect(await without.call('POST', LOADS, { path: 'x' })).toMatchObject({
      status: 409,
      json: { code: 'vocabulary-dir-not-set', detail: expect.stringContaining('VOCABULARY_DIR') },
    });
    await without.close();
  });
});

describe('the job', () => {
  const queued = async (version: string) => {
    const { json } = await ask(nameOf(await writeFolder(folder.path, release(version))));
    const [job] = await api.queue.boss.fetch<unknown>('sync-vocabulary', {
      includeMetadata: true,
      batchSize: 1,
    });
    if (!job) throw new Error('expected a job');
    return { loadId: Number(json.load_id), job };
  };
  const releases = async () => (await api.sql`select release_id from vocabulary_release`).length;

  it('delivered again loads nothing a second time', async () => {
    const { loadId, job } = await queued('once');
    await runJob(api.deps, 'vocabulary', job);
    const before = await releases();
    await runJob(api.deps, 'vocabulary', job);
    expect(await releases()).toBe(before);
    expect(await seen(loadId)).toMatchObject({ state: 'loaded' });
  });

  it('that lost its claim to another worker leaves nothing of what it loaded', async () => {
    const { loadId, job } = await queued('claim lost');
    const before = await currentVersion();
    await api.sql`update pgboss.job set state = 'retry', start_after = now() where id = ${job.id}`;
    await runJob(api.deps, 'vocabulary', job);
    expect(await currentVersion()).toBe(before);
    expect(await seen(loadId)).toMatchObject({ state: 'running', release_id: null });
    await work();
    expect(await currentVersion()).toBe('claim lost');
    expect(await seen(loadId)).toMatchObject({ state: 'loaded' });
  });

  it('waits for its turn while another load is at work, and says so', async () => {
    const { loadId, job } = await queued('in turn');
    await api.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(7204513378)`;
      await runJob(api.deps, 'vocabulary', job);
    });
    expect(await seen(loadId)).toMatchObject({ state: 'queued', error: { code: 'vocabulary-load-running' } });
    await api.sql`update pgboss.job set start_after = now() where name = 'sync-vocabulary' and state < 'active'`;
    await work();
    expect(await seen(loadId)).toMatchObject({ state: 'loaded', error: null });
  });

  it('waits for room on the disk before it writes anything, and says how much it needs', async () => {
    const { loadId, job } = await queued('roomy');
    const { sql, clock } = api.deps;
    const full = openDisk({ DATA_DIR: folder.path, MIN_FREE_DISK_MB: '1e15' }, { sql, clock });
    await runJob({ ...api.deps, disk: full }, 'vocabulary', job);
    expect(await seen(loadId)).toMatchObject({
      ...{ state: 'queued', rows: 0 },
      error: { code: 'disk-low', message: expect.stringMatching(/MIN_FREE_DISK_MB\), beside 1 MB/) },
    });
    const url = 'postgres://elsewhere/omop';
    const [row] = await sql<
      { bytes: number }[]
    >`select pg_database_size(current_database())::float8 as bytes`;
    const most = (at: number) =>
      openDisk({ DATABASE_URL: url, MAX_DATABASE_GB: `${at / 1024 ** 3}` }, { sql, clock });
    // Room for what is there, also when vacuum adds pages meanwhile, and not for what comes.
    const tight = most((row?.bytes ?? 0) + 100_000_000);
    await tight.check();
    await expect(tight.check(1_000_000_000)).rejects.toMatchObject({ code: 'disk-low' });
    await api.sql`update pgboss.job set start_after = now() where name = 'sync-vocabulary' and state < 'active'`;
    await work({ ...api.deps, disk: most(1e15) });
    expect(await seen(loadId)).toMatchObject({ state: 'loaded', error: null });
  });

  it('tells how far it is while nobody yet sees the release, also where that is told while it writes', async () => {
    const { loadId, job } = await queued('seen on its way');
    const before = await currentVersion();
    // The first of its notes waits, until all that follow it have been told.
    await api.sql.unsafe(`
      create function hold() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
      create trigger hold before update on vocabulary_load for each row when (new.step = 'copy') execute function hold()`);
    let running: Promise<void> = Promise.resolve();
    await api.sql.begin(async (reader) => {
      await reader`select count(*) from concept`;
      await api.sql.begin(async (holder) => {
        await holder`select pg_advisory_xact_lock(4711)`;
        running = runJob(api.deps, 'vocabulary', job);
        await untilWaitedFor(api.sql, reader);
      });
      // With a pause between: once the API only refuses, at once, nothing else of this process would have a turn.
      await expect.poll(async () => (await seen(loadId)).step, WAIT).toBe('swap');
      expect(await seen(loadId)).toMatchObject({ state: 'running', fraction: 1, rows: 5, release_id: null });
      expect(await currentVersion()).toBe(before);
    });
    await running;
    expect(await currentVersion()).toBe('seen on its way');
  });

  it('that killed its workers again and again fails, and says so', async () => {
    const { loadId, job } = await queued('deadly');
    await buryJob(api.deps, job.data);
    expect(await seen(loadId)).toMatchObject({ state: 'failed', error: { code: 'step-abandoned' } });
    await mkdir(join(folder.path, 'later'));
    expect((await ask('later')).status).toBe(202);
    await runJob(api.deps, 'vocabulary', job);
    expect(await seen(loadId)).toMatchObject({ state: 'failed' });
    await work();
  });
});
