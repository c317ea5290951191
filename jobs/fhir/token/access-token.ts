/**
 * The access token that steps use. It is requested once, however many callers want it, and kept in memory
 * only. It is renewed when 15 % of its life is left, since tokens live about five minutes and exports take
 * hours. There are no refresh tokens.
 */
import { type Discover, discovery } from './smart-configuration.ts';
import { type AccessToken, exchange, type TokenOptions, tokenRequest } from './token-request.ts';

export interface TokenSourceOptions extends TokenOptions {
  /**
   * Shared between sources, so that a server is asked once; without it, this source keeps answers of its own.
   */
  readonly discover?: Discover | undefined;
}

export interface TokenSource {
  get(): Promise<AccessToken>;
  /** Called after a 401: this token is not given out again. */
  forget(token: string): void;
}

const RENEW_AT = 0.85;

export function tokenSource(options: TokenSourceOptions): TokenSource {
  const discover = options.discover ?? discovery(options.clock);
  let current: { token: AccessToken; renewAt: number } | undefined;
  let asking: Promise<AccessToken> | undefined;

  async function ask(): Promise<AccessToken> {
    const asked = options.clock().getTime();
    const request = await tokenRequest({ ...options, discover });
    const token = await exchange(request, options);
    current = { token, renewAt: asked + (token.expiresAt.getTime() - asked) * RENEW_AT };
    return token;
  }

  return {
    async get() {
      if (current && options.clock().getTime() < current.renewAt) return current.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return await asking;
    },
    forget(token) {
      if (current?.token.token === token) current = undefined;
    },
  };
}
