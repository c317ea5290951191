import { CONDITIONS } from './conditions.ts';
import { DRUGS } from './drugs.ts';
import { FIXED } from './fixed.ts';
import { OBSERVATIONS } from './observations.ts';
import { PROCEDURES } from './procedures.ts';
import type { ConceptRow } from './row.ts';

export const CONCEPTS: readonly ConceptRow[] = [
  ...FIXED,
  ...CONDITIONS,
  ...PROCEDURES,
  ...OBSERVATIONS,
  ...DRUGS,
];

const byCode = new Map(CONCEPTS.map((row) => [`${row[3]}|${row[6]}`, row]));

export function conceptOf(vocabulary: string, code: string): ConceptRow | undefined {
  return byCode.get(`${vocabulary}|${code}`);
}
