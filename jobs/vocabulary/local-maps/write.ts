/**
 * Writes maps after their check, all or none. Nobody else may write maps between the two, so the table is
 * locked against writers; steps that map chunks can still read it.
 */
import type { Tx } from '../../../sql/connect.ts';
import { cut } from '../../map/cdm/cut.ts';
import { type Checked, type CheckOptions, checkMaps, MAP_ID } from './check.ts';
import type { NamedMap, ProposedMap } from './local-map.ts';
import { nameSystems } from './name-system.ts';

export interface Written extends Checked {
  readonly named: readonly NamedMap[];
  readonly applied: boolean;
}

export interface WriteOptions extends CheckOptions {
  /** Without it, the maps are only checked. */
  readonly apply: boolean;
}

export async function writeMapsInTx(
  tx: Tx,
  proposed: readonly ProposedMap[],
  options: WriteOptions,
): Promise<Written> {
  if (options.apply) await lockMaps(tx);
  const named = await nameAll(tx, proposed, { store: false });
  const checked = await checkMaps(tx, named, options);
  const applied = options.apply && !checked.findings.some((one) => one.level === 'error');
  if (!applied || checked.fresh.length === 0) return { ...checked, named, applied };
  // Names are stored only now, so that refused maps leave nothing behind.
  await nameAll(tx, proposed, { store: true });
  await giveWay(tx, checked);
  await insertMaps(tx, checked.fresh);
  return { ...checked, named, applied };
}

export async function lockMaps(tx: Tx): Promise<void> {
  await tx`lock table source_to_concept_map in share row exclusive mode`;
}

async function nameAll(
  tx: Tx,
  proposed: readonly ProposedMap[],
  options: { readonly store: boolean },
): Promise<NamedMap[]> {
  const systems = proposed.flatMap((map) => (map.system !== undefined ? [map.system.trim()] : []));
  const names = await nameSystems(tx, systems, options);
  return proposed.map((map) => ({
    ...map,
    source_vocabulary_id: map.source_vocabulary_id ?? names.get(map.system?.trim() ?? '') ?? '',
  }));
}

/** A replaced map ends the day before the new one begins; one that would then never have held is deleted. */
async function giveWay(tx: Tx, { fresh, replaced }: Checked): Promise<void> {
  if (replaced.length === 0) return;
  const ends = replaced.map((old) =>
    fresh
      .filter(
        (map) => map.source_code === old.source_code && map.source_vocabulary_id === old.source_vocabulary_id,
      )
      .map((map) => map.valid_start_date)
      .toSorted()
      .at(0),
  );
  const given = [
    replaced.map((old) => old.map_id),
    replaced.map((old) => old.source_vocabulary_id),
    replaced.map((old) => old.source_code),
    ends.map((end) => end ?? null),
  ] as const;
  const old = tx`
    unnest(${given[0]}::text[], ${given[1]}::text[], ${given[2]}::text[], ${given[3]}::date[])
      as r(map_id, vocabulary_id, code, begins)
    where m.source_vocabulary_id = r.vocabulary_id and m.source_code = r.code and ${tx.unsafe(MAP_ID)} = r.map_id`;
  await tx`delete from source_to_concept_map m using ${old} and m.valid_start_date >= r.begins`;
  await tx`update source_to_concept_map m set valid_end_date = r.begins - 1 from ${old} and m.valid_start_date < r.begins`;
}

async function insertMaps(tx: Tx, maps: Checked['fresh']): Promise<void> {
  if (maps.length === 0) return;
  await tx`
    insert into source_to_concept_map (source_code, source_concept_id, source_vocabulary_id, source_code_description,
      target_concept_id, target_vocabulary_id, valid_start_date, valid_end_date)
    select * from unnest(
      ${maps.map((map) => map.source_code)}::text[], ${maps.map((map) => map.source_concept_id)}::int[],
      ${maps.map((map) => map.source_vocabulary_id)}::text[],
      ${maps.map((map) => (map.source_code_description ? cut(map.source_code_description, 255) : null))}::text[],
      ${maps.map((map) => map.target_concept_id)}::int[], ${maps.map((map) => map.target_vocabulary_id)}::text[],
      ${maps.map((map) => map.valid_start_date)}::date[], ${maps.map((map) => map.valid_end_date)}::date[])`;
}
