import type { Context } from 'hono';
import type { BodyData } from 'hono/utils/body';
import type { AppEnv } from '../app-env.ts';
import { hungUp } from '../problems.ts';

/** The fields of a form, each with all its values; undefined where it is none, or was cut off on its way. */
export async function readForm(c: Context<AppEnv>): Promise<BodyData<{ all: true }> | undefined> {
  return await c.req.parseBody({ all: true }).catch((error: unknown) => {
    if (error instanceof TypeError || hungUp(error)) return undefined;
    throw error;
  });
}
