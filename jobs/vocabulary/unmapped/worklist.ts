/**
 * The worklist: unmapped codes by how much mapping them would gain. Words may name a patient, so those that few persons
 * have are counted and not told (sql/migrations/0176-unmapped-words.sql).
 */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';
import { nameSystems } from '../local-maps/name-system.ts';
import { expectedDomains } from './expected-domain.ts';

/** A line of the worklist: a code, or the words of few persons counted together. */
export interface UnmappedCode {
  /** null in a line that counts words which few persons have; such a line has neither code nor persons. */
  readonly code_id: number | null;
  readonly system: string;
  readonly code: string | null;
  /** null also where few persons have it. */
  readonly display: string | null;
  readonly resource_type: string;
  readonly element: string;
  readonly expected_domains: string[];
  readonly connections: number;
  readonly records: number;
  readonly persons: number | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  /**
   * Percent of all unmapped uses in scope: of this code, and of this code with all the more frequent ones.
   */
  readonly share: number;
  readonly cumulative_share: number;
  /** Different words that the line counts without telling them. */
  readonly codes_withheld: number;
  /** Whether somebody has mapped it since; then the remap, or a later sync, takes it off the list. */
  readonly has_map: boolean;
  /** Whether a person has mapped it to 0: no concept fits. */
  readonly decided: boolean;
}

/** A line that tells its code. */
export type ToldCode = UnmappedCode & { readonly code_id: number; readonly code: string };

/**
 * Connections, domain, element and resource type are the scope that the shares refer to; the other filters
 * only choose from it.
 */
export interface WorklistFilter {
  readonly connection_id?: number | undefined;
  /** Only of these connections; null for all. */
  readonly connections?: readonly number[] | null | undefined;
  readonly domain?: string | undefined;
  readonly element?: string | undefined;
  readonly resource_type?: string | undefined;
  readonly min_records?: number | undefined;
  readonly search?: string | undefined;
  readonly code_id?: number | undefined;
  /** With codes that a person has mapped to 0: decided, so no work any more. */
  readonly decided?: boolean | undefined;
  /** Without the lines that count withheld words. */
  readonly only_told?: boolean | undefined;
  readonly limit: number;
  /** Only those behind this one in the order of the list. */
  readonly after?: WorklistPlace | undefined;
}

/**
 * What the list is sorted by: records, code, hash of the system where there is no code, resource type, element. A system
 * is up to 255 characters of any kind from an EHR, and places stand in addresses.
 */
export type WorklistPlace = readonly [number, number | null, string, string, string];

type Placed = Pick<UnmappedCode, 'records' | 'code_id' | 'system' | 'resource_type' | 'element'>;

export const placeOf = ({ records, code_id, system, resource_type, element }: Placed): WorklistPlace => [
  ...([records, code_id, code_id === null ? hashOf(system) : '', resource_type, element] as const),
];

const hashOf = (system: string): string => createHash('sha256').update(system).digest('hex');

/** Lines that count withheld words have no code, and stand behind those with as many records. */
const LAST = Number.MAX_SAFE_INTEGER;

export async function selectUnmapped(sql: Sql | Tx, filter: WorklistFilter): Promise<UnmappedCode[]> {
  const kinds = await kindsOf(sql, filter);
  const decided = await decidedCodes(sql);
  const hidden = filter.decided || filter.code_id !== undefined ? [] : [...decided];
  const [records = null, code_id = null, hash = null, resource_type = null, element = null] =
    filter.after ?? [];
  const after = { records, code_id, hash, resource_type, element };
  const contains = filter.search ? `%${filter.search.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
  const rows = await sql<Omit<UnmappedCode, 'expected_domains' | 'has_map' | 'decided'>[]>`
    with counted as (
      select m.code_id, m.resource_type, m.element, count(*)::int as connections, sum(m.records)::bigint as records,
        sum(m.persons)::bigint as persons, min(m.first_run) as first_run, max(m.last_run) as last_run,
        bool_or(unmapped_is_common(m.resource_type, m.persons, c.sync_config)) as is_common
      from unmapped_summary m join connection c using (connection_id)
      where (${filter.connection_id ?? null}::int is null or m.connection_id = ${filter.connection_id ?? null})
        and (${filter.connections ?? null}::int[] is null or m.connection_id = any (${filter.connections ?? null}))
        and (m.resource_type, m.element) in (
          select * from unnest(${kinds.map((one) => one.resource_type)}::text[], ${kinds.map((one) => one.element)}::text[]))
        and m.code_id <> all (${hidden}::bigint[])
      group by m.code_id, m.resource_type, m.element
    ),
    told as (
      select n.*, s.system, s.code, s.display, unmapped_is_words(s.system, s.code) and not n.is_common as is_withheld
      from counted n join source_code s using (code_id)
    ),
    listed as (
      select code_id, system, code, case when is_common then display end as display, resource_type, element, connections,
        records, persons, first_run, last_run, 0 as codes_withheld
      from told where not is_withheld
      union all
      select null, system, null, null, resource_type, element, max(connections), sum(records)::bigint, null,
        min(first_run), max(last_run), count(*)::int
      from told where is_withheld
      group by system, resource_type, element
    ),
    placed as (
      select *, coalesce(code_id, ${LAST}) as place,
        case when code_id is null then encode(sha256(convert_to(system, 'UTF8')), 'hex') else '' end collate "C" as hash
      from listed
    ),
    shared as (
      select *, round(100.0 * records / sum(records) over (), 2) as share,
        round(100.0 * sum(records) over (order by records desc, place, hash, resource_type, element) / sum(records) over (), 2)
          as cumulative_share
      from placed
    )
    select s.code_id, s.system, s.code, s.display, s.resource_type, s.element, s.connections, s.records, s.persons,
      f.created_at as first_seen, l.created_at as last_seen, s.share, s.cumulative_share, s.codes_withheld
    from shared s
    left join run f on f.run_id = s.first_run
    left join run l on l.run_id = s.last_run
    where s.records >= ${filter.min_records ?? 1}
      and (${filter.code_id ?? null}::bigint is null or s.code_id = ${filter.code_id ?? null})
      and (not ${filter.only_told ?? false}::boolean or s.code_id is not null)
      and (${contains}::text is null or s.code ilike ${contains} or s.display ilike ${contains} or s.system ilike ${contains})
      and (${after.records}::bigint is null
        or (-s.records, s.place, s.hash, s.resource_type, s.element)
          > (-${after.records}::bigint, coalesce(${after.code_id}::bigint, ${LAST}), ${after.hash}::text,
            ${after.resource_type}::text, ${after.element}::text))
    order by s.records desc, s.place, s.hash, s.resource_type, s.element
    limit ${filter.limit}`;
  const mapped = await mappedAmong(sql, rows.filter(isTold));
  return rows.map((row) => ({
    ...row,
    expected_domains: [...expectedDomains(row.resource_type, row.element)],
    has_map: row.code_id !== null && mapped.has(row.code_id),
    decided: row.code_id !== null && decided.has(row.code_id),
  }));
}

/** Codes that have a local map by now. */
async function mappedAmong(
  sql: Sql | Tx,
  rows: readonly { readonly code_id: number; readonly system: string; readonly code: string }[],
): Promise<Set<number>> {
  const names = await nameSystems(
    sql,
    rows.map((row) => row.system),
    { store: false },
  );
  const mapped = await sql<{ code_id: number }[]>`
    select distinct a.code_id
    from unnest(${rows.map((row) => row.code_id)}::bigint[], ${rows.map((row) => names.get(row.system) ?? '')}::text[],
      ${rows.map((row) => row.code)}::text[]) as a(code_id, vocabulary_id, code)
    join source_to_concept_map m on m.source_vocabulary_id = a.vocabulary_id and m.source_code = a.code
    where m.invalid_reason is null and m.target_concept_id <> 0`;
  return new Set(mapped.map((row) => row.code_id));
}

/** Codes on the list that a person has mapped to 0 ("no concept fits"), by the names that their systems have here. */
async function decidedCodes(sql: Sql | Tx): Promise<Set<number>> {
  const rows = await sql<{ code_id: number; system: string; vocabulary_id: string }[]>`
    select s.code_id, s.system, m.source_vocabulary_id as vocabulary_id
    from source_to_concept_map m join source_code s on s.code = m.source_code
    where m.target_concept_id = 0 and m.invalid_reason is null
      and exists (select from unmapped_summary u where u.code_id = s.code_id)`;
  const systems = rows.map((row) => row.system);
  const names = await nameSystems(sql, systems, { store: false });
  return new Set(rows.filter((row) => names.get(row.system) === row.vocabulary_id).map((row) => row.code_id));
}

/** Where a code is used (in these connections), most often first; throws when it is not on the list, or withheld there. */
export async function readUnmapped(
  sql: Sql | Tx,
  codeId: number,
  connections: readonly number[] | null = null,
): Promise<readonly [ToldCode, ...ToldCode[]]> {
  const uses = await selectUnmapped(sql, { code_id: codeId, connections, limit: 1000 });
  const [first, ...others] = uses.filter(isTold);
  if (first) return [first, ...others];
  throw syncError('unmapped-code-not-found', { code_id: codeId });
}

function isTold<T extends { readonly code_id: number | null; readonly code: string | null }>(
  row: T,
): row is T & { readonly code_id: number; readonly code: string } {
  return row.code_id !== null && row.code !== null;
}

interface Kind {
  resource_type: string;
  element: string;
}

/** Resource types and elements in the scope. There are some dozens of them. */
async function kindsOf(sql: Sql | Tx, filter: WorklistFilter): Promise<Kind[]> {
  const kinds = await sql<Kind[]>`select distinct resource_type, element from unmapped_summary`;
  return kinds.filter(
    (one) =>
      (filter.element === undefined || one.element === filter.element) &&
      (filter.resource_type === undefined || one.resource_type === filter.resource_type) &&
      (filter.domain === undefined ||
        expectedDomains(one.resource_type, one.element).includes(filter.domain)),
  );
}
