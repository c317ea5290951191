import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import { inLongRun } from '../long-run.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { contentOf, sizes } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { cancelRun, retryRun } from '../world/verbs.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  type RunRow,
  runOf,
  type Site,
  type SiteOptions,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

/** A Group of two of four patients, each with an Observation of long ago, synced once. */
async function site(options: SiteOptions = {}): Promise<Site> {
  const { config, ...others } = options;
  const made = await world.site({
    connection: { group_id: 'registry' },
    config: { group_membership: 'request', ...config },
    ...others,
  });
  for (const id of ['a', 'b', 'c', 'd']) made.ehr.load([patient(id), observation(`of-${id}`, id)]);
  made.ehr.group('registry', ['a', 'b']);
  return made;
}

async function synced(options: SiteOptions = {}): Promise<Site> {
  const one = await site(options);
  expect(await one.sync()).toMatchObject({ status: 'completed', mode: 'full', records_loaded: 4 });
  clock.advance(60);
  return one;
}

const members = (one: Site) =>
  sql`
    select fhir_id, is_member, history_run is not null as history from group_members
    where connection_id = ${one.id} order by fhir_id`;
const notices = (run: RunRow) =>
  sql`select code, amount from run_notice where run_id = ${run['run_id']} order by code`;
const kickOffs = (one: Site) =>
  one.ehr.requests
    .filter(({ kind }) => kind === 'kick-off')
    .map(({ method, path }) => {
      const query = new URL(path, 'http://ehr').searchParams;
      return [method, query.get('_elements') ? 'members' : query.get('_since') ? 'since' : 'all'].join(' ');
    });
const person = async (one: Site) => sizes(await contentOf(sql, one.id));

describe('an incremental sync of a Group', () => {
  inLongRun(it)(
    'asks first for its members, and then only for what changed when nobody has joined',
    async () => {
      const one = await synced();
      expect(kickOffs(one)).toEqual(['GET members', 'GET all']);
      one.ehr.put(observation('new', 'a'));
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', mode: 'incremental', records_extracted: 1 });
      expect(kickOffs(one).slice(2)).toEqual(['GET members', 'GET since']);
      expect(await notices(run)).toEqual([]);
      expect(await members(one)).toEqual(
        ['a', 'b'].map((fhir_id) => ({ fhir_id, is_member: true, history: true })),
      );
    },
  );

  it('brings the whole history of who has joined, which is older than the watermark', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'b', 'c']);
    one.ehr.put(observation('new', 'a'));
    const run = await one.sync();
    expect(run).toMatchObject({
      ...{ status: 'completed', mode: 'incremental', records_extracted: 3, records_loaded: 3 },
      records_parked: 0,
    });
    expect(kickOffs(one).slice(2)).toEqual(['GET members', 'POST all', 'GET since']);
    expect(await notices(run)).toEqual([{ code: 'group-members-joined', amount: 1 }]);
    expect(await person(one)).toMatchObject({ person: 3, measurement: 4 });
    // Each export was released on the server before the next was asked for.
    const order = one.ehr.requests
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'kick-off' || kind === 'delete');
    expect(order).toEqual(Array.from({ length: 5 }, () => ['kick-off', 'delete']).flat());
  });

  it('reports who has left and removes nothing; who comes back brings the history of the time between', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a']);
    const left = await one.sync();
    expect(await notices(left)).toEqual([{ code: 'group-members-left', amount: 1 }]);
    expect(await members(one)).toEqual([
      { fhir_id: 'a', is_member: true, history: true },
      { fhir_id: 'b', is_member: false, history: true },
    ]);
    expect(await person(one)).toMatchObject({ person: 2, measurement: 2 });
    clock.advance(60);
    one.ehr.put(observation('meanwhile', 'b'));
    clock.advance(60);
    expect(await one.sync()).toMatchObject({ records_extracted: 0 });
    clock.advance(60);
    one.ehr.group('registry', ['a', 'b']);
    const back = await one.sync();
    expect(back).toMatchObject({ mode: 'incremental', records_loaded: 1, records_unchanged: 2 });
    expect(await person(one)).toMatchObject({ person: 2, measurement: 3 });
  });

  inLongRun(it)('becomes a full one where the server knows no parameter patient, and says so', async () => {
    const one = await synced({ patientParameter: false });
    one.ehr.group('registry', ['a', 'b', 'c']);
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'full', since: null, records_loaded: 2 });
    expect(await notices(run)).toContainEqual({ code: 'group-newcomers-need-full-export', amount: 1 });
    expect(await person(one)).toMatchObject({ person: 3 });
    clock.advance(60);
    expect(await one.sync()).toMatchObject({ mode: 'incremental', records_extracted: 0 });
  });

  inLongRun(it)('goes on without where the server does not export its members, and says so', async () => {
    const one = await synced();
    one.ehr.faults.push({ on: 'kick-off', do: { status: 400 } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'incremental' });
    expect(await notices(run)).toEqual([{ code: 'group-membership-refused', amount: 1 }]);
  });

  inLongRun(it)(
    'switched on for a connection that is in step takes those whose Patient is here for known',
    async () => {
      const one = await site({ config: { group_membership: 'off' } });
      await one.sync();
      await sql`update connection set sync_config = ${sql.json({ allowed_networks: LOOPBACK, group_membership: 'request' })}, updated_at = now() where connection_id = ${one.id}`;
      clock.advance(60);
      one.ehr.group('registry', ['a', 'b', 'd']);
      const run = await one.sync();
      expect(run).toMatchObject({ mode: 'incremental', records_loaded: 2, records_unchanged: 0 });
      expect(await notices(run)).toEqual([{ code: 'group-members-joined', amount: 1 }]);
    },
  );
});

describe('a run that asks for members', () => {
  inLongRun(it)('and fails before the history is here asks for it again in the next', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'b', 'c']);
    // Members: status, then newcomers: the job is lost.
    one.ehr.faults.push({ on: 'status', skip: 1, do: { status: 404 } });
    const failed = await one.sync();
    expect(failed).toMatchObject({ status: 'failed', part: 'newcomers', error_code: 'export-gone' });
    const next = await one.sync();
    expect(next).toMatchObject({ status: 'completed', mode: 'incremental', records_loaded: 2 });
    expect(await person(one)).toMatchObject({ person: 3 });
  });

  inLongRun(it)('and fails can be retried from the part it was at', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'b', 'c']);
    one.ehr.faults.push({ on: 'kick-off', skip: 1, do: { status: 403 } });
    const failed = await one.sync();
    expect(failed).toMatchObject({ status: 'failed', part: 'newcomers', error_code: 'kick-off-refused' });
    await retryRun(world.deps, { connection_id: one.id, run_id: failed['run_id'] });
    await drain(world.deps, clock);
    expect(await runOf(sql, failed['run_id'])).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(kickOffs(one).slice(2)).toEqual(['GET members', 'POST all', 'POST all', 'GET since']);
  });

  inLongRun(it)('and is delivered every job twice ends the same', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'c']);
    const runId = await one.start();
    await drain(world.deps, clock, async () => {
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
        const { name, job } = next;
        await Promise.all([runJob(world.deps, name, job), runJob(world.worker(), name, job)]);
      }
    });
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await members(one)).toEqual([
      { fhir_id: 'a', is_member: true, history: true },
      { fhir_id: 'b', is_member: false, history: true },
      { fhir_id: 'c', is_member: true, history: true },
    ]);
  });

  inLongRun(it)('and is cancelled between two parts leaves nothing on the server', async () => {
    const one = await synced();
    const runId = await one.start();
    for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
      await runJob(world.deps, next.name, next.job);
      if ((await runOf(sql, runId))['part'] === 'main') break;
    }
    await cancelRun(world.deps, { connection_id: one.id, run_id: runId });
    await drain(world.deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'cancelled' });
    expect(await sql`select 1 from finished_export where run_id = ${runId}`).toEqual([]);
    const count = (kind: string) => one.ehr.requests.filter((request) => request.kind === kind).length;
    expect(count('delete')).toBe(count('kick-off'));
  });

  inLongRun(it)('of a server that sends more than Patients reads those, and wants no other', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'c']);
    one.ehr.faults.push(
      {
        on: 'file',
        do: {
          rewrite: (line, index) => (index > 0 ? line : `${line}{"resourceType":"Observation","id":"x"}\n`),
        },
      },
      {
        on: 'status',
        do: {
          manifest: (manifest) => {
            const output = manifest['output'] as { url: string }[];
            const url = new URL('nowhere.ndjson', output[0]?.url).href;
            return { ...manifest, output: [...output, { type: 'Observation', url }] };
          },
        },
      },
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_failed: 0 });
    expect(await notices(run)).toEqual([
      { code: 'group-members-joined', amount: 1 },
      { code: 'group-members-left', amount: 1 },
    ]);
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([]);
  });

  inLongRun(it)('reads the members from a file that is pretty-printed, with CRLF too', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'c']);
    const rewrite = (line: string) =>
      `${JSON.stringify(JSON.parse(line), null, 2)}\n`.replaceAll('\n', '\r\n');
    one.ehr.faults.push({ on: 'file', times: 9, do: { rewrite } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_failed: 0, records_loaded: 2 });
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([]);
    expect(await members(one)).toEqual([
      { fhir_id: 'a', is_member: true, history: true },
      { fhir_id: 'b', is_member: false, history: true },
      { fhir_id: 'c', is_member: true, history: true },
    ]);
  });

  inLongRun(it)('says nobody has left when the list of members cannot be had whole', async () => {
    const one = await synced();
    one.ehr.group('registry', ['a', 'c']);
    one.ehr.faults.push({ on: 'file', times: 2, do: { status: 410 } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed' });
    expect((await notices(run)).map(({ code }) => code)).toEqual(['file-lost']);
    expect((await members(one)).every(({ is_member }) => is_member)).toBe(true);
    const next = await one.sync();
    expect(await notices(next)).toEqual([
      { code: 'group-members-joined', amount: 1 },
      { code: 'group-members-left', amount: 1 },
    ]);
    expect(await person(one)).toMatchObject({ person: 3 });
  });
});

inLongRun(describe)('a server that gives ids of thousands of characters', () => {
  it('is given them back: client, key and Group, whose members are known again', async () => {
    // Random, so that nothing packs them: what an index takes is less.
    const long = (length: number) => randomBytes(length).toString('base64url').slice(0, length);
    const [client, kid, group] = [long(4000), long(2000), `${long(3990)}~|:=%'`];
    const one = await world.site({
      connection: { client_id: client, group_id: group },
      config: { group_membership: 'request', auth: { key_id: kid } },
    });
    one.ehr.registerClient({
      client_id: client,
      jwks: { keys: [{ ...world.publicKey, kid }] },
      scopes: ['system/*.read'],
    });
    for (const id of ['a', 'b']) one.ehr.load([patient(id), observation(`of-${id}`, id)]);
    one.ehr.group(group, ['a']);
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2, error_code: null });
    clock.advance(60);
    one.ehr.group(group, ['a', 'b']);
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'incremental', records_loaded: 2 });
    expect(await notices(run)).toEqual([{ code: 'group-members-joined', amount: 1 }]);
    expect(await members(one)).toHaveLength(2);
  });
});
