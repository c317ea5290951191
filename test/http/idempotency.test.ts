import { afterAll, describe, expect, it } from 'vitest';
import { createTokenInTx } from '../../app/auth/api-tokens.ts';
import { CONNECTIONS, startApi, TOKEN } from '../routes/api.ts';

let now = new Date('2026-11-29T08:00:00Z');
const api = await startApi({ adminToken: TOKEN, clock: () => now });
afterAll(() => api.close());
const { sql } = api;

const KEY = '0b6a1f0e-6a54-4b0b-9d1e-2f6c3a7c7c11';
let keys = 0;
const newKey = () => `key-number-${++keys}`;
const start = (id: number, key: string, body = '{}', token = TOKEN) =>
  api.send('POST', `${CONNECTIONS}/${id}/sync`, {
    token,
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body,
  });
const runsOf = async (id: number) =>
  (await sql`select count(*)::int as n from run where connection_id = ${id}`)[0]?.['n'];

describe('a request with an Idempotency-Key', () => {
  it('is answered again as it was when it is sent again, and starts nothing', async () => {
    const id = await api.connect();
    const first = await start(id, KEY);
    expect(first.status).toBe(202);
    const again = await start(id, KEY);
    expect(again.status).toBe(202);
    expect(again.text).toBe(first.text);
    for (const name of ['location', 'content-type']) {
      expect(first.headers.get(name)).not.toBeNull();
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await runsOf(id)).toBe(1);
    // Without a key it is another sync.
    expect((await start(id, newKey())).json.code).toBe('sync-already-running');
  });

  it('is refused with 422 when the key belongs to another request', async () => {
    const [one, other] = [await api.connect(), await api.connect()];
    const key = newKey();
    expect((await start(one, key)).status).toBe(202);
    for (const answer of [await start(other, key), await start(one, key, '{"force_full":true}')]) {
      expect(answer.status).toBe(422);
      expect(answer.json.code).toBe('idempotency-key-reused');
    }
    expect(await runsOf(other)).toBe(0);
  });

  it('has nothing to do with the same key of another caller', async () => {
    const [one, other] = [await api.connect(), await api.connect()];
    const key = newKey();
    expect((await start(one, key)).status).toBe(202);
    expect((await start(other, key, '{}', await api.tokenOf('operator'))).status).toBe(202);
  });

  it.each([
    ['was let in otherwise', { note: 'admin', person: null }, TOKEN],
    ['has another name', { note: 'ada', person: null }, { note: 'bob', person: null }],
    ['is another person', { note: 'ada', person: 'subject/1' }, { note: 'ada', person: 'subject/2' }],
  ])('has nothing to do with a caller who %s, and is alike in all else', async (_, first, second) => {
    const [one, other] = [await api.connect(), await api.connect()];
    const key = newKey();
    const tokenOf = async (who: string | { note: string; person: string | null }) => {
      if (typeof who === 'string') return who;
      const wanted = {
        role: 'admin' as const,
        connections: null,
        expires_at: null,
        created_by: 'test',
        ...who,
      };
      return (await createTokenInTx(sql, wanted, now)).token;
    };
    expect((await start(one, key, '{}', await tokenOf(first))).status).toBe(202);
    expect((await start(other, key, '{}', await tokenOf(second))).status).toBe(202);
  });

  it('has nothing to do with a caller who is called the same and may do less', async () => {
    const [one, other] = [await api.connect(), await api.connect()];
    const key = newKey();
    const remap = (token: string) =>
      api.send('POST', '/api/v1/admin/vocabulary/remap', {
        token,
        headers: { 'idempotency-key': key, 'content-type': 'application/json' },
        body: '{}',
      });
    // Both have a run, which is live: they are named as left out.
    for (const id of [one, other]) expect((await start(id, newKey())).status).toBe(202);
    await sql`update run set status = 'exporting' where connection_id = any (${[one, other]})`;
    await sql`insert into vocabulary_release (version, source, concepts, relationships) values ('v5', 'test', 0, 0)`;
    const all = await remap(await api.tokenOf('mapper'));
    expect(all.text).toContain(`"connection_id":${other}`);
    // Also the same person, from whom connections have been taken since.
    const some = await remap(await api.tokenOf('mapper', [one]));
    expect(some.text).not.toContain(`"connection_id":${other}`);
    expect(some.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is answered again also where the answer names no place', async () => {
    await sql`
      insert into concept (concept_id, concept_name, domain_id, vocabulary_id, concept_class_id, standard_concept,
        concept_code, valid_start_date, valid_end_date)
      values (10, 'Glucose', 'Measurement', 'LOINC', 'Lab Test', 'S', '2345-7', '1970-01-01', '2099-12-31')`;
    const [{ code_id }] = await sql<[{ code_id: number }]>`
      insert into source_code (system, code, display) values ('urn:house', 'GLU', 'Glucose') returning code_id`;
    await sql`
      insert into unmapped_summary (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
      values (${await api.connect()}, ${code_id}, 'Observation', 'code', 9, 9, 1, 1)`;
    const map = {
      token: TOKEN,
      headers: { 'idempotency-key': newKey(), 'content-type': 'application/json' },
      body: '{"target_concept_id":10}',
    };
    const path = `/api/v1/admin/vocabulary/unmapped/${code_id}/map`;
    const [first, again] = [await api.send('POST', path, map), await api.send('POST', path, map)];
    expect(first.status, first.text).toBe(201);
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect([first, again].map(({ headers }) => headers.get('location'))).toEqual([null, null]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('starts one run when it is sent several times at once', async () => {
    const id = await api.connect();
    const key = newKey();
    const answers = await Promise.all([start(id, key), start(id, key), start(id, key)]);
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    for (const { status, json, headers } of answers) {
      if (status === 202) continue;
      expect(json.code).toBe('idempotency-key-busy');
      expect(headers.get('retry-after')).toBe('2');
    }
    expect(await runsOf(id)).toBe(1);
  });

  it('that is answered without content is so again', async () => {
    const id = await api.connect();
    const key = newKey();
    const remove = () =>
      api.send('DELETE', `${CONNECTIONS}/${id}`, { token: TOKEN, headers: { 'idempotency-key': key } });
    expect((await remove()).status).toBe(204);
    const again = await remove();
    expect(again).toMatchObject({ status: 204, text: '' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is another request with another query, and with its query as its body', async () => {
    const path = `${CONNECTIONS}/${await api.connect()}`;
    const key = newKey();
    const remove = async (query: string, body?: string) => {
      const headers = { 'idempotency-key': key, 'content-type': 'application/json' };
      const given = { token: TOKEN, headers, ...(body ? { body } : {}) };
      const { status, json } = await api.send('DELETE', `${path}${query}`, given);
      return status === 204 ? 'deleted' : json.code;
    };
    expect(await remove('', '?force=true')).toBe('deleted');
    expect(await remove('', '?force=true')).toBe('deleted');
    expect(await remove('?force=true')).toBe('idempotency-key-reused');
    expect(await remove('?force=true', '?force=true')).toBe('idempotency-key-reused');
    expect(await remove('')).toBe('idempotency-key-reused');
  });

  it('that was refused may be sent again, and is judged anew', async () => {
    const id = await api.connect({ is_active: false });
    const key = newKey();
    expect((await start(id, key)).json.code).toBe('connection-inactive');
    await sql`update connection set is_active = true where connection_id = ${id}`;
    expect((await start(id, key)).status).toBe(202);
  });

  it('whose process died before it did anything is carried out by the next try', async () => {
    const id = await api.connect();
    const key = newKey();
    expect((await start(id, key)).status).toBe(202);
    // As it is when the process dies between taking the key and its work.
    await sql`delete from run where connection_id = ${id}`;
    await sql`
      update idempotency_key set status = null, headers = null, body = null, request_id = 'of-nothing'
      where begun_at = (select max(begun_at) from idempotency_key) and status is not null
        and body like ${`%"connection_id":${id},%`}`;
    now = new Date(now.getTime() + 149_999);
    expect((await start(id, key)).json.code).toBe('idempotency-key-busy');
    now = new Date(now.getTime() + 1);
    for (const { status, json } of await Promise.all([1, 2, 3].map(() => start(id, key)))) {
      if (status !== 202) expect(json.code).toBe('idempotency-key-busy');
    }
    expect(await runsOf(id)).toBe(1);
    // The next try stands in the first one's place: where its process dies too, what it did is not done again.
    await sql`
      update idempotency_key set status = null, headers = null, body = null
      where body like ${`%"connection_id":${id},%`}`;
    expect((await start(id, key)).json.code).toBe('idempotency-key-busy');
    now = new Date(now.getTime() + 200_000);
    expect((await start(id, key)).json.code).toBe('idempotency-answer-lost');
  });

  it('that ended in an error of the server may have been done all the same: the next try asks the record, at once', async () => {
    const id = await api.connect();
    const done = await start(await api.connect(), newKey());
    const [{ request_id }] = await sql<[{ request_id: string }]>`
      select request_id from audit_event where object = ${`run/${done.json.run_id}`}`;
    const key = newKey();
    await sql`alter table run rename to run_elsewhere`;
    try {
      expect((await start(id, key)).status).toBe(500);
    } finally {
      await sql`alter table run_elsewhere rename to run`;
    }
    // As it is when the error came after the commit.
    await sql`update idempotency_key set request_id = ${request_id} where status is null`;
    const again = await start(id, key);
    expect(again.json.code).toBe('idempotency-answer-lost');
    expect(again.json.detail).toContain(`run/${done.json.run_id}`);
    await sql`update idempotency_key set request_id = 'of-nothing' where status is null`;
    expect((await start(id, key)).status).toBe(202);
    await start(id, key);
  });

  it('whose process died before its answer was kept says what was done, and starts nothing', async () => {
    const id = await api.connect();
    const key = newKey();
    const { json } = await start(id, key);
    await sql`
      update idempotency_key set status = null, headers = null, body = null
      where body like ${`%"connection_id":${id},%`}`;
    now = new Date(now.getTime() + 200_000);
    const again = await start(id, key);
    expect(again.status).toBe(409);
    expect(again.json.code).toBe('idempotency-answer-lost');
    expect(again.json.detail).toContain(`run/${json.run_id}`);
    expect(await runsOf(id)).toBe(1);
  });

  it('is forgotten after a day', async () => {
    const id = await api.connect();
    const key = newKey();
    expect((await start(id, key)).status).toBe(202);
    now = new Date(now.getTime() + 25 * 3600 * 1000);
    expect((await start(id, key)).json.code).toBe('sync-already-running');
    expect((await sql`select count(*)::int as n from idempotency_key`)[0]?.['n']).toBe(0);
  });

  it('is refused where the operation takes no key, and where the key is none', async () => {
    const headers = { 'idempotency-key': newKey(), 'content-type': 'application/json' };
    const body = '{"role":"viewer","note":"x"}';
    const token = await api.send('POST', '/api/v1/admin/tokens', { token: TOKEN, headers, body });
    expect(token.status).toBe(400);
    expect(token.json.detail).toContain('takes no Idempotency-Key');
    const id = await api.connect();
    // This one takes a header, and it is another.
    const change = { token: TOKEN, headers, body: '{"site_name":"x"}' };
    expect((await api.send('PUT', `${CONNECTIONS}/${id}`, change)).json.detail).toContain(
      'takes no Idempotency-Key',
    );
    expect((await api.send('POST', '/api/v1/admin/nowhere', change)).status).toBe(404);
    const before = await sql`select key_hash from idempotency_key order by key_hash`;
    for (const key of ['short', 'with a space in it', 'x'.repeat(256)]) {
      expect((await start(id, key)).status, key).toBe(400);
    }
    expect(await runsOf(id)).toBe(0);
    expect(await sql`select key_hash from idempotency_key order by key_hash`).toEqual(before);
  });

  it.each(['GET', 'HEAD'])('changes nothing for %s, which may be sent again anyway', async (method) => {
    const asked = { token: TOKEN, headers: { 'idempotency-key': newKey() } };
    expect((await api.send(method, CONNECTIONS, asked)).status).toBe(200);
  });

  it('leaves neither the key nor the request in the database', async () => {
    const id = await api.connect();
    await start(id, 'a-very-special-key', '{ "force_full": true }');
    const rows = JSON.stringify(
      await sql`
      select encode(key_hash, 'escape') as k, encode(request_hash, 'escape') as r, headers, body from idempotency_key`,
    );
    expect(rows).toContain('connection_id');
    expect(rows).not.toContain('special');
    expect(rows).not.toContain('force_full');
  });
});
