/** The secrets of a request body: undefined leaves the stored one as it is, null clears it. */
import {
  type ClientCertificate,
  placeOfKey,
  readClientCertificate,
} from '../jobs/connection/client-certificate.ts';
import type { Keyring } from '../jobs/connection/keyring.ts';
import { seal } from '../jobs/connection/secrets.ts';
import { importSigningKey } from '../jobs/connection/signing-key.ts';
import {
  type GivenCredentials,
  sealCredentials,
  storeCredentialsInTx,
} from '../jobs/connection/store-credentials.ts';
import { readSyncConfig } from '../jobs/connection/sync-config.ts';
import { chooseAlgorithm } from '../jobs/fhir/token/assertion.ts';
import { SyncError } from '../jobs/step/errors.ts';
import type { Tx } from '../sql/connect.ts';
import { problem } from './problems.ts';

export interface GivenSecrets extends GivenCredentials {
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
  const certificate = certificateOf(given, now);
  return {
    certificate: certificate && {
      ...{ chain: certificate.chain, expiresAt: certificate.expiresAt },
      keySealed: await seal(keyring, placeOfKey(connection), certificate.key),
    },
    ...(await sealCredentials(keyring, connection, given)),
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
  const { certificate } = await sealSecrets(keyring, connection, given, now);
  if (certificate !== undefined) {
    const { chain = null, keySealed = null, expiresAt = null } = certificate ?? {};
    await tx`
      update connection set client_certificate = ${chain}, client_certificate_key_sealed = ${keySealed},
        client_certificate_expires_at = ${expiresAt}, client_certificate_cleared = null
      where connection_id = ${connection}`;
  }
  await storeCredentialsInTx(tx, keyring, connection, given);
}
