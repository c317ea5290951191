/**
 * One reading of a resource. While the mapper reads, it notes here what makes the resource unfit (the first reason
 * counts), the codes that found no Standard concept, and the parts left out. So nothing is dropped silently, and the
 * mapper itself stays a list of columns.
 */

import type { Ref } from '../cdm/link.ts';
import type { RuleCode } from '../rules.ts';
import type {
  Clock,
  Expectation,
  MapContext,
  Outcome,
  Relations,
  Resource,
  Row,
  UnkeptAnswer,
  UnmappedCode,
} from '../types.ts';

export type Refusal = Extract<Outcome, { kind: 'excluded' | 'failed' }>;

export interface Reading {
  readonly resource: Resource;
  readonly context: MapContext;
  readonly unmapped: UnmappedCode[];
  readonly omitted: Set<RuleCode>;
  readonly unkept: UnkeptAnswer[];
  refusal: Refusal | undefined;
  /** The Encounter that tells when it happened, and has not arrived. */
  awaitsDate: Ref | undefined;
  /** Times that keep their clock came in UTC, or with another offset. */
  sendsUtc: boolean;
  sendsOffsets: boolean;
}

export function read(resource: Resource, context: MapContext): Reading {
  return {
    resource,
    context,
    unmapped: [],
    omitted: new Set(),
    unkept: [],
    refusal: undefined,
    awaitsDate: undefined,
    sendsUtc: false,
    sendsOffsets: false,
  };
}

export function excluded(rule: RuleCode): Refusal {
  return { kind: 'excluded', rule };
}

export function failed(reason: Expectation, field: string): Refusal {
  return { kind: 'failed', reason, field };
}

/** The rows, unless something made the resource unfit while it was read. */
export function result(
  reading: Reading,
  rows: readonly Row[],
  more: {
    readonly person?: Ref | undefined;
    readonly awaits?: Ref | undefined;
    readonly relations?: Relations | undefined;
  } = {},
): Outcome {
  if (reading.refusal) return reading.refusal;
  const { omitted, unkept } = reading;
  const unmapped = reading.unmapped.length > 0 ? reading.unmapped : NONE;
  return {
    kind: 'rows',
    rows,
    unmapped,
    person: more.person,
    awaits: more.awaits,
    relations: more.relations && said(more.relations) ? more.relations : undefined,
    omitted: omitted.size > 0 ? [...omitted] : undefined,
    unkept: unkept.length > 0 ? unkept : undefined,
    clocks: clocksOf(reading),
  };
}

const NONE: readonly UnmappedCode[] = [];

function said({ diagnoses, links, merges, specimens, role, identifiers }: Relations): boolean {
  if (role) return true;
  return [diagnoses, links, merges, specimens, identifiers].some(
    (list) => list !== undefined && list.length > 0,
  );
}

function clocksOf({ sendsUtc, sendsOffsets }: Reading): readonly Clock[] | undefined {
  if (!sendsUtc) return sendsOffsets ? OFFSET : undefined;
  return sendsOffsets ? BOTH : UTC;
}

const UTC: readonly Clock[] = ['utc'];
const OFFSET: readonly Clock[] = ['offset'];
const BOTH: readonly Clock[] = ['utc', 'offset'];
