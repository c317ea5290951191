/**
 * Key pairs that are made here, so that no private key is ever handed about: it is sealed before it is stored, and
 * nothing gives it out. One key signs; the next is published before it does, so that EHRs know it by then; the one
 * before stays published until they have forgotten it, although its private half is destroyed at once.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Sql, Tx } from '../../sql/connect.ts';
import { syncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { seal } from './secrets.ts';
import { importSigningKey, type PublicJwk, PublicJwkSchema } from './signing-key.ts';

export const MADE_ALGORITHMS = ['ES384', 'RS384'] as const;
export const MADE_RSA_BITS = [3072, 4096] as const;

export interface KeyToMake {
  readonly algorithm: (typeof MADE_ALGORITHMS)[number];
  /** Of an RSA key. */
  readonly bits?: (typeof MADE_RSA_BITS)[number] | undefined;
}

/** Days that a key is published before it signs, and after it has signed. */
export const OVERLAP_DAYS = 7;

export interface KeyPair {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: 'next' | 'current' | 'previous';
  readonly made_at: Date;
  readonly signs_from: Date | null;
  readonly published_until: Date | null;
  readonly public_jwk: PublicJwk;
}

/** The keys of a connection that are made here and published: next, current, and those before. */
export async function readKeyPairs(sql: Sql | Tx, connectionId: number, now: Date): Promise<KeyPair[]> {
  const rows = await sql<(Omit<KeyPair, 'state' | 'public_jwk'> & { public_jwk: unknown })[]>`
    select kid, algorithm, made_at, signs_from, published_until, public_jwk from connection_key
    where connection_id = ${connectionId} and (published_until is null or published_until > ${now})
    order by published_until desc nulls first, signs_from desc nulls first`;
  return rows.map((row) => ({
    ...row,
    state: row.published_until ? 'previous' : row.signs_from ? 'current' : 'next',
    public_jwk: PublicJwkSchema.parse(row.public_jwk),
  }));
}

/**
 * Makes a key. It signs at once where the connection has no other; else it is the next one, which is published and
 * waits for rotateKeys(). A next key that is there already is in the way.
 */
export async function makeKey(
  tx: Tx,
  keyring: Keyring,
  connectionId: number,
  { algorithm, bits = MADE_RSA_BITS[0] }: KeyToMake,
  now: Date,
): Promise<string> {
  // Locked by a statement of its own: what another has made meanwhile is seen by the next one only.
  await tx`select 1 from connection where connection_id = ${connectionId} for no key update`;
  const [connection] = await tx<{ has_key: boolean; has_next: boolean }[]>`
    select private_key_sealed is not null or exists (
        select from connection_key k where k.connection_id = c.connection_id and published_until is null
      ) as has_key,
      exists (select from connection_key k where k.connection_id = c.connection_id and signs_from is null) as has_next
    from connection c where connection_id = ${connectionId}`;
  if (!connection) throw syncError('connection-not-found', { connection_id: connectionId });
  if (connection.has_next) throw syncError('next-key-waits', {});
  const pem = algorithm === 'RS384' ? await rsaKey(bits) : await ecKey();
  const { thumbprint, publicJwk } = await importSigningKey(pem);
  const place = { table: 'connection_key', column: 'private_key_sealed', connection: connectionId } as const;
  await tx`
    insert into connection_key (connection_id, kid, algorithm, public_jwk, private_key_sealed, made_at, signs_from)
    values (${connectionId}, ${thumbprint}, ${algorithm}, ${JSON.stringify(publicJwk)}::text::jsonb,
      ${await seal(keyring, place, pem)}, ${now}, ${connection.has_key ? null : now})`;
  if (!connection.has_key) await changed(tx, connectionId, now);
  return thumbprint;
}

/**
 * Lets the next key sign. The private half of the one before is destroyed, also of one that was entered; its public
 * half stays published for the overlap.
 */
export async function rotateKeys(
  tx: Tx,
  connectionId: number,
  { now, overlapDays = OVERLAP_DAYS }: { readonly now: Date; readonly overlapDays?: number | undefined },
): Promise<string> {
  const [connection] = await tx<
    { private_key_sealed: string | null; public_jwk: unknown; key_id: string | null }[]
  >`
    select private_key_sealed, public_jwk, sync_config -> 'auth' ->> 'key_id' as key_id from connection
    where connection_id = ${connectionId} for no key update`;
  if (!connection) throw syncError('connection-not-found', { connection_id: connectionId });
  const [next] = await tx<{ kid: string }[]>`
    select kid from connection_key where connection_id = ${connectionId} and signs_from is null`;
  if (!next) throw syncError('no-next-key', {});
  const until = new Date(now.getTime() + overlapDays * 86_400_000);
  await tx`
    update connection_key set published_until = ${until}, private_key_sealed = null
    where connection_id = ${connectionId} and signs_from is not null and published_until is null`;
  const entered = PublicJwkSchema.safeParse(connection.public_jwk);
  if (connection.private_key_sealed !== null && entered.success) {
    const jwk = { ...entered.data, kid: connection.key_id ?? entered.data.kid };
    await tx`
      insert into connection_key (connection_id, kid, algorithm, public_jwk, made_at, signs_from, published_until)
      values (${connectionId}, ${jwk.kid}, ${jwk.alg ?? jwk.kty},
        ${JSON.stringify(jwk)}::text::jsonb, ${now}, ${now}, ${until})
      on conflict (connection_id, kid) do nothing`;
  }
  await tx`update connection_key set signs_from = ${now} where connection_id = ${connectionId} and kid = ${next.kid}`;
  await tx`update connection set private_key_sealed = null, public_jwk = null where connection_id = ${connectionId}`;
  await changed(tx, connectionId, now);
  return next.kid;
}

/** Removes all keys that were made here, as when a key is entered or the credentials are cleared. */
export async function removeKeys(tx: Tx, connectionId: number): Promise<void> {
  await tx`delete from connection_key where connection_id = ${connectionId}`;
}

/** Workers make assertions with a new key from now on: what they remember of a connection ends when it changes. */
async function changed(tx: Tx, connectionId: number, now: Date): Promise<void> {
  await tx`
    update connection set updated_at = greatest(${now}, updated_at + interval '1 millisecond'), credentials_cleared = null
    where connection_id = ${connectionId}`;
}

const generate = promisify(generateKeyPair);

async function rsaKey(bits: number): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: bits });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function ecKey(): Promise<string> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-384' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
