/** Key pairs that are made here, as they are stored: of which connection, since when, until when, and for whom else. */
import { afterAll, describe, expect, it } from 'vitest';
import { makeKey, readKeyPairs, removeKeys, rotateKeys } from '../../jobs/connection/key-pairs.ts';
import { rsa } from '../fhir/keys.ts';
import { CONNECTIONS, startApi } from '../routes/api.ts';
import { untilWaitedFor } from '../world/locks.ts';

const api = await startApi();
afterAll(() => api.close());

const NOW = new Date('2026-11-29T08:00:00Z');
const DAY = 86_400_000;
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);

const make = (id: number, now = NOW) =>
  api.sql.begin((tx) => makeKey(tx, api.deps.keyring, id, { algorithm: 'ES384' }, now));
const rotate = (id: number, overlapDays?: number, now = NOW) =>
  api.sql.begin((tx) => rotateKeys(tx, id, { now, overlapDays }));
const keysOf = async (id: number, now = NOW) =>
  (await readKeyPairs(api.sql, id, now)).map(({ kid, state }) => [kid, state]);

/** What of the connection itself changes with its keys. */
async function rowOf(id: number) {
  const [row] = await api.sql<
    { updated_at: Date; cleared: unknown; sealed: string | null; public_jwk: unknown }[]
  >`
    select updated_at, credentials_cleared as cleared, private_key_sealed as sealed, public_jwk from connection
    where connection_id = ${id}`;
  if (!row) throw new Error(`There is no connection ${id}`);
  return row;
}

describe('a key pair', () => {
  it('is of one connection: what is done to its keys leaves those of others', async () => {
    const [mine, other] = [await api.connect(), await api.connect({ private_key_pem: rsa().pkcs8 })];
    const third = await api.connect();
    const [first, next] = [await make(mine), await make(mine)];
    const [current, waiting] = [await make(third), await make(third)];
    const entered = await rowOf(other);
    const theirs = await make(other);
    await rotate(mine);
    expect(await keysOf(mine)).toEqual([
      [next, 'current'],
      [first, 'previous'],
    ]);
    const left = [
      [waiting, 'next'],
      [current, 'current'],
    ];
    expect(await keysOf(third)).toEqual(left);
    expect(await keysOf(other)).toEqual([[theirs, 'next']]);
    expect(await rowOf(other)).toEqual(entered);
    await api.sql.begin((tx) => removeKeys(tx, mine));
    expect(await keysOf(mine)).toEqual([]);
    expect(await keysOf(third)).toEqual(left);
  });

  it('says what it is, since when it signs, and until when it is published', async () => {
    const id = await api.connect();
    await make(id);
    await make(id, later(1));
    await rotate(id, undefined, later(2));
    const times = { algorithm: 'ES384', made_at: NOW, signs_from: NOW, published_until: later(2 + 7 * DAY) };
    expect(await readKeyPairs(api.sql, id, later(3))).toMatchObject([
      { state: 'current', made_at: later(1), signs_from: later(2), published_until: null },
      { state: 'previous', ...times },
    ]);
    await make(id);
    await rotate(id, 3, later(4));
    expect((await readKeyPairs(api.sql, id, later(5))).map((key) => key.published_until)).toEqual([
      ...[null, later(2 + 7 * DAY), later(4 + 3 * DAY)],
    ]);
  });

  it('of which two are asked for at once is one that signs, and one that waits', async () => {
    const id = await api.connect();
    const { first, second } = await api.sql.begin(async (tx) => {
      const first = await makeKey(tx, api.deps.keyring, id, { algorithm: 'ES384' }, NOW);
      const second = make(id);
      await untilWaitedFor(api.sql, tx);
      return { first, second };
    });
    const next = await second;
    expect(await keysOf(id)).toEqual([
      [next, 'next'],
      [first, 'current'],
    ]);
  });

  it('that is to sign twice at once signs once, and is not destroyed by the second', async () => {
    const id = await api.connect();
    const [first, next] = [await make(id), await make(id)];
    const outcomes = await Promise.allSettled([rotate(id), rotate(id)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'no-next-key' },
    });
    expect(await keysOf(id)).toEqual([
      [next, 'current'],
      [first, 'previous'],
    ]);
    const rows = await api.sql`
      select kid from connection_key where connection_id = ${id} and private_key_sealed is not null`;
    expect(rows).toEqual([{ kid: next }]);
  });

  it('is none of a connection that there is not', async () => {
    await expect(make(999_999)).rejects.toMatchObject({ code: 'connection-not-found' });
    await expect(rotate(999_999)).rejects.toMatchObject({ code: 'connection-not-found' });
    expect((await api.call('POST', `${CONNECTIONS}/999999/keys`, {})).status).toBe(404);
  });
});

describe('the connection', () => {
  it('counts as changed when another key signs, also for a clock that is behind, and not when one only waits', async () => {
    const id = await api.connect();
    await api.sql`update connection set credentials_cleared = ${NOW} where connection_id = ${id}`;
    const before = await rowOf(id);
    const past = new Date(before.updated_at.getTime() - DAY);
    await make(id, past);
    const signing = await rowOf(id);
    expect(signing.updated_at).toEqual(new Date(before.updated_at.getTime() + 1));
    expect(signing.cleared).toBeNull();
    await make(id, past);
    expect(await rowOf(id)).toEqual(signing);
    const ahead = new Date(before.updated_at.getTime() + DAY);
    await rotate(id, undefined, ahead);
    expect((await rowOf(id)).updated_at).toEqual(ahead);
  });

  it('keeps nothing of a key that was entered once one that was made here signs, but its published half', async () => {
    const id = await api.connect({ private_key_pem: rsa().pkcs8 });
    const next = await make(id);
    await rotate(id, 0);
    expect(await rowOf(id)).toMatchObject({ sealed: null, public_jwk: null });
    expect(await keysOf(id)).toEqual([[next, 'current']]);
    const was = later(-1);
    expect(await readKeyPairs(api.sql, id, was)).toMatchObject([
      { state: 'current' },
      { state: 'previous', algorithm: 'RS384', made_at: NOW, signs_from: NOW, published_until: NOW },
    ]);
  });
});
