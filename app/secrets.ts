/**
 * The secrets of a request body: undefined leaves the stored one as it is, null clears it. A key that is entered, or
 * taken away, takes the place of those that were made here.
 */
import {
  type ClientCertificate,
  placeOfKey,
  readClientCertificate,
} from '../jobs/connection/client-certificate.ts';
import { removeKeys } from '../jobs/connection/key-pairs.ts';
import type { Keyring } from '../jobs/connection/keyring.ts';
import { seal } from '../jobs/connection/secrets.ts';
import { importSigningKey } from '../jobs/connection/signing-key.ts';
import { readSyncConfig } from '../jobs/connection/sync-config.ts';
import { chooseAlgorithm } from '../jobs/fhir/token/assertion.ts';
import { SyncError } from '../jobs/step/errors.ts';
import type { Tx } from '../sql/connect.ts';
import { problem } from './problems.ts';

export interface GivenSecrets {
  readonly private_key_pem?: string | null | undefined;
  readonly client_secret?: string | null | undefined;
  readonly client_certificate_pem?: string | null | undefined;
  readonly client_certificate_key_pem?: string | null | undefined;
}

/** Refuses a key or certificate that cannot be used, with the reason. */
export async function checkSecrets(given: GivenSecrets, syncConfig: unknown, now: Date): Promise<void> {
  certificateOf(given, now);
  const { private_key_pem: pem } = given;
  if (!pem) return;
  try {
    chooseAlgorithm(await importSigningKey(pem), readSyncConfig(syncConfig).auth.algorithm, []);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const path = error.code === 'private-key-invalid' ? 'private_key_pem' : 'sync_config.auth.algorithm';
    const code = error.code === 'private-key-invalid' ? 'private-key-invalid' : 'invalid-request';
    throw problem(code, error.message, { errors: [{ path, message: error.message }] });
  }
}

/** Undefined where nothing was said of it, null where it is taken away. A certificate comes and goes with its key. */
function certificateOf(given: GivenSecrets, now: Date): ClientCertificate | null | undefined {
  const { client_certificate_pem: certificate, client_certificate_key_pem: key } = given;
  if (!certificate && !key) return certificate === null || key === null ? null : undefined;
  const path = certificate ? 'client_certificate_key_pem' : 'client_certificate_pem';
  const refused = (message: string, at = path) =>
    problem('invalid-request', `${at}: ${message}`, { errors: [{ path: at, message }] });
  if (!certificate || !key)
    throw refused('client_certificate_pem and client_certificate_key_pem are given together, or both null.');
  try {
    return readClientCertificate({ certificate, key }, now);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    throw refused(error.message, 'client_certificate_pem');
  }
}

/** Undefined where nothing was said of it, null where it is taken away. */
export async function sealSecrets(keyring: Keyring, connection: number, given: GivenSecrets, now: Date) {
  const { private_key_pem: pem, client_secret: secret } = given;
  const of = { table: 'connection', connection } as const;
  const certificate = certificateOf(given, now);
  return {
    certificate: certificate && {
      ...{ chain: certificate.chain, expiresAt: certificate.expiresAt },
      keySealed: await seal(keyring, placeOfKey(connection), certificate.key),
    },
    private_key_sealed: pem ? await seal(keyring, { ...of, column: 'private_key_sealed' }, pem) : pem,
    client_secret_sealed: secret
      ? await seal(keyring, { ...of, column: 'client_secret_sealed' }, secret)
      : secret,
  };
}

/** Stores what was given, sealed for this connection. */
export async function storeSecrets(
  tx: Tx,
  keyring: Keyring,
  connection: number,
  given: GivenSecrets,
  now: Date,
): Promise<void> {
  const sealed = await sealSecrets(keyring, connection, given, now);
  if (sealed.certificate !== undefined) {
    const { chain = null, keySealed = null, expiresAt = null } = sealed.certificate ?? {};
    await tx`
      update connection set client_certificate = ${chain}, client_certificate_key_sealed = ${keySealed},
        client_certificate_expires_at = ${expiresAt}, client_certificate_cleared = null
      where connection_id = ${connection}`;
  }
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
export async function clearSecrets(tx: Tx, connection: number, settings: readonly string[]): Promise<void> {
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
