/** What waits for a second person: asked for by one, done when another has approved it, and by nobody else. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../app/app-env.ts';
import { createTokenInTx } from '../../app/auth/api-tokens.ts';
import { beginSessionInTx, csrfTokenOf } from '../../app/auth/session.ts';
import type { Role } from '../../app/caller.ts';
import { readConfig } from '../../app/config.ts';
import { doOrAsk, type GuardedAction } from '../../app/second-person/guarded.ts';
import { NEEDS, readSecondPerson } from '../../app/second-person/settings.ts';
import { expireApprovalsInTx } from '../../jobs/record/approvals.ts';
import { CONNECTIONS, startApi, type TestApi, TOKEN } from '../routes/api.ts';
import { untilWaitedFor } from '../world/locks.ts';

const APPROVALS = '/api/v1/admin/approvals';
const PATIENT = 'patient-of-the-test';
const SECRET = 'a-new-client-secret';

let now = new Date('2026-11-29T08:00:00Z');
let api: TestApi;
let ada: string;
let bob: string;
beforeAll(async () => {
  const secondPerson = { needs: new Set(NEEDS), hours: 24 };
  api = await startApi({ adminToken: TOKEN, secondPerson, clock: () => now });
  [ada, bob] = [await tokenOf('subject/ada'), await tokenOf('subject/bob')];
});
afterAll(() => api.close());

async function tokenOf(person: string | null, role: Role = 'admin', connections: number[] | null = null) {
  const wanted = { role, connections, note: `of ${person}`, expires_at: null, created_by: 'test', person };
  return (await createTokenInTx(api.sql, wanted, now)).token;
}

/** Asks with a token and a JSON body. */
async function ask(token: string, method: string, path: string, body?: unknown) {
  const json =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return await api.send(method, path, { token, ...json });
}

const aidOf = (answer: { headers: Headers }) =>
  Number(/\/approvals\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1]);

const purgeAt = (id: number) => `${CONNECTIONS}/${id}/purges`;
const purgeBody = { patient_id: PATIENT, reason: 'opt-out', unknown: true };

async function purgeAsked(token = ada): Promise<{ id: number; aid: number }> {
  const id = await api.connect();
  return { id, aid: aidOf(await ask(token, 'POST', purgeAt(id), purgeBody)) };
}

const approve = (token: string, aid: number) => ask(token, 'POST', `${APPROVALS}/${aid}/approve`);
const purges = async (id: number) => (await api.sql`select 1 from purge where connection_id = ${id}`).length;
const stateOf = async (aid: number) => (await ask(bob, 'GET', `${APPROVALS}/${aid}`)).json.state;
const eventsOf = async (object: string) =>
  await api.sql`select action, actor, outcome, status, details from audit_event where object = ${object} order by event_id`;

describe('a purge', () => {
  it('waits for another admin, says where, and is done when one approves, with both names in the record', async () => {
    const id = await api.connect();
    const asked = await ask(ada, 'POST', purgeAt(id), purgeBody);
    const aid = aidOf(asked);
    expect(asked.json).toMatchObject({ status: 409, code: 'second-person-needed' });
    expect(asked.headers.get('location')).toBe(`${APPROVALS}/${aid}`);
    expect(await purges(id)).toBe(0);
    const done = await approve(bob, aid);
    expect(done).toMatchObject({
      status: 200,
      json: { state: 'approved', decided_by: 'api:of subject/bob' },
    });
    const [purge] = await api.sql`select purge_id, requested_by from purge where connection_id = ${id}`;
    expect(purge?.['requested_by']).toBe('api:of subject/ada');
    expect(done.json.result).toBe(`purge/${purge?.['purge_id']}`);
    expect(await eventsOf(`purge/${purge?.['purge_id']}`)).toEqual([
      {
        ...{ action: 'purge.start', actor: 'of subject/bob', outcome: 'done', status: 202 },
        details: {
          ...{ connection_id: id, approval_id: aid },
          ...{ requested_by: 'api:of subject/ada', approved_by: 'api:of subject/bob' },
        },
      },
    ]);
    // Names of tokens are chosen by whoever makes them, so the record has the persons beside them.
    expect(await eventsOf(`approval/${aid}`)).toMatchObject([
      {
        ...{ action: 'approval.ask', status: 409 },
        details: {
          ...{ operation: 'start-purge', object: expect.any(String), shown: expect.any(Object) },
          ...{ requested_person: 'subject/ada', expires_at: '2026-11-30T08:00:00.000Z' },
        },
      },
      {
        action: 'approval.approve',
        details: { requested_person: 'subject/ada', approved_person: 'subject/bob' },
      },
    ]);
  });

  it('is not done when another refuses it at the very moment at which one approves', async () => {
    const { id, aid } = await purgeAsked();
    const approved = await api.sql.begin(async (tx) => {
      await tx`
        update approval set decision = 'refused', decided_by = 'carol', decided_at = ${now}, request_sealed = null
        where approval_id = ${aid}`;
      const answer = approve(bob, aid);
      await untilWaitedFor(api.sql, tx);
      return { answer };
    });
    expect((await approved.answer).json.code).toBe('approval-closed');
    expect(await purges(id)).toBe(0);
    expect(await stateOf(aid)).toBe('refused');
  });

  it('is approved once, and the same answer comes again, when the approval is sent twice with a key', async () => {
    const { id, aid } = await purgeAsked();
    const send = () =>
      api.send('POST', `${APPROVALS}/${aid}/approve`, {
        token: bob,
        headers: { 'idempotency-key': `approval-number-${aid}` },
      });
    const first = await send();
    const again = await send();
    expect(first.status).toBe(200);
    expect(again).toMatchObject({ status: 200, text: first.text });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await purges(id)).toBe(1);
  });

  it('sent again with its Idempotency-Key is told that it waits while it does, then what became of it, and is not asked for twice', async () => {
    const id = await api.connect();
    const send = (key: string) =>
      api.send('POST', purgeAt(id), {
        token: ada,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(purgeBody),
      });
    const waiting = async () => await api.sql`select 1 from approval where connection_id = ${id}`;
    const asked = await send('key-of-a-purge');
    expect((await send('key-of-a-purge')).text).toBe(asked.text);
    expect(await waiting()).toHaveLength(1);
    expect(await approve(bob, aidOf(asked))).toMatchObject({ status: 200 });
    const after = await send('key-of-a-purge');
    expect(after.json.code).toBe('idempotency-answer-lost');
    expect(after.json.detail).toMatch(/approved and done \(purge\/\d+\)/);
    expect([await waiting(), await purges(id)]).toEqual([[expect.anything()], 1]);

    const second = await send('key-of-another');
    await ask(bob, 'POST', `${APPROVALS}/${aidOf(second)}/refuse`);
    const anew = await send('key-of-another');
    expect(anew.json.code).toBe('second-person-needed');
    expect(aidOf(anew)).toBeGreaterThan(aidOf(second));
  });

  it('is not done in the place of another of the same connection, whose text somebody has put in its place', async () => {
    const id = await api.connect();
    const [meant, swapped] = [
      aidOf(await ask(ada, 'POST', purgeAt(id), purgeBody)),
      aidOf(await ask(ada, 'POST', purgeAt(id), { ...purgeBody, patient_id: 'somebody-else' })),
    ];
    await api.sql`
      update approval set request_sealed = (select request_sealed from approval where approval_id = ${swapped})
      where approval_id = ${meant}`;
    expect(await approve(bob, meant)).toMatchObject({ status: 500 });
    expect(await purges(id)).toBe(0);
    expect(await approve(bob, swapped)).toMatchObject({ status: 200 });
  });

  it('is not done where somebody has moved it to another connection', async () => {
    const { id, aid } = await purgeAsked();
    const other = await api.connect();
    await api.sql`update approval set connection_id = ${other} where approval_id = ${aid}`;
    expect((await approve(bob, aid)).status).toBe(500);
    expect([await purges(id), await purges(other)]).toEqual([0, 0]);
  });

  it('that is sent again with its key waits once, as long as the setting says', async () => {
    const secondPerson = { needs: new Set(NEEDS), hours: 2 };
    const strict = await startApi({ adminToken: TOKEN, secondPerson, clock: () => now });
    try {
      const id = await strict.connect();
      const wanted = { role: 'admin' as const, connections: null, note: 'ada', expires_at: null };
      const made = { ...wanted, created_by: 'test', person: 'subject/ada' };
      const { token } = await createTokenInTx(strict.sql, made, now);
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-the-test' };
      const sent = { token, headers, body: JSON.stringify(purgeBody) };
      const [first, again] = [
        await strict.send('POST', purgeAt(id), sent),
        await strict.send('POST', purgeAt(id), sent),
      ];
      expect(first.json.detail).toContain(new Date(now.getTime() + 2 * 3_600_000).toISOString());
      expect(again).toMatchObject({ status: 409, text: first.text });
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect(await strict.sql`select 1 from approval`).toHaveLength(1);
    } finally {
      await strict.close();
    }
  });

  it('names the patient to who is to approve it, records that, and nowhere else', async () => {
    const { aid } = await purgeAsked();
    expect((await ask(bob, 'GET', APPROVALS)).text).not.toContain(PATIENT);
    expect((await ask(bob, 'GET', `${APPROVALS}/${aid}`)).json).toMatchObject({ patient_id: PATIENT });
    expect((await eventsOf(`approval/${aid}`)).at(-1)).toMatchObject({ action: 'approval.read' });
    const [row] = await api.sql`select t::text as text from approval t where approval_id = ${aid}`;
    expect(row?.['text']).not.toContain(PATIENT);
    expect(JSON.stringify(await eventsOf(`approval/${aid}`))).not.toContain(PATIENT);
    await approve(bob, aid);
    expect((await ask(bob, 'GET', `${APPROVALS}/${aid}`)).json).toMatchObject({ patient_id: null });
    const [after] = await api.sql`select request_sealed from approval where approval_id = ${aid}`;
    expect(after?.['request_sealed']).toBeNull();
  });

  it('is refused at once where it could not be done, and nothing waits', async () => {
    const id = await api.connect();
    const answer = await ask(ada, 'POST', purgeAt(id), { ...purgeBody, unknown: false });
    expect(answer.json.code).toBe('patient-unknown');
    expect(await api.sql`select 1 from approval where connection_id = ${id}`).toEqual([]);
  });

  it('is void when the patient was merged with another meanwhile, since it would take out both', async () => {
    const { id, aid } = await purgeAsked();
    await api.sql`
      with came as (
        insert into resource (connection_id, resource_type, fhir_id, content_hash, mapping_version_id, outcome,
          position, chunk_id, chunk_line, first_run, last_run)
        values (${id}, 'Patient', 'another', '', 1, 'loaded', 0, 1, 0, 1, 1)
        returning resource_key
      )
      insert into patient_link (resource_key, connection_id, replaced_id, survivor_id)
      select resource_key, ${id}, 'another', ${PATIENT} from came`;
    expect((await approve(bob, aid)).json).toMatchObject({ status: 409, code: 'approval-outdated' });
    expect(await stateOf(aid)).toBe('outdated');
    expect(await purges(id)).toBe(0);
    expect((await eventsOf(`approval/${aid}`)).at(-1)).toMatchObject({ action: 'approval.outdate' });
  });

  it('is done once, whoever approves it twice or at once', async () => {
    const { id, aid } = await purgeAsked();
    const answers = await Promise.all([approve(bob, aid), approve(bob, aid), approve(bob, aid)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('approval-closed');
    expect(await purges(id)).toBe(1);
  });

  it('can be refused, also by who asked, and is then forgotten', async () => {
    const { id, aid } = await purgeAsked();
    const refused = await ask(ada, 'POST', `${APPROVALS}/${aid}/refuse`);
    expect(refused.json).toMatchObject({ state: 'refused', decided_by: 'api:of subject/ada' });
    expect((await approve(bob, aid)).json.code).toBe('approval-closed');
    expect((await ask(bob, 'POST', `${APPROVALS}/${aid}/refuse`)).json.code).toBe('approval-closed');
    expect(await purges(id)).toBe(0);
  });

  it('waits no longer than a day: then it is closed, recorded and forgotten', async () => {
    const { id, aid } = await purgeAsked();
    const before = now;
    now = new Date(now.getTime() + 24 * 3_600_000);
    try {
      expect((await approve(bob, aid)).json.code).toBe('approval-closed');
      expect(await stateOf(aid)).toBe('expired');
      await api.sql.begin((tx) => expireApprovalsInTx(tx, now));
      const [row] = await api.sql`select decision, request_sealed from approval where approval_id = ${aid}`;
      expect(row).toEqual({ decision: 'expired', request_sealed: null });
      expect((await eventsOf(`approval/${aid}`)).at(-1)).toMatchObject({ action: 'approval.expire' });
      expect(await purges(id)).toBe(0);
    } finally {
      now = before;
    }
  });

  it('can be approved until the last moment', async () => {
    const { aid } = await purgeAsked();
    const before = now;
    now = new Date(now.getTime() + 24 * 3_600_000 - 1);
    expect((await approve(bob, aid)).status).toBe(200);
    now = before;
  });
});

describe('who asked', () => {
  const sessionOf = async (person: string) => {
    const target = person;
    const who = { name: 'somebody', role: 'admin' as const, connections: null, target };
    return await api.sql.begin((tx) => beginSessionInTx(tx, who, now));
  };
  const approveBy = async (session: string, aid: number) =>
    await api.send('POST', `http://localhost${APPROVALS}/${aid}/approve`, {
      headers: {
        ...{ cookie: `fos-session=${session}`, 'x-csrf-token': csrfTokenOf(session) },
        ...{ origin: 'http://localhost', 'sec-fetch-site': 'same-origin' },
      },
    });

  it('cannot approve it: not by the same token, nor by another, nor by a session', async () => {
    const { id, aid } = await purgeAsked();
    const another = await tokenOf('subject/ada');
    for (const token of [ada, another]) {
      expect((await approve(token, aid)).json).toMatchObject({ status: 403, code: 'second-person-same' });
    }
    expect((await approveBy(await sessionOf('subject/ada'), aid)).json.code).toBe('second-person-same');
    expect(await purges(id)).toBe(0);
    expect((await eventsOf(`approval/${aid}`)).filter(({ outcome }) => outcome === 'refused')).toHaveLength(
      3,
    );
    expect((await approveBy(await sessionOf('subject/bob'), aid)).status).toBe(200);
  });

  it('cannot approve it by a token that their token has made', async () => {
    const { aid } = await purgeAsked();
    const made = await ask(ada, 'POST', '/api/v1/admin/tokens', { role: 'admin', note: 'bob, honestly' });
    expect((await approve(made.json.token, aid)).json.code).toBe('second-person-same');
    expect(made.json).not.toHaveProperty('person');
  });

  it('cannot approve it under the name that another authority knows them by', async () => {
    const { aid } = await purgeAsked();
    expect((await approve(await tokenOf('os/ada'), aid)).json.code).toBe('second-person-same');
  });

  it.each(['admin-token', 'token of nobody', 'one-time address'])(
    'must be known, and so must who approves: %s',
    async (credential) => {
      const nobody = credential === 'admin-token' ? TOKEN : await tokenOf(null);
      const { aid } = await purgeAsked();
      const answer =
        credential === 'one-time address'
          ? await approveBy(await sessionOf('first-start'), aid)
          : await approve(nobody, aid);
      expect(answer.json).toMatchObject({ status: 403, code: 'second-person-unknown' });
      const id = await api.connect();
      expect((await ask(nobody, 'POST', purgeAt(id), purgeBody)).json.code).toBe('second-person-unknown');
      expect(await purges(id)).toBe(0);
    },
  );

  it('is told that there is no such approval where it is of a connection that they may not see', async () => {
    const { id, aid } = await purgeAsked();
    const elsewhere = await tokenOf('subject/eve', 'admin', [id + 1000]);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/approve'],
      ['POST', '/refuse'],
    ] as const) {
      expect((await ask(elsewhere, method, `${APPROVALS}/${aid}${path}`)).json.code).toBe(
        'approval-not-found',
      );
    }
    expect((await ask(elsewhere, 'GET', APPROVALS)).json.items).toEqual([]);
    const theirs = await tokenOf('subject/eve', 'admin', [id]);
    expect((await approve(theirs, aid)).status).toBe(200);
  });
});

describe('a change of where credentials go', () => {
  const connect = () => api.connect({ client_secret: 'the-old-secret' });
  const settings = async (id: number) => (await api.call('GET', `${CONNECTIONS}/${id}`)).json;

  it.each([
    { fhir_base_url: 'https://other.example/fhir' },
    { token_endpoint: 'https://other.example/token' },
    { jwks_url: 'https://other.example/jwks.json' },
    { sync_config: { auth: { audience: 'https://ehr.example/aud' } } },
    { sync_config: { token_hosts: ['files.example'] } },
    { sync_config: { allow_http: true } },
  ])('waits, and is done as it was asked for: %o', async (change) => {
    const id = await connect();
    const before = await settings(id);
    const asked = await ask(ada, 'PUT', `${CONNECTIONS}/${id}`, { ...change, client_secret: SECRET });
    expect(asked.json.code).toBe('second-person-needed');
    expect(await settings(id)).toEqual(before);
    const aid = aidOf(asked);
    const shown = await ask(bob, 'GET', `${APPROVALS}/${aid}`);
    expect(shown.json).toMatchObject({ need: 'endpoint', shown: { secrets: { client_secret: 'set' } } });
    expect(shown.text).not.toContain(SECRET);
    expect((await approve(bob, aid)).json).toMatchObject({ state: 'approved', result: `connection/${id}` });
    expect(await settings(id)).toMatchObject({ ...change, has_client_secret: true, credentials_cleared: [] });
    expect((await eventsOf(`connection/${id}`)).at(-1)).toMatchObject({
      action: 'connection.update',
      details: {
        requested_by: 'api:of subject/ada',
        approved_by: 'api:of subject/bob',
        client_secret: 'set',
      },
    });
  });

  it('is void when somebody has changed the connection meanwhile', async () => {
    const id = await connect();
    const asked = await ask(ada, 'PUT', `${CONNECTIONS}/${id}`, {
      token_endpoint: 'https://other.example/t',
    });
    expect((await ask(ada, 'PUT', `${CONNECTIONS}/${id}`, { site_name: 'Renamed' })).status).toBe(200);
    expect((await approve(bob, aidOf(asked))).json.code).toBe('approval-outdated');
    expect((await settings(id)).token_endpoint).toBeNull();
  });

  it('is void when somebody changes the connection at that very moment', async () => {
    const id = await connect();
    const asked = await ask(ada, 'PUT', `${CONNECTIONS}/${id}`, {
      token_endpoint: 'https://other.example/t',
    });
    const approved = await api.sql.begin(async (tx) => {
      await tx`update connection set site_name = 'Renamed' where connection_id = ${id}`;
      const answer = approve(bob, aidOf(asked));
      await untilWaitedFor(api.sql, tx);
      return { answer };
    });
    expect((await approved.answer).json.code).toBe('approval-outdated');
    expect((await settings(id)).token_endpoint).toBeNull();
  });

  it('is the only change that waits', async () => {
    const id = await connect();
    const change = { site_name: 'Another name', client_secret: 'another-secret' };
    expect((await ask(ada, 'PUT', `${CONNECTIONS}/${id}`, change)).status).toBe(200);
    expect((await api.call('PUT', `${CONNECTIONS}/${id}`, { is_active: false })).status).toBe(200);
  });
});

describe('what else cannot be undone', () => {
  async function reconciled(): Promise<{ id: number; run: number }> {
    const id = await api.connect();
    const [run] = await api.sql<[{ run_id: number }]>`
      insert into run (connection_id, kind, mode, status, triggered_by, created_at, finished_at)
      values (${id}, 'export', 'full', 'completed', 'test', now(), now()) returning run_id`;
    await api.sql`
      insert into reconciliation (run_id, connection_id, compared_at, types, types_missing, stored, vanished, obstacles, doubts)
      values (${run.run_id}, ${id}, now(), '{}', '{}', 5, 1, '{}', '{}')`;
    return { id, run: run.run_id };
  }

  it('is the removal of what vanished, which an operator may ask for and an admin approve', async () => {
    const { id, run } = await reconciled();
    const operator = await tokenOf('subject/olga', 'operator');
    const path = `${CONNECTIONS}/${id}/reconciliations/${run}/confirm`;
    const asked = await ask(operator, 'POST', path, { vanished: 1 });
    expect(asked.json.code).toBe('second-person-needed');
    expect((await approve(await tokenOf('subject/otto', 'operator'), aidOf(asked))).json.code).toBe(
      'forbidden',
    );
    const done = await approve(bob, aidOf(asked));
    const [removal] =
      await api.sql`select removal_run, confirmed_by from reconciliation where run_id = ${run}`;
    expect(done.json.result).toBe(`run/${removal?.['removal_run']}`);
    expect(removal?.['confirmed_by']).toBe('api:of subject/olga');
  });

  it('is void when another full export came meanwhile', async () => {
    const { id, run } = await reconciled();
    const path = `${CONNECTIONS}/${id}/reconciliations/${run}/confirm`;
    const asked = await ask(ada, 'POST', path, { vanished: 1 });
    await api.sql`
      insert into run (connection_id, kind, mode, status, triggered_by, created_at, finished_at)
      values (${id}, 'export', 'full', 'completed', 'test', now(), now())`;
    expect((await approve(bob, aidOf(asked))).json.code).toBe('reconciliation-outdated');
    expect(await api.sql`select 1 from run where connection_id = ${id} and kind = 'removal'`).toEqual([]);
  });

  it('is the deletion of a connection with what it loaded, and not of one that loaded nothing', async () => {
    const { id } = await reconciled();
    const asked = await ask(ada, 'DELETE', `${CONNECTIONS}/${id}?force=true`);
    expect(asked.json.code).toBe('second-person-needed');
    expect(await api.sql`select is_active from connection where connection_id = ${id}`).toEqual([
      { is_active: true },
    ]);
    expect((await approve(bob, aidOf(asked))).json.result).toMatch(/^run\/\d+$/);
    expect(await api.sql`select 1 from run where connection_id = ${id} and kind = 'deletion'`).toHaveLength(
      1,
    );
    const empty = await api.connect();
    expect((await ask(ada, 'DELETE', `${CONNECTIONS}/${empty}`)).status).toBe(204);
  });
});

it('an action that could not be tried out is not done instead', async () => {
  const config = { secondPerson: { needs: new Set(NEEDS), hours: 24 } };
  const c = { var: { services: { sql: api.sql, config } } } as unknown as Context<AppEnv>;
  let tries = 0;
  const action: GuardedAction<unknown, number> = {
    ...{ operation: 'x', need: 'purge', request: z.unknown() },
    run: async () => {
      if (tries++ === 0) throw new Error('this time only');
      return tries;
    },
    asks: () => undefined,
    concerns: async () => null,
    resultOf: String,
  };
  await expect(doOrAsk(c, action, {})).rejects.toThrow('this time only');
  expect(tries).toBe(1);
});

describe('the setting', () => {
  it('is off by default, and then nothing waits', async () => {
    expect(readConfig({}).secondPerson.needs.size).toBe(0);
    const plain = await startApi({ adminToken: TOKEN });
    try {
      const id = await plain.connect();
      expect((await plain.call('POST', purgeAt(id), purgeBody)).status).toBe(202);
      expect(await plain.sql`select 1 from approval`).toEqual([]);
      expect(await plain.sql`select details from audit_event where action = 'purge.start'`).toEqual([
        { details: { connection_id: id } },
      ]);
    } finally {
      await plain.close();
    }
  });

  it('turns on each need by itself, and refuses words that are none', () => {
    expect([...readSecondPerson({ REQUIRE_SECOND_PERSON: 'purge, endpoint' }).needs]).toEqual([
      'purge',
      'endpoint',
    ]);
    expect(readSecondPerson({ SECOND_PERSON_HOURS: '2' }).hours).toBe(2);
    for (const env of [{ REQUIRE_SECOND_PERSON: 'purge,all' }, { SECOND_PERSON_HOURS: '0' }]) {
      expect(() => readSecondPerson(env)).toThrow(/REQUIRE_SECOND_PERSON|SECOND_PERSON_HOURS/);
    }
  });

  it('lets no more than twenty requests of one person wait, whatever their tokens, and those of others still', async () => {
    await api.sql`delete from approval`;
    const id = await api.connect();
    const answers = [];
    for (let n = 0; n < 21; n++) answers.push((await ask(ada, 'POST', purgeAt(id), purgeBody)).json.code);
    expect(answers.filter((code) => code === 'second-person-needed')).toHaveLength(20);
    expect(answers.at(-1)).toBe('too-many-approvals');
    const another = await tokenOf('subject/ada');
    expect((await ask(another, 'POST', purgeAt(id), purgeBody)).json).toMatchObject({
      code: 'too-many-approvals',
      detail: expect.stringMatching(/^20 requests of yours wait/),
    });
    expect((await ask(bob, 'POST', purgeAt(id), purgeBody)).json.code).toBe('second-person-needed');
  });

  it('lets no more than a hundred requests wait, and room is made by what expires', async () => {
    await api.sql`delete from approval`;
    const id = await api.connect();
    await api.sql`
      insert into approval (connection_id, operation, need, object, shown, request_sealed, requested_by,
        requested_person, requested_at, expires_at)
      select ${id}, 'start-purge', 'purge', 'x', '{}', 'v2.x', 'x', 'os/x', ${now}, ${now}::timestamptz + interval '1 hour'
      from generate_series(1, 100)`;
    expect((await ask(ada, 'POST', purgeAt(id), purgeBody)).json).toMatchObject({
      code: 'too-many-approvals',
      detail: expect.stringMatching(/^100 requests wait/),
    });
    await api.sql`update approval set expires_at = ${now} where approval_id = (select min(approval_id) from approval)`;
    expect((await ask(ada, 'POST', purgeAt(id), purgeBody)).json.code).toBe('second-person-needed');
  });
});
