/** Where the database is on Citus: how the tables of the CDM lie, and whether some that should be distributed are not. */
import type { Sql } from '../../sql/connect.ts';
import { isDistributed, TABLES_BY_PERSON } from '../../sql/distribute.ts';
import { noun } from '../../sql/noun.ts';
import { VOCABULARY_TABLES } from '../../sql/vocabulary-tables.ts';
import type { Finding } from './finding.ts';

const WHAT = 'Citus';
const DISTRIBUTE = 'npm run migrate -- --distribute';

/** Nothing on a Postgres without Citus. */
export async function* citusOf(sql: Sql): AsyncGenerator<Finding> {
  const [extension] = await sql<{ version: string }[]>`
    select extversion as version from pg_extension where extname = 'citus'`;
  if (!extension) return;
  const [{ workers = 0, is_coordinator = true } = {}] = await sql<
    { workers: number; is_coordinator: boolean }[]
  >`
    select count(*) filter (where noderole = 'primary' and groupid <> 0)::int as workers,
      not exists (select from pg_dist_local_group where groupid <> 0) as is_coordinator
    from pg_dist_node`;
  if (!is_coordinator) {
    yield {
      ...{ state: 'wrong', what: WHAT, found: 'DATABASE_URL names a worker of the cluster' },
      todo: 'Let it name the coordinator: the state of the synchronisation is there.',
    };
    return;
  }
  if (!(await isDistributed(sql))) {
    yield {
      ...{
        state: 'advice',
        what: WHAT,
        found: `${extension.version}, ${workers} ${noun(workers, 'worker')}; no table is distributed`,
      },
      todo: DISTRIBUTE,
    };
    return;
  }
  const tables = await sql<{ name: string; method: string | null }[]>`
    select c.relname as name, p.partmethod::text as method
    from unnest(${['close_scope', ...VOCABULARY_TABLES, ...TABLES_BY_PERSON]}::text[]) as wanted
    join pg_class c on c.oid = to_regclass(wanted)
    left join pg_dist_partition p on p.logicalrelid = c.oid
    order by c.relname`;
  const missing = tables.filter((one) => one.method === null).map((one) => one.name);
  if (missing.length > 0) {
    yield {
      ...{ state: 'wrong', what: WHAT, found: `on the coordinator alone: ${missing.join(', ')}` },
      todo: DISTRIBUTE,
    };
    return;
  }
  const byPerson = tables.filter((one) => one.method === 'h').length;
  yield {
    ...{ state: 'well', what: WHAT },
    found: `${extension.version}, ${workers} ${noun(workers, 'worker')}; ${byPerson} tables by person, ${tables.length - byPerson} on every node`,
  };
}
