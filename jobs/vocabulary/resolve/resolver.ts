/**
 * Answers questions to the vocabulary from memory, for mappers that may not wait. What memory lacks is noted;
 * the caller fetches all of it in a few statements and maps again. There is one resolver per worker; what it
 * remembers belongs to one state of the vocabulary (release and local maps) and is dropped with it.
 *
 *   const state = await resolver.state(tx);   // first thing in the chunk's transaction
 *   const lookup = resolver.begin(state, settings.codeSystems);
 *   map with lookup, telling it `about` each resource; then fetchMissing, and map again those that `missed`
 *   lookup.given()   // which answers the resources were mapped with
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { vocabulariesFor } from '../../map/read/code-systems.ts';
import type { Vendor } from '../../map/settings.ts';
import { NOTHING, type Resolution, type Target } from '../../map/types.ts';
import { type Clock, systemClock } from '../../step/clock.ts';
import { syncError } from '../../step/errors.ts';
import { lookUpAncestors, lookUpCodes, lookUpStandard } from './look-up.ts';
import type { Answer, Question } from './questions.ts';
import { readState, sameState, type VocabularyState } from './state.ts';

export interface Lookup {
  /** Resolves a code as MapContext does. A code not yet fetched gives NOTHING and is noted. */
  resolve(system: string | undefined, code: string): Resolution;
  standard(conceptId: number): Target | undefined;
  descends(conceptId: number, ancestorId: number): boolean;
  /**
   * Whether anything was noted since `about`. If so, the resource must be mapped again, and its questions do
   * not count yet.
   */
  missed(): boolean;
  /** Notes that something else that the resource needs is missing, too. */
  miss(): void;
  /**
   * Fetches what was noted; resolves to false when there was nothing. Throws `vocabulary-moved` when somebody
   * edited the local maps meanwhile; the transaction must then be rolled back and done again.
   */
  fetchMissing(tx: Sql | Tx): Promise<boolean>;
  /** Forgets who asked for what, because everything is mapped anew. */
  restart(): void;
  /** Says that the next questions are asked for another resource, one of this group (a chunk, say). */
  about(group: number): void;
  /**
   * The answers that the resources of each group were mapped with since `restart`, and how many of them
   * asked.
   */
  given(): ReadonlyMap<number, ReadonlyMap<Given, number>>;
}

/** A question with its answer: one object for all who ask, while the resolver remembers it. */
export interface Given<Q extends Question = Question, A extends Answer = Answer> {
  readonly question: Q;
  readonly answer: A;
}

type OfCode = Given<Extract<Question, { kind: 'code' }>, Resolution>;
type OfConcept = Given<Extract<Question, { kind: 'concept' }>, Target | null>;
type OfPair = Given<Extract<Question, { kind: 'ancestor' }>, boolean>;

export interface Resolver {
  /**
   * The current state. Reading it first in a transaction keeps the release in place until the transaction
   * ends (see swap.ts). Throws when no vocabulary was ever loaded.
   */
  state(tx: Sql | Tx): Promise<VocabularyState>;
  begin(state: VocabularyState, extraCodeSystems?: Readonly<Record<string, string>>, vendor?: Vendor): Lookup;
}

export interface ResolverOptions {
  readonly sql: Sql;
  /** Tells the day on which local maps must hold. */
  readonly clock?: Clock;
  /** Answers remembered before memory starts anew; some 400 bytes each. */
  readonly capacity?: number;
}

/** Words are asked for like codes: what is longer than any code is fetched for each chunk anew. */
const LONGEST = 255;

interface Memory {
  readonly state: VocabularyState;
  /** Answers by vocabularies, system and code, since connections may read one system differently. */
  readonly codes: Map<string, OfCode>;
  readonly concepts: Map<number, OfConcept>;
}

export function createResolver({ clock = systemClock, capacity = 100_000 }: ResolverOptions): Resolver {
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

/** An answer that this chunk has used, and how many resources asked for it since the last sum. */
interface Use<G extends Given = Given> {
  readonly given: G;
  asked: number;
  lastAsker: number;
}

interface System {
  readonly vocabularies: readonly string[];
  readonly prefix: string;
  readonly codes: Map<string, Use<OfCode>>;
}

function beginLookup(
  memory: Memory,
  vocabulariesFor: (system: string) => readonly string[],
  capacity: number,
): Lookup {
  // What this chunk has used. It outlives a clearing of the shared memory, so that mapping again always ends.
  const systems = new Map<string, System>();
  const concepts = new Map<number, Use<OfConcept>>();
  const pairs = new Map<string, Use<OfPair>>();
  const missing = {
    codes: new Map<string, OfCode['question']>(),
    concepts: new Set<number>(),
    pairs: new Map<string, OfPair['question']>(),
  };
  const tally = openTally();
  const use = <G extends Given>(given: G): Use<G> => ({ given, asked: 0, lastAsker: -1 });

  const systemOf = (uri: string): System => {
    const known = systems.get(uri);
    if (known) return known;
    const vocabularies = vocabulariesFor(uri);
    const system = { vocabularies, prefix: `${vocabularies.join('|')}\n${uri}\n`, codes: new Map() };
    systems.set(uri, system);
    return system;
  };

  const fetchCodes = async (tx: Sql | Tx, asked: readonly [string, OfCode['question']][]) => {
    const answers = await lookUpCodes(
      tx,
      asked.map(([, question]) => question),
      memory.state.day,
    );
    return asked.map(([name, question], index): [string, OfCode] => [
      name,
      { question, answer: answers[index] ?? NOTHING },
    ]);
  };

  const fetchConcepts = async (tx: Sql | Tx, asked: readonly number[]) => {
    const standard = await lookUpStandard(tx, asked);
    const byId = new Map(standard.map((target) => [target.conceptId, target]));
    return asked.map((conceptId): [number, OfConcept] => [
      conceptId,
      { question: { kind: 'concept', conceptId }, answer: byId.get(conceptId) ?? null },
    ]);
  };

  const fetchPairs = async (tx: Sql | Tx, asked: readonly [string, OfPair['question']][]) => {
    const answers = await lookUpAncestors(
      tx,
      asked.map(([, { conceptId, ancestorId }]) => [conceptId, ancestorId] as const),
    );
    return asked.map(([pair, question], index): [string, OfPair] => [
      pair,
      { question, answer: answers[index] ?? false },
    ]);
  };

  return {
    resolve(uri, code) {
      if (!uri || !code) return NOTHING;
      const system = systemOf(uri);
      let known = system.codes.get(code);
      if (!known) {
        const name = system.prefix + code;
        const remembered = memory.codes.get(name);
        if (!remembered) {
          missing.codes.set(name, { kind: 'code', system: uri, vocabularies: system.vocabularies, code });
          tally.miss();
          return NOTHING;
        }
        known = use(remembered);
        system.codes.set(code, known);
      }
      tally.count(known);
      return known.given.answer;
    },

    standard(conceptId) {
      let known = concepts.get(conceptId);
      if (!known) {
        const remembered = memory.concepts.get(conceptId);
        if (!remembered) {
          missing.concepts.add(conceptId);
          tally.miss();
          return undefined;
        }
        known = use(remembered);
        concepts.set(conceptId, known);
      }
      tally.count(known);
      return known.given.answer ?? undefined;
    },

    // This is asked only of two Standard concepts that one resource gives as codings of one system: too
    // rarely to be remembered.
    descends(conceptId, ancestorId) {
      const pair = `${conceptId}<${ancestorId}`;
      const known = pairs.get(pair);
      if (!known) {
        missing.pairs.set(pair, { kind: 'ancestor', conceptId, ancestorId });
        tally.miss();
        return false;
      }
      tally.count(known);
      return known.given.answer;
    },

    async fetchMissing(tx) {
      if (missing.codes.size + missing.concepts.size + missing.pairs.size === 0) return false;
      const codes = await fetchCodes(tx, [...missing.codes]);
      const standard = await fetchConcepts(tx, [...missing.concepts]);
      const descend = await fetchPairs(tx, [...missing.pairs]);
      if (!sameState(memory.state, await readState(tx, new Date(memory.state.day)))) {
        // A chunk mapped half before and half after an edit would be marked with a state that half of it
        // never saw.
        throw syncError('vocabulary-moved', {}, { retryAfterSeconds: 0 });
      }
      if (memory.codes.size + codes.length > capacity) memory.codes.clear();
      if (memory.concepts.size + standard.length > capacity) memory.concepts.clear();
      for (const [name, given] of codes) {
        if (given.question.code.length <= LONGEST) memory.codes.set(name, given);
        systemOf(given.question.system).codes.set(given.question.code, use(given));
      }
      for (const [conceptId, given] of standard) {
        memory.concepts.set(conceptId, given);
        concepts.set(conceptId, use(given));
      }
      for (const [pair, given] of descend) pairs.set(pair, use(given));
      missing.codes.clear();
      missing.concepts.clear();
      missing.pairs.clear();
      return true;
    },

    miss: tally.miss,
    missed: tally.missed,
    restart: tally.restart,
    about: tally.about,
    given: tally.sums,
  };
}

/**
 * Counts who asked for what, at the cost of one comparison per question, since every code of every resource
 * passes here.
 */
function openTally() {
  const sums = new Map<number, Map<Given, number>>();
  let asked: Use[] = [];
  let asker = 0;
  let group: number | undefined;
  /** What the current resource has used; it counts unless something was missing. */
  let own: Use[] = [];
  let missed = false;
  const settleAsker = () => {
    if (!missed) {
      for (const use of own) if (use.asked++ === 0) asked.push(use);
    }
    own = [];
    missed = false;
  };
  const settle = () => {
    settleAsker();
    const sum = (group === undefined ? undefined : sums.get(group)) ?? new Map<Given, number>();
    if (group !== undefined) sums.set(group, sum);
    for (const use of asked) {
      sum.set(use.given, (sum.get(use.given) ?? 0) + use.asked);
      use.asked = 0;
    }
    asked = [];
  };
  return {
    count(use: Use) {
      if (use.lastAsker === asker) return;
      use.lastAsker = asker;
      own.push(use);
    },
    miss() {
      missed = true;
    },
    missed: () => missed,
    about(next: number) {
      settleAsker();
      asker++;
      if (next === group) return;
      settle();
      group = next;
    },
    restart() {
      settle();
      sums.clear();
      group = undefined;
    },
    sums() {
      settle();
      return sums;
    },
  };
}
