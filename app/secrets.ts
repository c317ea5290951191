/**
 * Checks and seals the secrets of a request body: undefined leaves the stored one as it is, null clears it.
 */

import { type Keyring, seal } from '../jobs/connection/secrets.ts';
import { readSyncConfig } from '../jobs/connection/sync-config.ts';
import { chooseAlgorithm, importSigningKey } from '../jobs/fhir/token/assertion.ts';
import { SyncError } from '../jobs/step/errors.ts';
import { problem } from './problems.ts';

export interface SealedSecrets {
  readonly private_key_sealed: string | null | undefined;
  readonly client_secret_sealed: string | null | undefined;
}

export async function sealSecrets(
  keyring: Keyring,
  given: {
    readonly private_key_pem?: string | null | undefined;
    readonly client_secret?: string | null | undefined;
  },
  syncConfig: unknown,
): Promise<SealedSecrets> {
  if (given.private_key_pem) await checkKey(given.private_key_pem, readSyncConfig(syncConfig).auth.algorithm);
  const sealed = async (text: string | null | undefined) => (text ? await seal(keyring, text) : text);
  return {
    private_key_sealed: await sealed(given.private_key_pem),
    client_secret_sealed: await sealed(given.client_secret),
  };
}

async function checkKey(pem: string, algorithm: string | undefined): Promise<void> {
  try {
    chooseAlgorithm(await importSigningKey(pem), algorithm, []);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const path = error.code === 'private-key-invalid' ? 'private_key_pem' : 'sync_config.auth.algorithm';
    const code = error.code === 'private-key-invalid' ? 'private-key-invalid' : 'invalid-request';
    throw problem(code, error.message, { errors: [{ path, message: error.message }] });
  }
}
