/** What a remap would change, before it is done; and starting it, through the API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { inLongRun } from '../long-run.ts';
import { condition, observation, patient } from '../world/record.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';
import { loadRelease } from './release.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const app = createApp({ ...deps, config: { adminToken: 'a-token-for-the-tests' } });
const PATH = '/api/v1/admin/vocabulary/remap';

// biome-ignore lint/suspicious/noExplicitAny: answers are compared with what is expected, not computed with.
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> {
  const answer = await app.request(path, {
    method,
    headers: { authorization: 'Bearer a-token-for-the-tests', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json() };
}

describe('after a new release', () => {
  let site: Site;
  let other: Site;
  beforeAll(async () => {
    site = await world.site({ connection: { site_key: 'north' } });
    site.ehr.load([
      patient('p'),
      condition('a', 'p'),
      condition('b', 'p'),
      condition('lost', 'p', { code: codeable(coding('SNOMED', '59621000')) }),
      condition('found', 'p', { code: codeable(coding('ICD10CM', 'E78.5')) }),
      condition('stays', 'p', { code: codeable(coding('SNOMED', '195967001')) }),
      observation('o', 'p'),
    ]);
    other = await world.site({ connection: { site_key: 'south' } });
    other.ehr.load([patient('p'), condition('a', 'p')]);
    await site.sync();
    await other.sync();
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${other.id}`;
    await loadRelease(deps, (release) => {
      release.move('SNOMED', '44054006', 'Observation');
      release.retire('SNOMED', '59621000');
      release.add(2_000_000_001, 'Condition', 'ICD10CM', 'E78.5');
    });
  });

  it('each code in use that changes is listed with before and after, the most frequent first', async () => {
    const { status, json } = await call('GET', PATH);
    expect(status).toBe(200);
    expect(json.changes_total).toBe(3);
    expect(json.changes[0]).toEqual({
      ...{ kind: 'code', system: 'http://snomed.info/sct', code: '44054006', display: 'Type 2 diabetes' },
      ...{ change: 'domain-moved', domain_move: true, records: 3, chunks: 2, chunks_gone: 1 },
      site_keys: ['north', 'south'],
      before: {
        source_concept_id: 201826,
        concepts: [{ concept_id: 201826, name: 'Type 2 diabetes', domain: 'Condition' }],
        values: [],
      },
      after: {
        source_concept_id: 201826,
        concepts: [{ concept_id: 201826, name: 'Type 2 diabetes', domain: 'Observation' }],
        values: [],
      },
    });
    const others = json.changes.slice(1).map((one: { code: string; change: string; records: number }) => ({
      ...{ code: one.code, change: one.change, records: one.records },
    }));
    expect(others).toHaveLength(2);
    expect(others).toEqual(
      expect.arrayContaining([
        { code: '59621000', change: 'newly-unmapped', records: 1 },
        { code: 'E78.5', change: 'newly-mapped', records: 1 },
      ]),
    );
  });

  it('says which connections need a full sync, since their lines are not kept', async () => {
    const { json } = await call('GET', `${PATH}?limit=1`);
    expect(json.changes).toHaveLength(1);
    expect(json.connections).toEqual([
      {
        ...{
          connection_id: site.id,
          site_key: 'north',
          codes: 3,
          chunks: 1,
          chunks_gone: 0,
          chunks_unknown: 0,
        },
        ...{ records: 4, records_gone: 0, records_to_send_again: 0, needs_full_sync: false },
      },
      {
        ...{
          connection_id: other.id,
          site_key: 'south',
          codes: 1,
          chunks: 1,
          chunks_gone: 1,
          chunks_unknown: 0,
        },
        ...{ records: 0, records_gone: 1, records_to_send_again: 0, needs_full_sync: true },
      },
    ]);
  });

  it('of one connection, or of one that is not there', async () => {
    const { json } = await call('GET', `${PATH}?connection_id=${other.id}`);
    expect(json).toMatchObject({ changes_total: 1, connections: [{ site_key: 'south' }] });
    expect(await call('GET', `${PATH}?connection_id=999`)).toMatchObject({
      status: 404,
      json: { code: 'connection-not-found' },
    });
  });

  it('a remap is started for all that have anything, and refused while a run is live', async () => {
    await world.site({ connection: { site_key: 'never-synced' } });
    const { status, json } = await call('POST', PATH, {});
    expect(status).toBe(202);
    expect(json.skipped).toEqual([]);
    expect(json.started.map((one: { site_key: string }) => one.site_key)).toEqual(['north', 'south']);
    expect(await call('POST', PATH, { connection_id: site.id })).toMatchObject({
      status: 409,
      json: { code: 'sync-already-running' },
    });
    const again = await call('POST', PATH, {});
    expect(again.json.started).toEqual([]);
    expect(again.json.skipped).toMatchObject([
      { site_key: 'north', code: 'sync-already-running' },
      { site_key: 'south', code: 'sync-already-running' },
    ]);
    expect(await call('POST', PATH, { connection_id: 999 })).toMatchObject({ status: 404 });
    const recorded = await sql`
      select object, details from audit_event where action = 'remap.start' order by event_id`;
    const runs = json.started.map((one: { run_id: number }) => one.run_id);
    expect(recorded).toEqual([
      { object: 'vocabulary', details: { runs, all: false } },
      { object: 'vocabulary', details: { runs: [], all: false } },
    ]);
  });

  it('nothing changes any more once it is done, but what a full sync must bring is still said', async () => {
    await drain(deps, clock);
    const { json } = await call('GET', PATH);
    expect(json).toMatchObject({ changes_total: 0, changes: [] });
    const south = () => json.connections.find((one: { site_key: string }) => one.site_key === 'south');
    expect(south()).toMatchObject({ chunks: 0, records_to_send_again: 1, needs_full_sync: true });
    await other.sync({ full: true });
    const after = await call('GET', `${PATH}?connection_id=${other.id}`);
    expect(after.json.connections).toMatchObject([{ records_to_send_again: 0, needs_full_sync: false }]);
  });
});

describe('chunks that were mapped before answers were kept', () => {
  inLongRun(it)('are unknown, and a remap maps all of them again that ask anything', async () => {
    await drain(deps, clock);
    const site = await world.site({ connection: { site_key: 'old' } });
    site.ehr.load([patient('p'), condition('a', 'p'), observation('o', 'p')]);
    await site.sync();
    // As migration 0056 leaves them.
    await sql`
      update chunk_answer a set answers = array['00000000-0000-0000-0000-000000000000'::uuid], resources = array[1]
      from chunk c join run r using (run_id) where c.chunk_id = a.chunk_id and r.connection_id = ${site.id}`;
    await sql`update resource set mapping_version_id = 0 where connection_id = ${site.id}`;
    const report = async () => (await call('GET', `${PATH}?connection_id=${site.id}`)).json;
    expect(await report()).toMatchObject({
      changes: [],
      connections: [{ chunks: 3, chunks_unknown: 3, codes: 0 }],
    });
    await call('POST', PATH, { connection_id: site.id });
    await drain(deps, clock);
    const [run] = await sql`
      select status, records_redriven, records_loaded from run where connection_id = ${site.id} order by run_id desc limit 1`;
    expect(run).toEqual({ status: 'completed', records_redriven: 2, records_loaded: 2 });
    expect(await report()).toMatchObject({ changes: [], connections: [{ chunks: 0, chunks_unknown: 0 }] });
  });
});
