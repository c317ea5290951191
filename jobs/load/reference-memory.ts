/**
 * A worker remembers the targets that it found, by run, and only those of earlier phases, which are mapped
 * completely; and not while something may take these away (LoadContext.remembers).
 */
import { ByIdentity } from '../lines/by-identity.ts';
import type { Ref } from '../map/cdm/link.ts';

export interface Found {
  readonly key: number;
  readonly row_tables: number;
  /** For an Encounter that is part of another one: the visit that its visit_detail belongs to. */
  readonly visit?: number | undefined;
  /** For such an Encounter in the chunk being mapped: the reference to the one that it is part of. */
  readonly partOf?: Ref | undefined;
  /** True when this is the person of the Patient that replaced the one asked for. */
  readonly merged?: boolean | undefined;
  /** Set when a resource of the chunk being mapped turns out to have no rows, which makes it no target. */
  parked?: boolean;
}

export interface ReferenceMemory {
  /** The answers for a run. A worker remembers a few runs, since it may serve several connections. */
  of(runId: number): ByIdentity<Found>;
}

/** Answers remembered in all, of some 150 bytes each: what a worker holds must not grow with its runs. */
const CAPACITY = 100_000;
const RUNS = 4;

export function createReferenceMemory(): ReferenceMemory {
  const runs = new Map<number, ByIdentity<Found>>();
  const size = () => [...runs.values()].reduce((sum, found) => sum + found.size, 0);
  return {
    of(runId) {
      if (size() > CAPACITY) runs.clear();
      const found = runs.get(runId);
      if (found) return found;
      const oldest = runs.keys().next().value;
      if (runs.size >= RUNS && oldest !== undefined) runs.delete(oldest);
      const fresh = new ByIdentity<Found>();
      runs.set(runId, fresh);
      return fresh;
    },
  };
}
