/** What a worker found for a run it remembers for that run, targets of earlier phases only: those are settled. */
import { ByIdentity } from '../lines/by-identity.ts';
import type { Ref } from '../map/cdm/link.ts';

export interface Found {
  readonly key: number;
  readonly row_tables: number;
  /** Of an Encounter that is part of another one: the visit that its visit_detail belongs to. */
  readonly visit?: number | undefined;
  /** The same, while the Encounter stands in the chunk being mapped. */
  readonly partOf?: Ref | undefined;
  /** Of a replaced Patient: this is the person of the one that stands for it. */
  readonly merged?: boolean | undefined;
  /** Set when a resource of the chunk being mapped turns out to have no rows: then it is no target. */
  parked?: boolean;
}

export interface ReferenceMemory {
  /** Answers of this run. A worker remembers a few runs, for it may serve several connections. */
  of(runId: number): ByIdentity<Found>;
}

/** Some 200 bytes each. */
const CAPACITY = 200_000;
const RUNS = 4;

export function createReferenceMemory(): ReferenceMemory {
  const runs = new Map<number, ByIdentity<Found>>();
  return {
    of(runId) {
      const found = runs.get(runId);
      if (found && found.size <= CAPACITY) return found;
      const oldest = runs.keys().next().value;
      if (runs.size >= RUNS && oldest !== undefined) runs.delete(oldest);
      const fresh = new ByIdentity<Found>();
      runs.set(runId, fresh);
      return fresh;
    },
  };
}
