/** Operations with a secret of their own, from the environment: a scraper's, a clock's. */
import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { holdsBearer } from './bearer.ts';
import { counted } from './counted.ts';
import { Unauthorized, WrongCredential } from './unauthorized.ts';

/** @throws Unauthorized where there is none, which is not counted; WrongCredential where it is another. */
export async function demandSecret(c: Context<AppEnv>, secret: string): Promise<void> {
  if (c.req.header('authorization') === undefined) throw new Unauthorized();
  await counted(c, async () => {
    if (!holdsBearer(c, secret)) throw new WrongCredential();
  });
}
