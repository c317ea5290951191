/**
 * Every reason for which something is not loaded, and whether it holds the watermark. Held, the next sync asks for the
 * same time again. That helps where something did not arrive, or arrived so that nobody can tell what it was: nothing
 * else would ever bring it. It does not help a resource that arrived whole: the server would send the same again, and
 * its line is kept here, where a redrive takes it up once what refused it is mended.
 *
 * jobs/TROUBLESHOOTING.md, "What holds the watermark", is this table; a test compares them.
 */
export interface FailureRule {
  /** `unreadable_lines`: held unless that setting of the connection says "warn". */
  readonly holds: 'yes' | 'no' | 'unreadable_lines';
  readonly why: string;
}

export const FAILURES = {
  'file-lost': { holds: 'yes', why: 'the file could not be fetched, or not to its end' },
  'search-lost': {
    holds: 'yes',
    why: "a search could not be asked to its end; one about a patient holds that patient's watermark alone",
  },
  'file-cut-short': { holds: 'yes', why: 'its last line ends in the middle, at two readings' },
  'file-misread': { holds: 'yes', why: 'a reading that proved damaged had resources that no later one has' },
  'fewer-lines-than-announced': {
    holds: 'yes',
    why: 'lines are missing; a failure only with `short_files: "hold"`, else a notice',
  },
  'json-document-instead-of-ndjson': { holds: 'yes', why: 'all of the file is missing' },
  'operation-outcome-in-data': { holds: 'yes', why: 'the server could not finish the file' },
  'server-reported-error': { holds: 'yes', why: 'the server could not export something' },
  'manifest-without-output': {
    holds: 'yes',
    why: 'nobody knows whether the server has nothing or lost it; only where all was asked for',
  },
  'manifest-entry-without-url': { holds: 'yes', why: 'the server has a file and does not say where' },
  'deletion-unreadable': { holds: 'yes', why: 'what is deleted stays loaded' },
  'not-json': {
    holds: 'unreadable_lines',
    why: 'a line cut in two or damaged: nobody knows of which resource',
  },
  'not-a-resource': { holds: 'unreadable_lines', why: 'what is left of a line may be JSON all the same' },
  'no-resource-type': { holds: 'unreadable_lines', why: 'nobody knows which resource it was' },
  'invalid-utf-8': { holds: 'unreadable_lines', why: 'its content was damaged on its way' },
  'line-too-long': {
    holds: 'unreadable_lines',
    why: 'longer than `limits.max_line_bytes`, so only its beginning is kept; raise the limit',
  },
  'no-id': { holds: 'no', why: 'arrived whole; the server would send the same again' },
  'id-too-long': { holds: 'no', why: 'arrived whole; the server would send the same again' },
  'nested-too-deep': {
    holds: 'no',
    why: 'arrived whole; more than 200 levels, which no resource of FHIR has',
  },
  'too-many-values': { holds: 'no', why: 'arrived whole; more than a million lists, objects and members' },
  'operation-outcome-note': { holds: 'no', why: 'a remark of the server, no resource' },
  'member-unreadable': { holds: 'no', why: 'each run asks for all members of the Group' },
  'Expected …': {
    holds: 'no',
    why: 'arrived whole and cannot be mapped; its line is kept: `cli redrive` once that is mended',
  },
} as const satisfies Record<string, FailureRule>;

export type FailureReason = keyof typeof FAILURES;

const RULES = Object.entries<FailureRule>(FAILURES);

/** Reasons by which what came was not all that the server has, whatever the connection says. */
export const WITHHELD: readonly string[] = RULES.flatMap(([reason, { holds }]) =>
  holds === 'yes' ? [reason] : [],
);

/** Reasons of lines that are no resource any more. */
const UNREADABLE: readonly string[] = RULES.flatMap(([reason, { holds }]) =>
  holds === 'unreadable_lines' ? [reason] : [],
);

/** What holds the watermark of this connection. */
export function holding(config: { readonly unreadable_lines: 'hold' | 'warn' }): readonly string[] {
  return config.unreadable_lines === 'hold' ? HOLDING : WITHHELD;
}

/** All that a sync brings again that asks for everything. */
export const HOLDING: readonly string[] = [...WITHHELD, ...UNREADABLE];
