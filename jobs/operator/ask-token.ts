/**
 * Asks the token endpoint of a connection for a token, as a sync does, and tells what came. That it was asked is recorded
 * before: a key was used, and whoever has the token can read what the connection can.
 */
import type { Connection } from '../connection/connection.ts';
import { discovery } from '../fhir/token/smart-configuration.ts';
import { exchange, type TokenRequest, tokenRequest } from '../fhir/token/token-request.ts';
import type { Actor } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import { clean } from '../step/clean.ts';
import type { Deps } from '../step/deps.ts';

export interface AskedToken {
  readonly endpoint: string;
  /** Who names it: the connection, or the FHIR server. */
  readonly endpoint_from: 'connection' | 'server';
  readonly method: TokenRequest['method'];
  /** Id of the key that signed; null where a client secret was sent. */
  readonly key_id: string | null;
  readonly scopes: readonly string[];
  readonly scopes_not_granted: readonly string[];
  /** Seconds. */
  readonly expires_in: number;
  readonly token: string;
}

/** Scopes of a server have no end of their own. */
const LONGEST = 10_000;

type Needed = Pick<Deps, 'sql' | 'keyring' | 'clock' | 'outbound' | 'allowedAudiences'>;

export async function askToken(
  { sql, keyring, clock, outbound, allowedAudiences }: Needed,
  connection: Connection,
  asked: { readonly actor: Actor; readonly shown: boolean },
): Promise<AskedToken> {
  const options = { connection, keyring, clock, outbound, allowedAudiences };
  const request = await tokenRequest({ ...options, discover: discovery(clock) });
  await sql.begin((tx) =>
    recordInTx(tx, {
      ...{ at: clock(), actor: asked.actor, action: 'connection.token' },
      ...{ object: `connection/${connection.connection_id}`, details: { shown: asked.shown } },
    }),
  );
  const { token, expiresAt, scope, notGranted } = await exchange(request, options);
  return {
    endpoint: clean(request.url, 500),
    endpoint_from: connection.token_endpoint === null ? 'server' : 'connection',
    ...{ method: request.method, key_id: request.keyId },
    scopes: clean(scope, LONGEST).split(' ').filter(Boolean),
    scopes_not_granted: notGranted,
    expires_in: Math.round((expiresAt.getTime() - clock().getTime()) / 1000),
    token,
  };
}
