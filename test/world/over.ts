/** What a worker works with on another database than the world's own, with the world's clock and keys. */
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openQueue } from '../../jobs/step/queue.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import { connect } from '../../sql/connect.ts';
import type { World } from './world.ts';

export interface Over extends Deps {
  close(): Promise<void>;
}

export async function openOver(world: World, url: string): Promise<Over> {
  const { keyring, clock, outbound, schemas } = world.deps;
  const sql = connect(url, schemas, { max: 6 });
  const queue = await openQueue({ url, schemas, passive: true });
  return {
    ...{ ...world.deps, sql, queue, tokens: createTokens({ keyring, clock, outbound }) },
    ...{
      resolver: createResolver({ sql, clock }),
      references: createReferenceMemory(),
      firstLoads: new Map(),
    },
    async close() {
      await queue.close();
      await sql.end({ timeout: 5 });
    },
  };
}
