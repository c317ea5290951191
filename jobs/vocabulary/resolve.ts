/**
 * Codes and concept ids answered from memory, for mappers that may not wait. What memory lacks is noted; the caller
 * fetches all of it in two statements and maps again. One resolver per worker; what it remembers belongs to one
 * vocabulary release and is dropped with it.
 *
 *   const releaseId = await resolver.release(tx);   // first thing in the chunk's transaction
 *   const lookup = resolver.begin(settings.codeSystems);
 *   do { map with lookup } while (await lookup.fetchMissing(tx));
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { giveUp } from '../errors.ts';
import { vocabulariesFor } from '../map/code-systems.ts';
import type { Vendor } from '../map/settings.ts';
import { NOTHING, type Resolution, type Target } from '../map/types.ts';
import { type Asked, lookUpCodes, lookUpStandard } from './look-up.ts';

export interface Lookup {
  /** As MapContext has it. A code not yet fetched gives NOTHING and is noted. */
  resolve(system: string | undefined, code: string): Resolution;
  standard(conceptId: number): Target | undefined;
  /** Fetches what was noted. False when there was nothing: what was mapped last is final. */
  fetchMissing(tx: Sql | Tx): Promise<boolean>;
}

export interface Resolver {
  /**
   * Id of the current release. Read first in a transaction, it keeps the vocabulary as it is until the end of it
   * (see swap.ts). Gives up when no vocabulary was ever loaded.
   */
  release(tx: Sql | Tx): Promise<number>;
  begin(extraCodeSystems?: Readonly<Record<string, string>>, vendor?: Vendor): Lookup;
}

export interface ResolverOptions {
  readonly sql: Sql;
  /** Answers remembered before memory starts anew; some 300 bytes each. */
  readonly capacity?: number;
}

interface Memory {
  readonly release: number;
  readonly codes: Map<string, Resolution>;
  readonly concepts: Map<number, Target | undefined>;
}

export function createResolver({ capacity = 200_000 }: ResolverOptions): Resolver {
  let memory: Memory = { release: 0, codes: new Map(), concepts: new Map() };

  return {
    release: async (tx) => {
      const release = await currentRelease(tx);
      if (release !== memory.release) memory = { release, codes: new Map(), concepts: new Map() };
      return release;
    },
    begin: (extraCodeSystems = {}, vendor = 'other') =>
      beginLookup(memory, (system) => vocabulariesFor(system, extraCodeSystems, vendor), capacity),
  };
}

async function currentRelease(tx: Sql | Tx): Promise<number> {
  const [row] = await tx<{ release_id: number }[]>`
    select release_id from vocabulary_release where is_current`;
  if (row) return row.release_id;
  throw giveUp(
    'vocabulary-not-loaded',
    'No vocabulary is loaded, so no code can be mapped. ' +
      'Download one from athena.ohdsi.org and run: npm run cli -- vocabulary load DIR|ZIP',
  );
}

function beginLookup(
  memory: Memory,
  vocabulariesFor: (system: string) => readonly string[],
  capacity: number,
): Lookup {
  // What this chunk has used. It outlives a fresh start of the shared memory, so that mapping again always ends.
  const codes = new Map<string, Resolution>();
  const concepts = new Map<number, Target | undefined>();
  const missingCodes = new Map<string, Asked>();
  const missingConcepts = new Set<number>();
  const systems = new Map<string, readonly string[]>();

  const vocabulariesOf = (system: string): readonly string[] => {
    const known = systems.get(system);
    if (known) return known;
    const found = vocabulariesFor(system);
    systems.set(system, found);
    return found;
  };

  return {
    resolve(system, code) {
      if (!system || !code) return NOTHING;
      const vocabularies = vocabulariesOf(system);
      // The vocabularies are part of the name, since connections may read one system differently.
      const name = `${vocabularies.join('|')}\n${system}\n${code}`;
      const known = codes.get(name) ?? memory.codes.get(name);
      if (known) {
        codes.set(name, known);
        return known;
      }
      missingCodes.set(name, { system, vocabularies, code });
      return NOTHING;
    },

    standard(conceptId) {
      if (concepts.has(conceptId)) return concepts.get(conceptId);
      if (memory.concepts.has(conceptId)) {
        const known = memory.concepts.get(conceptId);
        concepts.set(conceptId, known);
        return known;
      }
      missingConcepts.add(conceptId);
      return undefined;
    },

    async fetchMissing(tx) {
      if (missingCodes.size === 0 && missingConcepts.size === 0) return false;
      const names = [...missingCodes.keys()];
      const answers = await lookUpCodes(tx, [...missingCodes.values()]);
      const standard = await lookUpStandard(tx, [...missingConcepts]);
      const standardById = new Map(standard.map((target) => [target.conceptId, target]));
      if (memory.codes.size + names.length > capacity) memory.codes.clear();
      if (memory.concepts.size + missingConcepts.size > capacity) memory.concepts.clear();
      names.forEach((name, index) => {
        const found = answers[index] ?? NOTHING;
        codes.set(name, found);
        memory.codes.set(name, found);
      });
      for (const conceptId of missingConcepts) {
        concepts.set(conceptId, standardById.get(conceptId));
        memory.concepts.set(conceptId, standardById.get(conceptId));
      }
      missingCodes.clear();
      missingConcepts.clear();
      return true;
    },
  };
}
