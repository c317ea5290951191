/**
 * From a CodeableConcept to concepts.
 *
 * The order is the guide's Code Prioritization Framework (f2o-034 … 036). What has a Standard concept goes before what
 * has none; then comes the vocabulary of the domain (code-systems.ts), then what the source marked as chosen
 * (userSelected). After that the more specific concept within one system goes first, then the first that was sent. A
 * code without a Standard concept is noted for the worklist (f2o-063) and kept as sent (f2o-033); an element with
 * words only is kept in words.
 */

import { cut } from '../cdm/cut.ts';
import { NOTHING, type Resolution, type Target } from '../types.ts';
import { type Preference, rankOf } from './code-systems.ts';
import { type Coding, codings, words } from './fhir.ts';
import { type CodeSet, codingOf } from './fixed-codes.ts';
import type { Reading } from './reading.ts';

/** The chosen code. `sourceConceptId` is undefined exactly when there is no source value. */
export interface Chosen {
  readonly coding: Coding | undefined;
  readonly sourceValue: string | undefined;
  readonly sourceConceptId: number | undefined;
  readonly targets: readonly Target[];
  readonly values: readonly Target[];
}

/** One optional concept column with its companions: all undefined when the source said nothing. */
export interface Concept {
  readonly conceptId: number | undefined;
  readonly sourceValue: string | undefined;
  readonly sourceConceptId: number | undefined;
}

export const NO_CONCEPT: Concept = {
  conceptId: undefined,
  sourceValue: undefined,
  sourceConceptId: undefined,
};

/** The code that says what the event is; undefined when the element says nothing at all. */
export function mainCode(
  reading: Reading,
  codeable: unknown,
  preference: Preference,
  element = 'code',
): Chosen | undefined {
  const found = choose(reading, codeable, preference);
  if (found && found.targets.length === 0) note(reading, found, element);
  return found;
}

/**
 * An optional concept. Where the column belongs to a domain (Unit, Route, Visit ...), only a target of that domain
 * counts; `fixed` gives the concepts of codes that no vocabulary holds. The vocabulary goes first, for a site's own map
 * may say otherwise.
 */
export function concept(
  reading: Reading,
  codeable: unknown,
  element: string,
  options: {
    readonly domain?: string;
    readonly preference?: Preference;
    readonly fixed?: CodeSet<number>;
  } = {},
): Concept {
  const { domain, fixed } = options;
  const found = choose(reading, codeable, options.preference ?? 'clinical', domain);
  if (!found) return NO_CONCEPT;
  const target = found.targets.find((one) => domain === undefined || one.domain === domain);
  if (target) return withSource(found, target.conceptId);
  const known = fixed && codingOf(fixed, codeable);
  const conceptId = known && fixed.valueOf(known);
  if (known && conceptId !== undefined) return withSource(resolved(reading, known), conceptId);
  note(reading, found, element);
  return withSource(found, 0);
}

function withSource({ sourceValue, sourceConceptId = 0 }: Chosen, conceptId: number): Concept {
  return { conceptId, sourceValue, sourceConceptId };
}

interface Candidate {
  readonly coding: Coding;
  readonly rank: number;
  readonly resolution: Resolution;
}

/** The best coding, without a note in the worklist; mapped is what has a target, where one is named of that `domain`. */
export function choose(
  reading: Reading,
  codeable: unknown,
  preference: Preference,
  domain?: string,
): Chosen | undefined {
  const { context } = reading;
  const all = codings(codeable);
  const first = all[0];
  if (first === undefined) {
    const said = words(codeable);
    return said === undefined ? undefined : wording(reading, said);
  }
  if (all.length === 1) return resolved(reading, first);
  const candidates: Candidate[] = all.map((coding) => ({
    coding,
    rank: rankOf(coding.system, preference, context.settings),
    resolution: context.resolve(coding.system ?? NO_SYSTEM, coding.code),
  }));
  const mapped = candidates.filter(({ resolution }) =>
    resolution.targets.some((one) => domain === undefined || one.domain === domain),
  );
  const group = bestRanked(mapped.length > 0 ? mapped : candidates);
  const selected = group.filter((one) => one.coding.userSelected);
  const best = mostSpecific(selected.length > 0 ? selected : group, reading);
  return best ? chosen(best.coding, best.resolution) : chosen(first, NOTHING);
}

function resolved({ context }: Reading, coding: Coding): Chosen {
  return chosen(coding, context.resolve(coding.system ?? NO_SYSTEM, coding.code));
}

function bestRanked(candidates: readonly Candidate[]): readonly Candidate[] {
  const best = Math.min(...candidates.map((one) => one.rank));
  return candidates.filter((one) => one.rank === best);
}

/** The first that is no ancestor of another (f2o-036). */
function mostSpecific(group: readonly Candidate[], reading: Reading): Candidate | undefined {
  const { descends } = reading.context;
  if (group.length < 2 || !descends) return group[0];
  const idOf = (one: Candidate): number => one.resolution.targets[0]?.conceptId ?? 0;
  const isAncestor = (one: Candidate): boolean =>
    group.some((other) => other !== one && idOf(other) !== idOf(one) && descends(idOf(other), idOf(one)));
  return group.find((one) => !isAncestor(one)) ?? group[0];
}

function chosen(coding: Coding, resolution: Resolution): Chosen {
  const { sourceConceptId, targets, values } = resolution;
  return { coding, sourceValue: coding.code, sourceConceptId, targets, values };
}

/** What is only there in words. Nothing knows them but a local map. */
export function wording({ context }: Reading, said: string): Chosen {
  const { sourceConceptId, targets, values } = context.resolve(WORDS, asKept(said));
  return { coding: undefined, sourceValue: said, sourceConceptId, targets, values };
}

/** Longest code, system or display that the worklist keeps: they are indexed there. */
const LONGEST = 255;

/** The systems of what has none, under which the worklist lists it and a local map can hold it. */
const WORDS = 'text';
const NO_SYSTEM = 'none';

/** Words as the worklist and source_to_concept_map keep them. */
const asKept = (said: string): string => cut(said, 50);

/** Into the worklist; words without a code count under the system "text", shortened to what a column keeps. */
export function note(reading: Reading, found: Chosen, element: string): void {
  const { coding, sourceValue } = found;
  if (coding) {
    const { system = NO_SYSTEM, code, display } = coding;
    reading.unmapped.push({
      system: cut(system, LONGEST),
      code: cut(code, LONGEST),
      ...(display !== undefined && { display: cut(display, LONGEST) }),
      element,
    });
  } else if (sourceValue !== undefined) {
    reading.unmapped.push({ system: WORDS, code: asKept(sourceValue), element });
  }
}
