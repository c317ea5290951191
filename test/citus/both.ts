/** The same EHR synced into one Postgres and into a Citus cluster, for what must leave the same in both. */
import { expect } from 'vitest';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { othersRowsOf } from '../world/others-rows.ts';
import { drain, openTestWorld, type Site, type World } from '../world/world.ts';
import { newCitusDatabase } from './cluster.ts';

export interface Both {
  readonly plain: World;
  readonly spread: World;
  readonly sites: readonly [Site, Site];
  /** Does it on both, and compares: how runs ended, what the CDM holds, what the checks found. */
  both(work: (world: World, site: Site) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openBoth(
  cluster: string,
  population: { seed: string; patients: number },
): Promise<Both> {
  const plain = await openTestWorld();
  const { clock, encryptionKey } = plain;
  const spread = await openTestWorld({ database: await newCitusDatabase(cluster), clock, encryptionKey });
  const sites = [await plain.site({ population }), await spread.site({ population })] as const;
  const of = [
    [plain, sites[0]],
    [spread, sites[1]],
  ] as const;
  return {
    ...{ plain, spread, sites },
    async both(work) {
      plain.clock.advance(3600);
      for (const [world, site] of of) {
        await work(world, site);
        await drain(world.deps, world.clock);
      }
      const [one, other] = await Promise.all(of.map(([world, site]) => stateOf(world, site.id)));
      expect(other).toEqual(one);
      expect([...(await orphans(spread.sql)), ...(await leftovers(spread.sql))]).toEqual([]);
      expect([...(await spread.sql`select * from close_scope`)]).toEqual([]);
    },
    async close() {
      for (const [world] of of) await world.close();
    },
  };
}

async function stateOf({ sql }: World, connectionId: number) {
  const runs = await sql`
    select kind, mode, status, error_code, records_extracted, records_unchanged, records_loaded, records_excluded,
      records_failed, records_parked, rows_written, rows_deleted
    from run where connection_id = ${connectionId} order by run_id`;
  const found = await sql`
    select check_id, table_name, field_name, violated, total from quality_result
    where assessment_id = (select max(assessment_id) from quality_assessment)
    order by check_id, table_name, field_name`;
  const facts = await sql`select count(*)::int as n from fact_relationship`;
  return {
    others: await othersRowsOf(sql),
    runs: [...runs],
    found: [...found],
    facts: [...facts],
    content: await contentOf(sql, connectionId),
  };
}
