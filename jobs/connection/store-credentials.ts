/**
 * Stores what a connection proves itself with, sealed for its place, or takes it away. A key that is entered, or taken
 * away, takes the place of those that were made here.
 */
import type { Tx } from '../../sql/connect.ts';
import { removeKeys } from './key-pairs.ts';
import type { Keyring } from './keyring.ts';
import { seal } from './secrets.ts';
import { importSigningKey } from './signing-key.ts';

/** Undefined leaves what is stored as it is, null clears it. */
export interface GivenCredentials {
  readonly private_key_pem?: string | null | undefined;
  readonly client_secret?: string | null | undefined;
}

export async function sealCredentials(keyring: Keyring, connection: number, given: GivenCredentials) {
  const { private_key_pem: pem, client_secret: secret } = given;
  const of = { table: 'connection', connection } as const;
  return {
    private_key_sealed: pem ? await seal(keyring, { ...of, column: 'private_key_sealed' }, pem) : pem,
    client_secret_sealed: secret
      ? await seal(keyring, { ...of, column: 'client_secret_sealed' }, secret)
      : secret,
  };
}

export async function storeCredentialsInTx(
  tx: Tx,
  keyring: Keyring,
  connection: number,
  given: GivenCredentials,
): Promise<void> {
  const sealed = await sealCredentials(keyring, connection, given);
  if (sealed.private_key_sealed !== undefined) {
    const jwk = given.private_key_pem ? (await importSigningKey(given.private_key_pem)).publicJwk : null;
    await removeKeys(tx, connection);
    await tx`
      update connection set private_key_sealed = ${sealed.private_key_sealed},
        public_jwk = ${jwk && JSON.stringify(jwk)}::text::jsonb
      where connection_id = ${connection}`;
  }
  if (sealed.client_secret_sealed !== undefined) {
    await tx`
      update connection set client_secret_sealed = ${sealed.client_secret_sealed} where connection_id = ${connection}`;
  }
  if (given.private_key_pem || given.client_secret) {
    await tx`update connection set credentials_cleared = null where connection_id = ${connection}`;
  }
}

/** Takes all credentials away, and notes why; where there are none, nothing is noted. */
export async function clearCredentialsInTx(
  tx: Tx,
  connection: number,
  settings: readonly string[],
): Promise<void> {
  await tx`
    update connection c set private_key_sealed = null, public_jwk = null, client_secret_sealed = null,
      client_certificate = null, client_certificate_key_sealed = null, client_certificate_expires_at = null,
      client_certificate_cleared =
        case when client_certificate is null then client_certificate_cleared else ${settings.join(', ')} end,
      credentials_cleared = ${settings.join(', ')}
    where connection_id = ${connection} and (
      private_key_sealed is not null or client_secret_sealed is not null or client_certificate is not null
      or exists (select from connection_key k where k.connection_id = c.connection_id)
    )`;
  await removeKeys(tx, connection);
}
