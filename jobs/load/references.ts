/**
 * References to resource keys: one statement for all that a chunk refers to. A target counts only when its row is in
 * the table that the column points at; so no row ever points at nothing.
 *
 * What a worker found for a run it remembers for that run, targets of earlier phases only: those are settled.
 */
import type { Tx } from '../../sql/connect.ts';
import type { TableName } from '../map/rows.ts';
import type { Ref } from '../map/types.ts';
import { phaseOf } from '../phases.ts';
import { bitOf } from './cdm-tables.ts';
import { nameOf } from './known.ts';

export interface Found {
  readonly key: number;
  readonly row_tables: number;
}

export interface ReferenceMemory {
  /** Answers of this run. A worker remembers a few runs, for it may serve several connections. */
  of(runId: number): Map<string, Found>;
}

const CAPACITY = 1_000_000;
const RUNS = 4;

export function createReferenceMemory(): ReferenceMemory {
  const runs = new Map<number, Map<string, Found>>();
  return {
    of(runId) {
      const found = runs.get(runId);
      if (found && found.size <= CAPACITY) return found;
      const oldest = runs.keys().next().value;
      if (runs.size >= RUNS && oldest !== undefined) runs.delete(oldest);
      const fresh = new Map<string, Found>();
      runs.set(runId, fresh);
      return fresh;
    },
  };
}

export interface References {
  /** Key of the first type that has a row in `table`; any row will do where no table is named. */
  find(ref: Ref, table: TableName | undefined): number | undefined;
}

export async function resolveReferences(
  tx: Tx,
  context: { readonly connectionId: number; readonly phase: number; readonly memory: Map<string, Found> },
  refs: Iterable<Ref>,
  /** Resources of this very chunk, which are not in the database yet. */
  own: ReadonlyMap<string, Found>,
): Promise<References> {
  const found = new Map<string, Found>();
  const wanted = new Map<string, { type: string; id: string }>();
  for (const ref of refs) {
    for (const type of ref.types) {
      const name = nameOf(type, ref.id);
      if (own.has(name) || wanted.has(name)) continue;
      const remembered = context.memory.get(name);
      if (remembered) found.set(name, remembered);
      else wanted.set(name, { type, id: ref.id });
    }
  }
  if (wanted.size > 0) {
    const asked = [...wanted.values()];
    const rows = await tx<
      { resource_type: string; fhir_id: string; resource_key: number; row_tables: number }[]
    >`
      select r.resource_type, r.fhir_id, r.resource_key, r.row_tables
      from unnest(${asked.map((ref) => ref.type)}::text[], ${asked.map((ref) => ref.id)}::text[]) as e(type, id)
      join resource r on r.connection_id = ${context.connectionId} and r.resource_type = e.type and r.fhir_id = e.id
      where r.outcome = 'loaded'`;
    for (const row of rows) {
      const name = nameOf(row.resource_type, row.fhir_id);
      const target = { key: row.resource_key, row_tables: row.row_tables };
      found.set(name, target);
      if (phaseOf(row.resource_type) < context.phase) context.memory.set(name, target);
    }
  }
  return {
    find(ref, table) {
      for (const type of ref.types) {
        const name = nameOf(type, ref.id);
        const target = own.get(name) ?? found.get(name);
        if (target && (table === undefined || (target.row_tables & bitOf(table)) !== 0)) return target.key;
      }
      return undefined;
    },
  };
}
