/**
 * The name under which source_to_concept_map keeps the codes of a system. It is the name that somebody gave
 * the system, or else the vocabulary's where the system is a known one, or else the system itself where that
 * is short. Otherwise it is made from the system's last part, and stored.
 */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../../sql/connect.ts';
import { vocabulariesFor } from '../../map/read/code-systems.ts';

/** Width of source_vocabulary_id. */
export const NAME_WIDTH = 20;

/** Name by system, for each of `systems`. New names are stored when `store` is set. */
export async function nameSystems(
  tx: Sql | Tx,
  systems: readonly string[],
  { store }: { readonly store: boolean },
): Promise<Map<string, string>> {
  const wanted = [...new Set(systems)];
  const rows = await tx<{ system: string; vocabulary_id: string }[]>`
    select system, vocabulary_id from local_vocabulary where system = any(${wanted}::text[])`;
  const names = new Map(rows.map((row) => [row.system, row.vocabulary_id]));
  const made: string[] = [];
  for (const system of wanted) {
    if (names.has(system)) continue;
    const known = vocabulariesFor(system)[0] ?? (fits(system) ? system : undefined);
    names.set(system, known ?? madeFrom(system));
    if (known === undefined) made.push(system);
  }
  if (store && made.length > 0) {
    await tx`
      insert into local_vocabulary (system, vocabulary_id, name)
      select system, vocabulary_id, system
      from unnest(${made}::text[], ${made.map((system) => names.get(system) ?? '')}::text[]) as m(system, vocabulary_id)
      on conflict (system) do nothing`;
  }
  return names;
}

const fits = (system: string): boolean => [...system].length <= NAME_WIDTH;

/**
 * `https://hospital.example/codes/laboratory` → `laboratory-5f0c2a91`: the last part for people, a hash to
 * make it unique.
 */
function madeFrom(system: string): string {
  const hash = createHash('sha256').update(system).digest('hex').slice(0, 8);
  const last = system.split(/[/:#]/).findLast((part) => part !== '') ?? '';
  const readable = last.replaceAll(/[^A-Za-z0-9.-]/g, '').slice(-(NAME_WIDTH - hash.length - 1));
  return `${readable || 'local'}-${hash}`;
}
