/** What the doctor found of one thing. */
import type { ConceptProblem } from '../vocabulary/check-concepts.ts';

export interface Finding {
  /** 'advice' costs something but stops nothing. */
  readonly state: 'well' | 'advice' | 'wrong';
  readonly what: string;
  readonly found: string;
  readonly todo?: string | undefined;
  /** A line each, below. */
  readonly details?: readonly string[] | undefined;
  readonly concepts?: readonly ConceptProblem[] | undefined;
}
