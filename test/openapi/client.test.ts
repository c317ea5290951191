/** What the client has besides the operations, against a server and its worker. */
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import {
  ApiProblem,
  createClient,
  each,
  must,
  type ProblemCode,
  type Schemas,
  waitForRun,
} from '../../openapi/client/index.ts';
import { TOKEN } from '../routes/api.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
const app = createApp({ ...world.deps, config: { adminToken: TOKEN } });
const api = createClient({
  baseUrl: 'http://localhost',
  token: TOKEN,
  fetch: async (request) => app.fetch(request, {}),
});
let site: Site;
beforeAll(async () => {
  site = await world.site();
  site.ehr.load([patient('p')]);
  await site.sync();
});
afterAll(() => world.close());

describe('the helpers', () => {
  it('throw a typed problem, with what it says of waiting', async () => {
    const { run_id } = must(
      await api.POST('/api/v1/admin/fhir-connections/{id}/sync', { params: { path: { id: site.id } } }),
    );
    const error = await api
      .POST('/api/v1/admin/fhir-connections/{id}/sync', { params: { path: { id: site.id } } })
      .then(must)
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof ApiProblem)) throw error;
    expectTypeOf(error.code).toEqualTypeOf<ProblemCode>();
    expect(error).toMatchObject({ code: 'sync-already-running', status: 409, retryAfterSeconds: 30 });
    expect(error.detail).toBe(error.message);
    expect(error.detail).not.toBe('');
    const looks: string[] = [];
    const onLook = (run: Schemas['RunDetail']) => looks.push(run.status);
    const waiting = waitForRun(api, { connection_id: site.id, run_id }, { everyMs: 5, onLook });
    await drain(world.deps, world.clock);
    expect((await waiting).status).toBe('completed');
    expect(looks.at(-1)).toBe('completed');
  });

  it.each([
    ['502 with a page', new Response('<p>Bad gateway</p>', { status: 502 })],
    ['200 with nothing', new Response(null, { headers: { 'content-length': '0' } })],
  ])('tell an answer of something else than the API: %s', async (_, response) => {
    const elsewhere = createClient({ baseUrl: 'http://localhost', fetch: async () => response.clone() });
    const asked = elsewhere.GET('/api/v1/admin/sync-runs', {}).then(must);
    await expect(asked).rejects.toThrow(`got status ${response.status} from something else`);
  });

  it('end the waiting, not the run, when they are told to', async () => {
    const run_id = await site.start();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(waitForRun(api, { connection_id: site.id, run_id }, { signal })).rejects.toThrow('enough');
    await drain(world.deps, world.clock);
    expect((await world.sql`select status from run where run_id = ${run_id}`)[0]).toEqual({
      status: 'completed',
    });
  });

  it('ask for a page only when it is needed', async () => {
    let asked = 0;
    const runs = each((page) => {
      asked += 1;
      return api.GET('/api/v1/admin/sync-runs', { params: { query: { ...page, limit: 1 } } });
    });
    await runs.next();
    expect(asked).toBe(1);
    const rest: number[] = [];
    for await (const run of runs) rest.push(run.run_id);
    expect(asked).toBe(rest.length + 1);
  });
});
