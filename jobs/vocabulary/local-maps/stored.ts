/** The stored local maps: lists them, adds one, and changes or deletes one. */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';
import { MAP_ID } from './check.ts';
import type { Finding, MapState, ProposedMap } from './local-map.ts';
import { lockMaps, writeMapsInTx } from './write.ts';

export interface LocalMap {
  /** An id that changes with what identifies the map: its code, target and validity. */
  readonly map_id: string;
  readonly source_vocabulary_id: string;
  /** Code systems that go by this name. */
  readonly systems: string[];
  readonly source_code: string;
  readonly source_code_description: string | null;
  readonly source_concept_id: number;
  readonly target_concept_id: number;
  readonly target_vocabulary_id: string;
  readonly target_name: string | null;
  readonly target_domain: string | null;
  /** As of `day`. */
  readonly state: MapState;
  readonly valid_start_date: string;
  readonly valid_end_date: string;
}

export interface MapFilter {
  readonly map_id?: string | undefined;
  readonly source_vocabulary_id?: string | undefined;
  readonly system?: string | undefined;
  readonly source_code?: string | undefined;
  readonly target_concept_id?: number | undefined;
  /** Text that the code or the description must contain. */
  readonly search?: string | undefined;
  readonly state?: LocalMap['state'] | undefined;
  readonly limit: number;
  /** Only those behind this one in the order of the list, whether or not it is still there. */
  readonly after?: MapPlace | undefined;
}

/** What the list is sorted by: short name, code, target, first day, id. */
export type MapPlace = readonly [string, string, number, string, string];

export const placeOf = (map: LocalMap): MapPlace => [
  ...([map.source_vocabulary_id, map.source_code, map.target_concept_id] as const),
  ...([map.valid_start_date, map.map_id] as const),
];

export async function selectMaps(sql: Sql | Tx, filter: MapFilter, day: string): Promise<LocalMap[]> {
  const [vocabulary = null, code = null, target = null, start = null, id = null] = filter.after ?? [];
  const contains = filter.search ? `%${filter.search.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
  return [
    ...(await sql<LocalMap[]>`
    with listed as (
      select ${sql.unsafe(MAP_ID)} as map_id, m.source_vocabulary_id,
        array(select v.system from local_vocabulary v where v.vocabulary_id = m.source_vocabulary_id order by 1) as systems,
        m.source_code, m.source_code_description, m.source_concept_id, m.target_concept_id, m.target_vocabulary_id,
        t.concept_name as target_name, t.domain_id as target_domain,
        case
          when m.invalid_reason is not null or m.valid_end_date < ${day}::date then 'ended'
          when m.target_concept_id <> 0 and (t.standard_concept is distinct from 'S' or t.invalid_reason is not null) then 'target-lost'
          when m.valid_start_date > ${day}::date then 'not-yet'
          else 'in-force'
        end as state,
        m.valid_start_date, m.valid_end_date
      from source_to_concept_map m left join concept t on t.concept_id = m.target_concept_id
      where (${filter.source_vocabulary_id ?? null}::text is null or m.source_vocabulary_id = ${filter.source_vocabulary_id ?? null})
        and (${filter.source_code ?? null}::text is null or m.source_code = ${filter.source_code ?? null})
        and (${filter.target_concept_id ?? null}::int is null or m.target_concept_id = ${filter.target_concept_id ?? null})
        and (${contains}::text is null or m.source_code ilike ${contains} or m.source_code_description ilike ${contains})
    )
    select * from listed
    where (${filter.map_id ?? null}::text is null or map_id = ${filter.map_id ?? null})
      and (${filter.state ?? null}::text is null or state = ${filter.state ?? null})
      and (${filter.system ?? null}::text is null or ${filter.system ?? null} = any(systems)
           or source_vocabulary_id = ${filter.system ?? null})
      and (${vocabulary}::text is null or (source_vocabulary_id, source_code, target_concept_id, valid_start_date, map_id)
           > (${vocabulary}::text, ${code}::text, ${target}::int, ${start}::date, ${id}::text))
    order by source_vocabulary_id, source_code, target_concept_id, valid_start_date, map_id
    limit ${filter.limit}`),
  ];
}

/**
 * Counts maps that would hold if their concept were still valid and Standard. Without them the vocabulary
 * alone answers for their codes.
 */
export async function countLostMaps(sql: Sql | Tx, day: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n
    from source_to_concept_map m left join concept t on t.concept_id = m.target_concept_id
    where m.invalid_reason is null and m.valid_end_date >= ${day}::date and m.target_concept_id <> 0
      and (t.standard_concept is distinct from 'S' or t.invalid_reason is not null)`;
  return row?.n ?? 0;
}

/** What may be changed; an undefined field stays as it is. */
export interface MapChanges {
  readonly source_code_description?: string | undefined;
  readonly source_concept_id?: number | undefined;
  readonly target_concept_id?: number | undefined;
  readonly valid_start_date?: string | undefined;
  readonly valid_end_date?: string | undefined;
}

export interface Added {
  readonly map: LocalMap;
  readonly warnings: Finding[];
}

/** Throws when something speaks against the map; the transaction must then be rolled back. */
export async function addMapInTx(
  tx: Tx,
  proposed: ProposedMap,
  { day, replace = false }: { readonly day: string; readonly replace?: boolean },
): Promise<Added> {
  const { findings, named } = await writeMapsInTx(tx, [proposed], { apply: true, replace });
  const against = findings.filter((one) => one.level !== 'warning');
  if (against.length > 0)
    throw syncError('local-map-conflict', { faults: against.map((one) => one.message).join(' ') });
  const filter = { source_vocabulary_id: named[0]?.source_vocabulary_id, source_code: proposed.source_code };
  const stored = await selectMaps(tx, { ...filter, limit: 1000 }, day);
  const map = stored.find(
    (one) =>
      one.target_concept_id === proposed.target_concept_id &&
      one.valid_start_date === proposed.valid_start_date &&
      one.valid_end_date === proposed.valid_end_date,
  );
  if (!map) throw new Error('the map that was written is not to be found');
  return { map, warnings: [...findings] };
}

/** Changes a map; the result is checked like a new one. */
export async function changeMapInTx(
  tx: Tx,
  mapId: string,
  changes: MapChanges,
  day: string,
): Promise<{ readonly before: LocalMap; readonly now: Added }> {
  const before = await deleteMapInTx(tx, mapId, day);
  const { target_vocabulary_id: _derived, source_code_description, ...rest } = before;
  const proposed = {
    ...rest,
    ...{ line: 1, system: undefined, target_vocabulary_id: undefined },
    source_code_description: source_code_description ?? undefined,
    ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  };
  return { before, now: await addMapInTx(tx, proposed, { day }) };
}

export async function deleteMapInTx(tx: Tx, mapId: string, day: string): Promise<LocalMap> {
  await lockMaps(tx);
  const map = await readMap(tx, mapId, day);
  await tx`
    delete from source_to_concept_map m
    where m.source_vocabulary_id = ${map.source_vocabulary_id} and m.source_code = ${map.source_code}
      and ${tx.unsafe(MAP_ID)} = ${map.map_id}`;
  return map;
}

export async function readMap(sql: Sql | Tx, mapId: string, day: string): Promise<LocalMap> {
  const [map] = await selectMaps(sql, { map_id: mapId, limit: 1 }, day);
  if (map) return map;
  throw syncError('local-map-not-found');
}
