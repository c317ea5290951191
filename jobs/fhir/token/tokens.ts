/**
 * Keeps one token source per connection and worker, so that the steps of a run share a token. A connection
 * that changes gets a new one.
 */
import type { Connection } from '../../connection/connection.ts';
import type { Keyring } from '../../connection/keyring.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import { type TokenSource, tokenSource } from './access-token.ts';
import { discovery } from './smart-configuration.ts';

export interface Tokens {
  of(connection: Connection): TokenSource;
}

/** The same tokens, by sources of which each is made of the one below it, once. */
export function wrapTokens(
  tokens: Tokens,
  wrap: (source: TokenSource, connection: Connection) => TokenSource,
): Tokens {
  const wrapped = new WeakMap<TokenSource, TokenSource>();
  return {
    of(connection) {
      const source = tokens.of(connection);
      const known = wrapped.get(source) ?? wrap(source, connection);
      wrapped.set(source, known);
      return known;
    },
  };
}

export function createTokens(options: {
  keyring: Keyring;
  clock: () => Date;
  outbound: Outbound;
  allowedAudiences?: readonly string[] | undefined;
}): Tokens {
  const discover = discovery(options.clock);
  const known = new Map<number, { version: number; source: TokenSource }>();
  return {
    of(connection) {
      const version = connection.updated_at.getTime();
      const found = known.get(connection.connection_id);
      if (found?.version === version) return found.source;
      const source = tokenSource({ ...options, connection, discover });
      known.set(connection.connection_id, { version, source });
      return source;
    },
  };
}
