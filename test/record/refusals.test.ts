/** Whoever is not let in, or may not do what they ask for, stands in the record. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CONNECTIONS, DASHBOARD, startApi, type TestApi, TOKEN } from '../routes/api.ts';

let api: TestApi;
let before: number;
beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
});
afterAll(() => api.close());
beforeEach(async () => {
  const [last] = await api.sql<{ id: number }[]>`select coalesce(max(event_id), 0) as id from audit_event`;
  before = last?.id ?? 0;
});

const recorded = () => api.sql`
  select actor, role, action, object, outcome, status, address from audit_event
  where event_id > ${before} order by event_id`;

it('a caller whose role is too low, with what they asked for', async () => {
  const token = await api.tokenOf('viewer');
  before = (await api.sql<{ id: number }[]>`select max(event_id) as id from audit_event`)[0]?.id ?? 0;
  const answer = await api.send('GET', CONNECTIONS, { token, address: '203.0.113.7' });
  expect(answer.status).toBe(403);
  expect(await recorded()).toMatchObject([
    {
      ...{ role: 'viewer', action: 'access.refuse', object: 'list-fhir-connections' },
      ...{ outcome: 'refused', status: 403, address: '203.0.113.7' },
    },
  ]);
});

it('a wrong credential, ten times at most of one address', async () => {
  for (let n = 0; n < 14; n++) {
    await api.send('GET', DASHBOARD, { token: `wrong-${n}`, address: '203.0.113.8' });
    await api.sql`update wrong_credential set locked_until = null`;
  }
  const events = await recorded();
  expect(events).toHaveLength(10);
  expect(events[0]).toEqual({
    ...{ actor: 'nobody', role: null, action: 'credential.refuse', object: 'address 203.0.113.8' },
    ...{ outcome: 'refused', status: 401, address: '203.0.113.8' },
  });
});

it('nobody who is let in, and nobody without a credential', async () => {
  expect((await api.send('GET', DASHBOARD, { token: TOKEN })).status).toBe(200);
  expect((await api.send('GET', DASHBOARD, {})).status).toBe(401);
  expect(await recorded()).toEqual([]);
});
