/**
 * The order in which resource types are mapped: types that others refer to come first, so that most
 * references are known when they are met. A type in the wrong file or phase only makes more work for the
 * settle step.
 */
const PHASES: readonly (readonly string[])[] = [
  ['Organization', 'Location', 'Medication', 'Substance'],
  ['Practitioner', 'PractitionerRole', 'Device'],
  ['Patient'],
  ['Encounter', 'Binary'],
];

/** The phase of every type that is not named above. */
export const LAST_PHASE = PHASES.length;
/**
 * These phases follow everything that was sent: what the server says is gone, and what it says went wrong.
 */
export const DELETED_PHASE = LAST_PHASE + 1;
export const ERROR_PHASE = LAST_PHASE + 2;

export function phaseOf(resourceType: string | null | undefined): number {
  const phase = PHASES.findIndex((types) => types.includes(resourceType ?? ''));
  return phase === -1 ? LAST_PHASE : phase;
}
