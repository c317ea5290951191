import { afterAll, describe, expect, it } from 'vitest';
import { analyzeChanged } from '../../sql/analyze-changed.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
afterAll(() => world.close());
// Only what we do ourselves is to be seen.
await sql`alter table fact_relationship set (autovacuum_enabled = off)`;
await sql`alter table note_nlp set (autovacuum_enabled = off)`;

/** As many rows more, counted at once: a session tells what it has changed a second later by itself. */
async function grow(table: 'fact_relationship' | 'note_nlp', rows: number) {
  await sql.reserve().then(async (session) => {
    if (table === 'fact_relationship')
      await session`insert into fact_relationship select 21, n, 21, n, 581436 from generate_series(1, ${rows}) n`;
    else
      await session`
        insert into note_nlp (note_nlp_id, note_id, lexical_variant, nlp_date)
        select n, 1, 'fever', '2026-01-01' from generate_series(1, ${rows}) n`;
    await session`select pg_stat_force_next_flush()`;
    await session`select 1`;
    session.release();
  });
}

const analyzed = async () => (await analyzeChanged(sql)).filter((name) => /^fact_rel|^note_nlp/.test(name));

describe('what Postgres knows of tables', () => {
  it('is brought up to date where more than a tenth and a thousand rows have changed, and nowhere else', async () => {
    await grow('fact_relationship', 1000);
    expect(await analyzed()).toEqual([]);
    await grow('fact_relationship', 1);
    expect(await analyzed()).toEqual(['fact_relationship']);
    expect(await analyzed()).toEqual([]);
    await grow('fact_relationship', 1100);
    expect(await analyzed()).toEqual([]);
    await grow('fact_relationship', 1);
    expect(await analyzed()).toEqual(['fact_relationship']);
    const [known] = await sql`select reltuples::int from pg_class where oid = 'fact_relationship'::regclass`;
    expect(known).toEqual({ reltuples: 2102 });
  });

  it('stays as it is where somebody else holds the table, which keeps back no other', async () => {
    await sql`alter function analyze_changed() set lock_timeout = '50ms'`;
    await grow('fact_relationship', 3000);
    await grow('note_nlp', 3000);
    await sql.begin(async (tx) => {
      await tx`lock table fact_relationship in share update exclusive mode`;
      expect(await analyzed()).toEqual(['note_nlp']);
    });
    expect(await analyzed()).toEqual(['fact_relationship']);
  });

  it('is brought up to date before a run settles and closes, so that these are planned for what was loaded', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), observation('o', 'p')]);
    await grow('fact_relationship', 5000);
    await site.sync();
    expect(await analyzed()).toEqual([]);
    const [stats] = await sql`
      select n_mod_since_analyze::int as changed from pg_stat_user_tables where relname = 'fact_relationship'`;
    expect(stats).toEqual({ changed: 0 });
  });
});
