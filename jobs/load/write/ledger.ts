/**
 * The account of one chunk: what became of each resource, why, and how many rows that wrote. It is written with the
 * rows, once; before that only what is unchanged in the chunk. extracted + redriven = unchanged + loaded + excluded +
 * failed + parked, by a constraint of the table.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Clock } from '../../map/types.ts';

export type Result = 'unchanged' | 'loaded' | 'excluded' | 'failed' | 'parked';

export interface Ledger {
  extracted(type: string): void;
  /** A resource of an earlier run is taken up again. */
  redriven(type: string): void;
  add(type: string, result: Result, reason?: string | null): void;
  /** A resource that this run had counted so is now something else. */
  takeBack(type: string, result: Result, reason?: string | null): void;
  mapped(type: string): void;
  /** The primary code of a loaded resource, of this system, has no Standard concept. */
  unmapped(system: string): void;
  /** A loaded resource has times in UTC, or with another offset. */
  clock(type: string, clock: Clock): void;
  /** A part of a loaded resource was left out by a rule. */
  leftOut(type: string, rule: string): void;
  /** A resource was taken out of the CDM. It was not received, so it is no part of the sum. */
  removed(type: string, reason: string): void;
  rows(table: string, written: number, deleted: number): void;
  /** A person of whom rows were written or deleted: what is derived from them is built again at close. */
  touched(personId: number): void;
  writeInTx(tx: Tx, chunkId: number, runId: number): Promise<void>;
}

interface Count {
  resource_type: string;
  extracted: number;
  redriven: number;
  unchanged: number;
  loaded: number;
  excluded: number;
  failed: number;
  parked: number;
  mapped: number;
}

export function openLedger(): Ledger {
  const counts = new Map<string, Count>();
  const reasons = new Map<
    string,
    { resource_type: string; outcome: string; reason: string; resources: number }
  >();
  const tables = new Map<string, { table_name: string; written: number; deleted: number }>();
  const systems = new Map<string, number>();
  const clocks = new Map<string, { resource_type: string; clock: Clock; resources: number }>();
  const persons = new Set<number>();
  const of = (type: string): Count => {
    let count = counts.get(type);
    if (!count) {
      count = {
        ...{ resource_type: type, extracted: 0, redriven: 0, unchanged: 0, loaded: 0 },
        ...{ excluded: 0, failed: 0, parked: 0, mapped: 0 },
      };
      counts.set(type, count);
    }
    return count;
  };
  const because = (type: string, outcome: Result | 'removed', reason: string, resources = 1) => {
    const name = `${type}|${outcome}|${reason}`;
    const entry = reasons.get(name) ?? { resource_type: type, outcome, reason, resources: 0 };
    entry.resources += resources;
    reasons.set(name, entry);
  };
  return {
    extracted: (type) => void of(type).extracted++,
    redriven: (type) => void of(type).redriven++,
    mapped: (type) => void of(type).mapped++,
    unmapped: (system) => void systems.set(system, (systems.get(system) ?? 0) + 1),
    takeBack(type, result, reason) {
      of(type)[result]--;
      if (reason) because(type, result, reason, -1);
    },
    clock(type, clock) {
      const entry = clocks.get(`${type}|${clock}`) ?? { resource_type: type, clock, resources: 0 };
      entry.resources++;
      clocks.set(`${type}|${clock}`, entry);
    },
    touched: (personId) => void persons.add(personId),
    leftOut: (type, rule) => because(type, 'loaded', rule),
    removed: (type, reason) => because(type, 'removed', reason),
    add(type, result, reason) {
      of(type)[result]++;
      if (reason) because(type, result, reason);
    },
    rows(table, written, deleted) {
      const entry = tables.get(table) ?? { table_name: table, written: 0, deleted: 0 };
      entry.written += written;
      entry.deleted += deleted;
      tables.set(table, entry);
    },
    async writeInTx(tx, chunkId, runId) {
      const counted = [...counts.values()];
      const because = [...reasons.values()];
      const ofTables = [...tables.values()];
      const ofClocks = [...clocks.values()];
      // As lists, since a server may send more types and code systems than a statement takes parameters (65,534). One with
      // more, sent beside others, has postgres.js wait for ever: what is sent at once has a fixed number of them.
      const sent: Promise<unknown>[] = [];
      // What is unchanged in a chunk is counted when it is stored, what is left of it when it is mapped.
      if (counted.length > 0) {
        sent.push(tx`
          insert into chunk_count (chunk_id, run_id, resource_type, extracted, redriven, unchanged, loaded, excluded,
            failed, parked, mapped)
          select ${chunkId}, ${runId}, * from unnest(
            ${counted.map((one) => one.resource_type)}::text[],
            ${counted.map((one) => one.extracted)}::int[], ${counted.map((one) => one.redriven)}::int[],
            ${counted.map((one) => one.unchanged)}::int[], ${counted.map((one) => one.loaded)}::int[],
            ${counted.map((one) => one.excluded)}::int[], ${counted.map((one) => one.failed)}::int[],
            ${counted.map((one) => one.parked)}::int[], ${counted.map((one) => one.mapped)}::int[]
          )
          on conflict (chunk_id, resource_type) do update set
            extracted = chunk_count.extracted + excluded.extracted, redriven = chunk_count.redriven + excluded.redriven,
            unchanged = chunk_count.unchanged + excluded.unchanged, loaded = chunk_count.loaded + excluded.loaded,
            excluded = chunk_count.excluded + excluded.excluded, failed = chunk_count.failed + excluded.failed,
            parked = chunk_count.parked + excluded.parked, mapped = chunk_count.mapped + excluded.mapped`);
      }
      if (because.length > 0) {
        sent.push(tx`
          insert into chunk_reason (chunk_id, run_id, resource_type, outcome, reason, resources)
          select ${chunkId}, ${runId}, * from unnest(
            ${because.map((one) => one.resource_type)}::text[], ${because.map((one) => one.outcome)}::text[],
            ${because.map((one) => one.reason)}::text[], ${because.map((one) => one.resources)}::int[])`);
      }
      if (ofTables.length > 0) {
        sent.push(tx`
          insert into chunk_rows (chunk_id, run_id, table_name, written, deleted)
          select ${chunkId}, ${runId}, * from unnest(
            ${ofTables.map((one) => one.table_name)}::text[], ${ofTables.map((one) => one.written)}::int[],
            ${ofTables.map((one) => one.deleted)}::int[])`);
      }
      if (ofClocks.length > 0) {
        sent.push(tx`
          insert into chunk_clock (chunk_id, run_id, resource_type, clock, resources)
          select ${chunkId}, ${runId}, * from unnest(
            ${ofClocks.map((one) => one.resource_type)}::text[], ${ofClocks.map((one) => one.clock)}::text[],
            ${ofClocks.map((one) => one.resources)}::int[])`);
      }
      if (systems.size > 0) {
        sent.push(tx`
          insert into chunk_unmapped (chunk_id, run_id, system, resources)
          select ${chunkId}, ${runId}, * from unnest(${[...systems.keys()]}::text[], ${[...systems.values()]}::int[])`);
      }
      if (tables.has('provider') || tables.has('care_site')) {
        sent.push(tx`insert into touched_providers (run_id) values (${runId})`);
      }
      if (persons.size > 0) {
        sent.push(
          tx`insert into touched_persons (run_id, person_ids) values (${runId}, ${[...persons]}::bigint[])`,
        );
      }
      await Promise.all(sent);
    },
  };
}
