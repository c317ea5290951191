/**
 * `cli jwks SITE`: prints the public keys of a connection as a JWK Set, to register at the EHR or to publish
 * at jwks_url.
 */
import { readJwks } from '../../jobs/connection/jwks.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { sayJson } from './terminal.ts';

export async function showJwks(site: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { connection_id } = await connectionOf(local.api, site);
    const { sql, clock } = local.engine.deps;
    const jwks = await readJwks(sql, clock(), connection_id);
    if (!jwks || jwks.keys.length === 0) {
      throw new Error(
        `Connection "${site}" has no key. Make one (npm run cli -- keys create --connection ${site}), or enter one ` +
          '(private_key_pem).',
      );
    }
    sayJson(jwks);
    return true;
  } finally {
    await local.close();
  }
}
