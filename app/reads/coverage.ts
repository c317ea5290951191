/**
 * Coverage by domain: of the rows in the CDM, which have a Standard concept (view mapping_coverage). The view counts the
 * CDM, which takes long on a large one, so what it said is kept: until a run has ended, and at least ten times as long
 * as the counting took.
 */
import type { Sql } from '../../sql/connect.ts';

export interface DomainCoverage {
  readonly table_name: string;
  readonly rows: number;
  readonly mapped: number;
}

export interface Coverage {
  readonly counted_at: Date;
  readonly domains: readonly DomainCoverage[];
}

interface Kept {
  readonly coverage: Coverage;
  readonly runs: string;
  readonly until: number;
}

const kept = new WeakMap<Sql, Map<string, Kept | Promise<Kept>>>();
/** Scopes of callers who are restricted; beyond them the oldest is forgotten. */
const MOST_SCOPES = 50;

/** What was counted last; undefined where nothing was yet. */
export function knownCoverage(sql: Sql, connections: readonly number[] | null): Coverage | undefined {
  const found = kept.get(sql)?.get(scopeOf(connections));
  return found === undefined || found instanceof Promise ? undefined : found.coverage;
}

/** Counts where that is due. Whoever asks meanwhile waits for the same counting. */
export async function readCoverage(
  sql: Sql,
  connections: readonly number[] | null,
  clock: () => Date,
): Promise<Coverage> {
  const scopes = kept.get(sql) ?? new Map<string, Kept | Promise<Kept>>();
  kept.set(sql, scopes);
  const scope = scopeOf(connections);
  const found = scopes.get(scope);
  if (found instanceof Promise) return (await found).coverage;
  const runs = await runsUntilNow(sql);
  if (found && (found.runs === runs || clock().getTime() < found.until)) return found.coverage;
  const counting = count(sql, connections, clock).then((fresh) => ({ ...fresh, runs }));
  scopes.set(scope, counting);
  if (scopes.size > MOST_SCOPES) scopes.delete(scopes.keys().next().value ?? scope);
  try {
    const fresh = await counting;
    scopes.set(scope, fresh);
    return fresh.coverage;
  } catch (error) {
    scopes.delete(scope);
    throw error;
  }
}

const scopeOf = (connections: readonly number[] | null): string => connections?.join() ?? 'all';

async function runsUntilNow(sql: Sql): Promise<string> {
  const [row] = await sql<[{ runs: string }]>`
    select concat_ws('/', count(*), max(finished_at)) as runs from run where finished_at is not null`;
  return row.runs;
}

async function count(
  sql: Sql,
  connections: readonly number[] | null,
  clock: () => Date,
): Promise<Omit<Kept, 'runs'>> {
  const began = clock();
  const domains = await sql<DomainCoverage[]>`
    select table_name, sum(row_count)::bigint as rows, sum(mapped_rows)::bigint as mapped
    from mapping_coverage
    where (${connections}::integer[] is null or connection_id = any (${connections}))
    group by table_name order by table_name`;
  const took = clock().getTime() - began.getTime();
  return { coverage: { counted_at: began, domains }, until: began.getTime() + 11 * took };
}
