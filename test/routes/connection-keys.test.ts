import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { publishEnteredKeys, readJwks } from '../../jobs/connection/jwks.ts';
import { readKeyPairs } from '../../jobs/connection/key-pairs.ts';
import { hourlyStep } from '../../jobs/schedule/hourly.ts';
import { rotateKeysInTx } from '../../jobs/schedule/rotate-keys.ts';
import { ec, rsa } from '../fhir/keys.ts';
import { startServer } from '../fhir/server.ts';
import { few, inLongRun } from '../long-run.ts';
import { untilWaitedFor } from '../world/locks.ts';
import { CONNECTIONS, startApi } from './api.ts';

const api = await startApi();
const ehr = await startServer();
afterAll(async () => {
  await api.close();
  await ehr.close();
});
beforeEach(() => {
  ehr.seen.length = 0;
  ehr.on('/token', { json: { access_token: 'good', expires_in: 300 } });
  ehr.on('/fhir/metadata', { json: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' } });
});

const connect = (more: object = {}) =>
  api.connect({ fhir_base_url: `${ehr.url}/fhir`, token_endpoint: `${ehr.url}/token`, ...more });
const keysOf = (id: number) => `${CONNECTIONS}/${id}/keys`;
const create = (id: number, body: object = {}) => api.call('POST', keysOf(id), body);
const rotate = (id: number, body: object = {}) => api.call('POST', `${keysOf(id)}/rotate`, body);
const states = (answer: { json: { items: { state: string; kid: string }[] } }) =>
  answer.json.items.map((key) => key.state);

/** As an EHR reads it: without a token. */
async function jwks(path: string) {
  const response = await api.app.request(path);
  return {
    status: response.status,
    ...(JSON.parse(await response.text()) as { keys: Record<string, string>[] }),
  };
}

/** Has the connection ask for a token, and checks its assertion as an EHR does, with what is published. */
async function kidOfAssertion(id: number): Promise<string | undefined> {
  ehr.seen.length = 0;
  expect((await api.call('POST', `${CONNECTIONS}/${id}/test`)).json.status).toBe('ok');
  const body = new URLSearchParams(ehr.seen.find((request) => request.path === '/token')?.body);
  const assertion = body.get('client_assertion') ?? '';
  const { keys } = await jwks(`/.well-known/jwks/${id}`);
  await jwtVerify(assertion, createLocalJWKSet({ keys: keys as never }), { audience: `${ehr.url}/token` });
  return decodeProtectedHeader(assertion).kid;
}

describe('a key pair that is made here', () => {
  few(it, 2).each([
    [{}, { kty: 'EC', crv: 'P-384', alg: 'ES384' }, undefined],
    [{ algorithm: 'RS384' }, { kty: 'RSA', alg: 'RS384' }, 3072],
    [{ algorithm: 'RS384', bits: 4096 }, { kty: 'RSA', alg: 'RS384' }, 4096],
  ])('of %j signs at once, and the EHR finds its public half', async (body, expected, bits) => {
    const id = await connect();
    const made = await create(id, body);
    expect(made.status).toBe(201);
    expect(states(made)).toEqual(['current']);
    const { keys } = await jwks(`/.well-known/jwks/${id}`);
    expect(keys).toEqual([expect.objectContaining({ ...expected, use: 'sig', kid: made.json.items[0].kid })]);
    if (bits) expect(Buffer.from(keys[0]?.['n'] ?? '', 'base64url').length * 8).toBe(bits);
    expect(await kidOfAssertion(id)).toBe(made.json.items[0].kid);
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json.has_private_key).toBe(true);
  });

  it.each([
    { algorithm: 'RS256' },
    { algorithm: 'none' },
    { algorithm: 'RS384', bits: 2048 },
    { private_key_pem: 'x' },
  ])('is not made of %j', async (body) => {
    expect((await create(await connect(), body)).status).toBe(400);
  });

  it('is in no answer, log or published set with its private half', async () => {
    const id = await connect();
    await create(id);
    await create(id);
    const answers = [
      (await rotate(id)).text,
      (await api.call('GET', keysOf(id))).text,
      (await api.call('GET', `${CONNECTIONS}/${id}`)).text,
      JSON.stringify(await jwks('/.well-known/jwks.json')),
      api.logged(),
    ].join('\n');
    expect(answers).not.toMatch(/PRIVATE KEY|"d":|"(p|q|dp|dq|qi)":|sealed/);
    const rows = await api.sql<{ sealed: string | null }[]>`
      select private_key_sealed as sealed from connection_key where connection_id = ${id} order by connection_key_id`;
    expect(rows.map((row) => row.sealed?.slice(0, 3))).toEqual([undefined, 'v2.']);
  });

  it('opens in no other connection’s row', async () => {
    const [one, other] = [await connect(), await connect()];
    await create(one);
    await create(other);
    await api.sql`
      update connection_key set private_key_sealed = (
        select private_key_sealed from connection_key where connection_id = ${one}
      ) where connection_id = ${other}`;
    const tested = await api.call('POST', `${CONNECTIONS}/${other}/test`);
    expect(tested.json.steps[1]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/does not open/),
    });
    expect(ehr.seen.filter((request) => request.path === '/token')).toEqual([]);
  });
});

describe('the rotation of keys', () => {
  it('publishes the next key before it signs, and the one before for the overlap', async () => {
    const id = await connect();
    const first = (await create(id)).json.items[0].kid;
    expect((await rotate(id)).json).toMatchObject({ status: 409, code: 'no-next-key' });
    const both = await create(id, { algorithm: 'RS384' });
    expect(states(both)).toEqual(['next', 'current']);
    const next = both.json.items[0].kid;
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([next, first]);
    expect(await kidOfAssertion(id)).toBe(first);
    expect((await create(id)).json).toMatchObject({ status: 409, code: 'next-key-waits' });
    const rotated = await rotate(id, { overlap_days: 3 });
    expect(states(rotated)).toEqual(['current', 'previous']);
    expect(await kidOfAssertion(id)).toBe(next);
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([next, first]);
    const until = new Date(rotated.json.items[1].published_until).getTime();
    expect(Math.round((until - Date.now()) / 86_400_000)).toBe(3);
    await api.sql`update connection_key set published_until = now() - interval '1 second' where kid = ${first}`;
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([next]);
  });

  it('without overlap takes the key before out of what is published at once', async () => {
    const id = await connect();
    await create(id);
    const next = (await create(id)).json.items[0].kid;
    expect(states(await rotate(id, { overlap_days: 0 }))).toEqual(['current']);
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([next]);
  });

  it('takes over from a key that was entered, whose public half stays for the overlap', async () => {
    const id = await connect({ private_key_pem: rsa().pkcs8, sync_config: { auth: { key_id: 'ours' } } });
    expect(await kidOfAssertion(id)).toBe('ours');
    const next = (await create(id)).json.items[0].kid;
    expect(await kidOfAssertion(id)).toBe('ours');
    await rotate(id);
    expect(await kidOfAssertion(id)).toBe(next);
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([next, 'ours']);
    const [row] = await api.sql`select private_key_sealed from connection where connection_id = ${id}`;
    expect(row?.['private_key_sealed']).toBeNull();
  });

  it('ends when a key is entered: that signs, and those made here are gone', async () => {
    const id = await connect();
    await create(id);
    await create(id);
    await api.call('PUT', `${CONNECTIONS}/${id}`, { private_key_pem: ec('P-384').pkcs8 });
    expect(states(await api.call('GET', keysOf(id)))).toEqual([]);
    const kid = await kidOfAssertion(id);
    expect((await jwks(`/.well-known/jwks/${id}`)).keys.map((key) => key['kid'])).toEqual([kid]);
  });
});

describe('what is published', () => {
  it('is of all active connections at one address, and of each at its own, without a token', async () => {
    const [one, other, off] = [await connect(), await connect(), await connect({ is_active: false })];
    const kids = [];
    for (const id of [one, other, off]) kids.push((await create(id)).json.items[0].kid);
    const all = (await jwks('/.well-known/jwks.json')).keys.map((key) => key['kid']);
    expect(all).toEqual(expect.arrayContaining(kids.slice(0, 2)));
    expect(all).not.toContain(kids[2]);
    expect((await jwks(`/.well-known/jwks/${other}`)).keys.map((key) => key['kid'])).toEqual([kids[1]]);
    expect((await jwks('/.well-known/jwks/999999')).status).toBe(404);
    expect((await jwks('/.well-known/jwks/x')).status).toBe(400);
  });

  it('is an empty set, not nothing, while there is no connection', async () => {
    const fresh = await startApi();
    try {
      expect(await readJwks(fresh.sql, new Date())).toEqual({ keys: [] });
      expect(await readJwks(fresh.sql, new Date(), 1)).toBeUndefined();
    } finally {
      await fresh.close();
    }
  });

  it('holds a key to the millisecond before its time is over, and those that stay longer before it', async () => {
    const id = await connect();
    const kids: string[] = [];
    const days = [2, 9, 5];
    kids.push((await create(id)).json.items[0].kid);
    for (const overlap_days of days) {
      kids.push((await create(id)).json.items[0].kid);
      await rotate(id, { overlap_days });
    }
    const [first, second, third, current] = kids;
    const [{ until }] = await api.sql<[{ until: Date }]>`
      select published_until as until from connection_key where kid = ${third ?? ''}`;
    const published = async (now: Date) => [
      (await readJwks(api.sql, now, id))?.keys.map(({ kid }) => kid),
      (await readKeyPairs(api.sql, id, now)).map(({ kid }) => kid),
    ];
    const both = (...those: unknown[]) => [those, those];
    expect(await published(new Date())).toEqual(both(current, second, third, first));
    expect(await published(new Date(until.getTime() - 1))).toEqual(both(current, second, third));
    expect(await published(until)).toEqual(both(current, second));
  });

  it('holds keys that were entered before their public half was kept, from the next start on', async () => {
    const id = await connect({ private_key_pem: ec('P-384').pkcs8 });
    await api.sql`update connection set public_jwk = null where connection_id = ${id}`;
    expect((await jwks(`/.well-known/jwks/${id}`)).keys).toEqual([]);
    await publishEnteredKeys(api.sql, api.deps.keyring);
    expect((await jwks(`/.well-known/jwks/${id}`)).keys).toEqual([
      expect.objectContaining({ kid: await kidOfAssertion(id) }),
    ]);
  });

  it('is only the public members, even where a private key has been stored for a public one', async () => {
    const id = await connect({ private_key_pem: ec('P-384').pkcs8 });
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' });
    await api.sql`
      update connection set public_jwk = ${JSON.stringify({ ...jwk, kid: 'k', use: 'sig' })}::text::jsonb
      where connection_id = ${id}`;
    const { keys } = await jwks(`/.well-known/jwks/${id}`);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

describe('the rotation by schedule', () => {
  const DAY = 86_400_000;
  let begin: number | undefined;
  beforeEach(() => {
    begin = undefined;
  });
  /** What the step does on a day, counted from the moment after a key was made. */
  async function onDay(day: number): Promise<void> {
    const since = begin ?? Date.now();
    begin = since;
    const deps = { ...api.deps, clock: () => new Date(since + day * DAY) };
    await hourlyStep(deps, {
      commit: (work: (tx: never) => Promise<void>) => api.sql.begin((tx) => work(tx as never)),
    } as never);
  }

  it('makes one next key, and fails in neither, where the job is delivered twice at once', async () => {
    const id = await connect({
      jwks_url: 'https://us.example/.well-known/jwks/1',
      sync_config: { auth: { rotate_days: 90, overlap_days: 10 } },
    });
    await create(id, { algorithm: 'ES384' });
    begin = Date.now();
    const deps = { ...api.deps, clock: () => new Date((begin ?? 0) + 80 * DAY) };
    const { again } = await api.sql.begin(async (tx) => {
      await rotateKeysInTx(tx, deps);
      const again = onDay(80);
      await untilWaitedFor(api.sql, tx);
      return { again };
    });
    await again;
    const keys =
      await api.sql`select signs_from is null as next from connection_key where connection_id = ${id}`;
    expect(keys.map(({ next }) => next).sort()).toEqual([false, true]);
    await api.sql`delete from connection_key where connection_id = ${id}`;
  });

  inLongRun(it)(
    'makes and publishes the next key in time, lets it sign, and forgets the one before',
    async () => {
      const id = await connect({
        jwks_url: 'https://us.example/.well-known/jwks/1',
        sync_config: { auth: { rotate_days: 90, overlap_days: 10 } },
      });
      const first = (await create(id, { algorithm: 'RS384', bits: 4096 })).json.items[0].kid;
      const seen = async () =>
        (
          await api.sql<{ kid: string; state: string }[]>`
        select kid, case when signs_from is null then 'next' when published_until is null then 'current' else 'previous' end as state
        from connection_key where connection_id = ${id} order by connection_key_id`
        ).map((row) => row.state);
      await onDay(79);
      expect(await seen()).toEqual(['current']);
      await onDay(80);
      await onDay(80);
      expect(await seen()).toEqual(['current', 'next']);
      await onDay(89);
      expect(await seen()).toEqual(['current', 'next']);
      await onDay(90);
      await onDay(90);
      expect(await seen()).toEqual(['previous', 'current']);
      await onDay(99);
      expect(await seen()).toEqual(['previous', 'current']);
      await onDay(100);
      expect(await seen()).toEqual(['current']);
      const [row] = await api.sql<{ kid: string; bits: number }[]>`
      select kid, length(public_jwk ->> 'n') as bits from connection_key where connection_id = ${id}`;
      expect(row?.kid).not.toBe(first);
      expect(row?.bits).toBe(683); // 4096 bits in base64url
    },
  );

  it('lets a key that was made late be known for the whole overlap before it signs', async () => {
    const id = await connect({
      jwks_url: 'https://us.example/.well-known/jwks/1',
      sync_config: { auth: { rotate_days: 30, overlap_days: 7 } },
    });
    await create(id);
    const signing = async () =>
      (
        await api.sql`select 1 from connection_key where connection_id = ${id} and published_until is not null`
      ).length;
    await onDay(300);
    await onDay(306);
    expect(await signing()).toBe(0);
    await onDay(307);
    expect(await signing()).toBe(1);
  });

  it('is none without rotate_days, and refused without an address where the EHR reads our keys', async () => {
    const id = await connect({ jwks_url: 'https://us.example/.well-known/jwks/1' });
    await create(id);
    await onDay(4000);
    expect(states(await api.call('GET', keysOf(id)))).toEqual(['current']);
    const refused = await api.call('PUT', `${CONNECTIONS}/${id}`, {
      jwks_url: null,
      sync_config: { auth: { rotate_days: 90 } },
    });
    expect(refused).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(refused.json.errors[0].path).toBe('sync_config.auth.rotate_days');
  });
});
