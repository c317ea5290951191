/** The types of local maps: what people propose, and what the check finds to say about it. */

/** Whether a map applies: it does while it is in force and its target is valid and Standard. */
export const MAP_STATES = ['in-force', 'not-yet', 'ended', 'target-lost'] as const;
export type MapState = (typeof MAP_STATES)[number];

/** A row of source_to_concept_map as somebody proposes it. */
export interface ProposedMap {
  /** Line number in the file, the header being line 1; 1 where there is no file. */
  readonly line: number;
  /** URI of the code system, where it is given instead of the short name. */
  readonly system: string | undefined;
  readonly source_vocabulary_id: string | undefined;
  readonly source_code: string;
  readonly source_code_description: string | undefined;
  readonly source_concept_id: number;
  readonly target_concept_id: number;
  readonly target_vocabulary_id: string | undefined;
  readonly valid_start_date: string;
  /** The last day on which it holds. */
  readonly valid_end_date: string;
}

/** A proposed map whose system's short name is known. */
export interface NamedMap extends ProposedMap {
  readonly source_vocabulary_id: string;
}

export interface Finding {
  readonly line: number;
  /** error: nothing is written. skipped: this line is not written. warning: it is written, but look at it. */
  readonly level: 'error' | 'warning' | 'skipped';
  readonly code: FindingCode;
  readonly message: string;
}

/** What may be found about a proposed map, and what it means. */
export const FINDINGS = {
  'value-missing': 'A column that is needed is empty.',
  'value-unreadable': 'A number or a date is none, or a text holds a NUL character.',
  'value-too-long': 'It does not fit the column of source_to_concept_map.',
  'fields-differ': 'The line has more or fewer fields than the header.',
  'validity-reversed': 'It ends before it begins.',
  'target-unknown': 'The loaded vocabulary has no such concept.',
  'target-invalid': 'The concept is no longer valid.',
  'target-not-standard': 'The concept is not Standard, so nothing may be mapped to it.',
  'target-vocabulary-differs': 'The concept is of another vocabulary than the line says.',
  'target-none': 'Target 0 says that there is no concept: nothing to map to.',
  'source-concept-unknown': 'The loaded vocabulary lacks the source concept.',
  'not-approved': 'USAGI has it as not approved.',
  'not-maps-to':
    'USAGI has it as a map of another kind than Maps to, which source_to_concept_map cannot say.',
  'marked-invalid': 'It is marked as invalid, so it maps nothing.',
  'twice-in-file': 'An earlier line says the same.',
  'several-targets':
    'The file gives the code several targets at the same time; each becomes a row of the CDM.',
  'other-target-stored': 'The code is mapped to another concept at the same time.',
  'overlapping-validity': 'The same map holds already for some of these days.',
  'vocabulary-has-code': 'The vocabulary knows the code itself; the local map goes before it.',
  'other-domain': 'The concept is of another domain than the element needs, and is not used there.',
  'description-cut': 'The description was cut to the 255 characters of the column.',
} as const;
export type FindingCode = keyof typeof FINDINGS;

export function finding(line: number, level: Finding['level'], code: FindingCode, more = ''): Finding {
  return { line, level, code, message: more ? `${FINDINGS[code]} ${more}` : FINDINGS[code] };
}

export const ALWAYS = { from: '1970-01-01', to: '2099-12-31' } as const;
