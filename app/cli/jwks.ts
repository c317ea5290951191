/**
 * `cli jwks SITE`: prints the public key of a connection as a JWK Set, to register at the EHR or to publish
 * at jwks_url.
 */
import { readConnection } from '../../jobs/connection/connection.ts';
import { unseal } from '../../jobs/connection/secrets.ts';
import { publicJwk } from '../../jobs/fhir/token/assertion.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { sayJson } from './terminal.ts';

export async function showJwks(site: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { connection_id } = await connectionOf(local.api, site);
    const connection = await readConnection(local.engine.deps.sql, connection_id);
    if (!connection.private_key_sealed)
      throw new Error(`Connection "${site}" has no private key. Store one first (private_key_pem).`);
    const pem = await unseal(local.engine.deps.keyring, connection.private_key_sealed);
    const { kty, kid, n, e, crv, x, y } = await publicJwk(pem, connection.config.auth.key_id);
    // Only the public members are picked, by name, so nothing else that a key object may hold gets out.
    const key =
      kty === 'RSA' ? { kty, kid, use: 'sig', alg: 'RS384', n, e } : { kty, kid, use: 'sig', crv, x, y };
    sayJson({ keys: [key] });
    return true;
  } finally {
    await local.close();
  }
}
