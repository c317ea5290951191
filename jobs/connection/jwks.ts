/**
 * The public keys that EHRs check our assertions with: those that were made here (next, current and those before),
 * and those that belong to a key that was entered. What is published is stored, so that no private key is opened.
 */
import type { Sql } from '../../sql/connect.ts';
import type { Keyring } from './keyring.ts';
import { unseal } from './secrets.ts';
import { importSigningKey, type PublicJwk, PublicJwkSchema } from './signing-key.ts';
import { SyncConfigSchema } from './sync-config-schema.ts';

export interface JwkSet {
  readonly keys: PublicJwk[];
}

/** Of one connection, or of all that are active. Undefined when there is no such connection. */
export async function readJwks(
  sql: Sql,
  now: Date,
  connectionId?: number | undefined,
): Promise<JwkSet | undefined> {
  const which = connectionId === undefined ? sql`is_active` : sql`connection_id = ${connectionId}`;
  const connections = await sql<{ connection_id: number; public_jwk: unknown; sync_config: unknown }[]>`
    select connection_id, public_jwk, sync_config from connection where ${which} order by connection_id`;
  if (connectionId !== undefined && connections.length === 0) return undefined;
  const made = await sql<{ connection_id: number; public_jwk: unknown }[]>`
    select k.connection_id, k.public_jwk from connection_key k join connection using (connection_id)
    where ${which} and (published_until is null or published_until > ${now})
    order by published_until desc nulls first, signs_from desc nulls first`;
  const keys = connections.flatMap(({ connection_id, public_jwk, sync_config }) => {
    const own = made.filter((one) => one.connection_id === connection_id).map((one) => one.public_jwk);
    return [...own, entered(public_jwk, sync_config)].flatMap(
      (one) => PublicJwkSchema.safeParse(one).data ?? [],
    );
  });
  // One key may serve several connections.
  return { keys: [...new Map(keys.map((key) => [`${key.kid} ${JSON.stringify(key)}`, key])).values()] };
}

/** An entered key goes by the kid that the settings give it. */
function entered(jwk: unknown, syncConfig: unknown): unknown {
  const kid = SyncConfigSchema.safeParse(syncConfig ?? {}).data?.auth?.key_id;
  return kid === undefined || typeof jwk !== 'object' || jwk === null ? jwk : { ...jwk, kid };
}

/**
 * Stores the public half of keys that were entered before it was kept. Keys that do not open or cannot be read stay
 * unpublished; the connection's test says what is wrong with them.
 */
export async function publishEnteredKeys(sql: Sql, keyring: Keyring): Promise<void> {
  const rows = await sql<{ connection_id: number; private_key_sealed: string }[]>`
    select connection_id, private_key_sealed from connection
    where private_key_sealed is not null and public_jwk is null`;
  for (const { connection_id, private_key_sealed } of rows) {
    const place = { table: 'connection', column: 'private_key_sealed', connection: connection_id } as const;
    const jwk = await unseal(keyring, place, private_key_sealed)
      .then(importSigningKey)
      .catch(() => undefined);
    if (!jwk) continue;
    await sql`
      update connection set public_jwk = ${JSON.stringify(jwk.publicJwk)}::text::jsonb
      where connection_id = ${connection_id} and private_key_sealed = ${private_key_sealed}`;
  }
}
