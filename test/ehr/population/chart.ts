/** What the parts of a patient's record share while it is being made: who, where, how references are written. */

import type { Random } from '../random.ts';
import type { Facility } from './facility.ts';
import { YEAR } from './time.ts';

export interface Reference {
  readonly reference: string;
  readonly display?: string;
}

export interface Chart {
  readonly random: Random;
  readonly facility: Facility;
  /** Base of the FHIR server, for the references that are absolute. */
  readonly base: string;
  readonly patientId: string;
  readonly female: boolean;
  readonly born: number;
  /** The long-term conditions that the patient has; they steer laboratory values and prescriptions. */
  readonly problems: readonly string[];
}

export interface Visit {
  readonly id: string;
  readonly class: string;
  readonly start: number;
  readonly end: number;
  readonly practitioner: string;
}

/**
 * References in the mix that real exports show: relative, absolute under the base, and `urn:uuid:` left over from the
 * transaction that brought the resource in (the uuid is the target's id).
 */
export function link(chart: Chart, type: string, id: string): Reference {
  const form = chart.random.weighted([
    [80, 'relative'],
    [12, 'absolute'],
    [8, 'urn'],
  ] as const);
  if (form === 'absolute') return { reference: `${chart.base}/${type}/${id}` };
  if (form === 'urn') return { reference: `urn:uuid:${id}` };
  return { reference: `${type}/${id}` };
}

export function subject(chart: Chart): Reference {
  return link(chart, 'Patient', chart.patientId);
}

export function age(chart: Chart, at: number): number {
  return (at - chart.born) / YEAR;
}

export function has(chart: Chart, problem: string): boolean {
  return chart.problems.includes(problem);
}
