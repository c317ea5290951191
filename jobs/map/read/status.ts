/** What the status of a resource says about whether it is to be loaded at all. */

import type { RuleCode } from '../rules.ts';
import type { Resource } from '../types.ts';
import { text } from './fhir.ts';
import { excluded, failed, type Refusal } from './reading.ts';

/**
 * Why a resource with this status is not loaded: entered in error, or not (or not yet) realized (f2o-060). FHIR requires
 * a status of all these types, so one without it is broken.
 */
export function unrealized(resource: Resource, realized: ReadonlySet<string>): Refusal | undefined {
  const status = text(resource['status']);
  if (status === undefined) return failed('Expected a status', `${resource.resourceType}.status`);
  if (status === 'entered-in-error') return excluded('entered-in-error');
  return realized.has(status) ? undefined : excluded(STATUS_RULES.get(status) ?? 'status-not-realized');
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
