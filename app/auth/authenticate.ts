/**
 * Who calls: the recognisers are asked one after the other, and the first that knows the credential decides. Without
 * one that does, nobody is let in: there is no address, and no setting, from which everybody may call.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { byAccessToken } from './access-token.ts';
import { bearerOf } from './bearer.ts';
import { byAdminToken } from './by-admin-token.ts';
import { byApiToken } from './by-api-token.ts';
import type { Recognised, Recogniser } from './recogniser.ts';
import { bySession } from './session.ts';
import { Unauthorized, WrongCredential } from './unauthorized.ts';

const RECOGNISERS: readonly Recogniser[] = [byAdminToken, byApiToken, byAccessToken, bySession];

export const authenticate: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.set('caller', { ...(await recognise(c)), address: null });
  await next();
};

async function recognise(c: Context<AppEnv>): Promise<Recognised> {
  for (const recogniser of RECOGNISERS) {
    const caller = await recogniser(c);
    if (caller) return caller;
  }
  throw bearerOf(c) === undefined ? new Unauthorized() : new WrongCredential();
}
