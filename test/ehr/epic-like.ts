/**
 * The simulated EHR with what is known of Epic: exports of Groups without the types that are no patient's, no _since,
 * no meta.lastUpdated, one a day; Medication by read only; a category for every search of the big types.
 */

import type { EhrOptions } from './server.ts';
import { SEARCH } from './settings.ts';

export const LEFT_OUT_OF_EXPORTS: readonly string[] = [
  ...['Medication', 'Practitioner', 'PractitionerRole', 'Organization', 'Location'],
];

export function epicLike(more: EhrOptions = {}): EhrOptions {
  return {
    leftOut: LEFT_OUT_OF_EXPORTS,
    since: false,
    lastUpdated: false,
    exportsADay: 1,
    ...more,
    search: {
      ...SEARCH,
      categoryRequired: ['Observation', 'DocumentReference', 'Condition'],
      readOnly: ['Medication'],
      ...more.search,
    },
  };
}
