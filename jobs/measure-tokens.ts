/** Counts the tokens that connections did not get, by the code of the reason. */
import type { Connection } from './connection/connection.ts';
import type { TokenSource } from './fhir/token/access-token.ts';
import { type Tokens, wrapTokens } from './fhir/token/tokens.ts';
import { describeError } from './step/describe-error.ts';
import type { Meters } from './step/meters.ts';

export const measuringTokens = (meters: Meters, tokens: Tokens): Tokens =>
  wrapTokens(tokens, (source, connection) => measuring(meters, source, connection));

function measuring(meters: Meters, source: TokenSource, { connection_id }: Connection): TokenSource {
  return {
    forget: (token) => source.forget(token),
    async get() {
      try {
        return await source.get();
      } catch (error) {
        meters.observe({ name: 'token-error', connection_id, outcome: describeError(error).code }, 0);
        throw error;
      }
    },
  };
}
