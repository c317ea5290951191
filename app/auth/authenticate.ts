/**
 * Who calls: the recognisers are asked one after the other, and the first that knows the credential decides. Without
 * one that does, nobody is let in: there is no address, and no setting, from which everybody may call.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { byAccessToken } from './access-token.ts';
import { byAdminToken } from './by-admin-token.ts';
import { byApiToken } from './by-api-token.ts';
import { counted } from './counted.ts';
import type { Recognised, Recogniser } from './recogniser.ts';
import { bySession } from './session.ts';
import { Unauthorized, WrongCredential } from './unauthorized.ts';

const RECOGNISERS: readonly Recogniser[] = [byAdminToken, byApiToken, byAccessToken, bySession];

export const authenticate: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!hasCredential(c)) throw new Unauthorized();
  const caller = await counted(c, () => recognise(c), isUnguessable);
  c.set('caller', { ...caller, address: c.var.address });
  await next();
};

/** The administrator's token is one that a person has chosen. */
function isUnguessable({ via }: Recognised): boolean {
  return via === 'api-token' || via === 'session' || via === 'oidc';
}

async function recognise(c: Context<AppEnv>): Promise<Recognised> {
  for (const recogniser of RECOGNISERS) {
    const caller = await recogniser(c);
    if (caller) return caller;
  }
  throw c.req.header('authorization') === undefined ? new Unauthorized() : new WrongCredential();
}

function hasCredential(c: Context<AppEnv>): boolean {
  return c.req.header('authorization') !== undefined || c.req.header('cookie') !== undefined;
}
