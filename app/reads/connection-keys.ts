/** Reads key pairs for the API: never their private half. */
import type { z } from '@hono/zod-openapi';
import { readKeyPairs } from '../../jobs/connection/key-pairs.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { ConnectionKeysSchema } from '../schemas/connection-key.ts';

export async function connectionKeys(
  sql: Sql | Tx,
  connectionId: number,
  now: Date,
): Promise<z.infer<typeof ConnectionKeysSchema>> {
  const pairs = await readKeyPairs(sql, connectionId, now);
  return {
    items: pairs.map(({ kid, algorithm, state, made_at, signs_from, published_until }) => ({
      ...{ kid, algorithm, state },
      made_at: made_at.toISOString(),
      signs_from: signs_from?.toISOString() ?? null,
      published_until: published_until?.toISOString() ?? null,
    })),
  };
}
