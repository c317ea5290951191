/**
 * The order in which resource types are mapped: what others refer to comes first, so that most references are known
 * when they are met. A type in the wrong file or phase costs nothing but a re-drive at the end of the run.
 */
const PHASES: readonly (readonly string[])[] = [
  ['Organization', 'Location', 'Medication', 'Substance'],
  ['Practitioner', 'PractitionerRole', 'Device'],
  ['Patient'],
  ['Encounter'],
];

/** Everything that is not named above. */
export const LAST_PHASE = PHASES.length;
/** After all that was sent: what the server says is gone, and what it says went wrong. */
export const DELETED_PHASE = LAST_PHASE + 1;
export const ERROR_PHASE = LAST_PHASE + 2;

export function phaseOf(resourceType: string | null | undefined): number {
  const phase = PHASES.findIndex((types) => types.includes(resourceType ?? ''));
  return phase === -1 ? LAST_PHASE : phase;
}
