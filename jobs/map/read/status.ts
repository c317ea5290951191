/** What the status of a resource says about whether it is to be loaded at all. */

import type { RuleCode } from '../rules.ts';
import type { Resource } from '../types.ts';
import { flag, text } from './fhir.ts';
import { excluded, failed, type Refusal } from './reading.ts';

/**
 * Why a resource with this status is not loaded: entered in error, or not (or not yet) realized (f2o-060). FHIR requires
 * a status of all these types, so one without it is broken. Earlier versions say beside a status of "completed" that
 * something did not happen, and sources that were upgraded go on doing so.
 */
export function unrealized(resource: Resource, realized: ReadonlySet<string>): Refusal | undefined {
  const status = text(resource['status']);
  if (status === undefined) return failed('Expected a status', `${resource.resourceType}.status`);
  if (status === 'entered-in-error') return excluded('entered-in-error');
  if (isNotDone(resource)) return excluded('status-not-realized');
  return realized.has(status) ? undefined : excluded(STATUS_RULES.get(status) ?? 'status-not-realized');
}

/** What DSTU2 and STU3 have where R4 has the status "not-done" or "not-taken". */
const NOT_DONE = new Map<string, readonly string[]>([
  ['Immunization', ['wasNotGiven', 'notGiven']],
  ['MedicationAdministration', ['wasNotGiven', 'notGiven']],
  ['MedicationStatement', ['wasNotTaken']],
  ['MedicationDispense', ['notDone']],
  ['Procedure', ['notPerformed', 'notDone']],
]);

function isNotDone(resource: Resource): boolean {
  const { resourceType } = resource;
  if (NOT_DONE.get(resourceType)?.some((element) => flag(resource[element]))) return true;
  return resourceType === 'MedicationStatement' && resource['taken'] === 'n';
}

/** What is neither cancelled nor still to come. */
const STATUS_RULES = new Map<string, RuleCode>([
  ['unknown', 'status-unknown'],
  ['health-unknown', 'status-unknown'],
  ['superseded', 'status-superseded'],
  ['registered', 'status-preliminary'],
  ['partial', 'status-preliminary'],
  ['preliminary', 'status-preliminary'],
  ['on-hold', 'status-on-hold'],
  ['suspended', 'status-on-hold'],
]);
