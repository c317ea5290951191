/**
 * Codes and concept ids answered from memory, for mappers that may not wait. What memory lacks is noted; the caller
 * fetches all of it in three statements and maps again. One resolver per worker; what it remembers belongs to one
 * state of the vocabulary (release and local maps) and is dropped with it.
 *
 *   const state = await resolver.state(tx);   // first thing in the chunk's transaction
 *   const lookup = resolver.begin(state, settings.codeSystems);
 *   do { map with lookup } while (await lookup.fetchMissing(tx));
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { type Clock, systemClock } from '../deps.ts';
import { SyncError } from '../errors.ts';
import { vocabulariesFor } from '../map/code-systems.ts';
import type { Vendor } from '../map/settings.ts';
import { NOTHING, type Resolution, type Target } from '../map/types.ts';
import { type Asked, lookUpCodes, lookUpStandard } from './look-up.ts';
import { readState, sameState, type VocabularyState } from './state.ts';

export interface Lookup {
  /** As MapContext has it. A code not yet fetched gives NOTHING and is noted. */
  resolve(system: string | undefined, code: string): Resolution;
  standard(conceptId: number): Target | undefined;
  /**
   * Fetches what was noted. False when there was nothing: what was mapped last is final. Throws StateMoved when
   * somebody edited the local maps meanwhile: the transaction is to be rolled back and done again.
   */
  fetchMissing(tx: Sql | Tx): Promise<boolean>;
}

export interface Resolver {
  /**
   * The current state. Read first in a transaction, it keeps the release as it is until the end of it (see swap.ts).
   * Gives up when no vocabulary was ever loaded.
   */
  state(tx: Sql | Tx): Promise<VocabularyState>;
  begin(state: VocabularyState, extraCodeSystems?: Readonly<Record<string, string>>, vendor?: Vendor): Lookup;
}

export interface ResolverOptions {
  readonly sql: Sql;
  /** On which day a local map holds. */
  readonly clock?: Clock;
  /** Answers remembered before memory starts anew; some 300 bytes each. */
  readonly capacity?: number;
}

/** A chunk mapped half before and half after an edit would be marked with a state that half of it never saw. */
export class StateMoved extends SyncError {
  constructor() {
    super('vocabulary-moved', 'The local maps were edited while a chunk was mapped; it is mapped again.', {
      sort: 'retry',
      retryAfterSeconds: 0,
    });
  }
}

interface Memory {
  readonly state: VocabularyState;
  readonly codes: Map<string, Resolution>;
  readonly concepts: Map<number, Target | undefined>;
}

export function createResolver({ clock = systemClock, capacity = 200_000 }: ResolverOptions): Resolver {
  let memory: Memory | undefined;

  return {
    state: (tx) => readState(tx, clock()),
    begin: (state, extraCodeSystems = {}, vendor = 'other') => {
      if (!memory || !sameState(memory.state, state)) {
        memory = { state, codes: new Map(), concepts: new Map() };
      }
      return beginLookup(memory, (system) => vocabulariesFor(system, extraCodeSystems, vendor), capacity);
    },
  };
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
      const answers = await lookUpCodes(tx, [...missingCodes.values()], memory.state.day);
      const standard = await lookUpStandard(tx, [...missingConcepts]);
      if (!sameState(memory.state, await readState(tx, new Date(memory.state.day)))) throw new StateMoved();
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
