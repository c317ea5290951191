/** The actions that may need a second person, by the operation of the API. */
import { action as confirmReconciliation } from '../routes/confirm-reconciliation.ts';
import { action as deleteFhirConnection } from '../routes/delete-fhir-connection.ts';
import { action as startPurge } from '../routes/start-purge.ts';
import { action as updateFhirConnection } from '../routes/update-fhir-connection.ts';
import type { GuardedAction } from './guarded.ts';

// biome-ignore lint/suspicious/noExplicitAny: each is given what its own schema has read.
const ACTIONS: readonly GuardedAction<any, any>[] = [
  startPurge,
  confirmReconciliation,
  updateFhirConnection,
  deleteFhirConnection,
];

export const GUARDED = new Map(ACTIONS.map((one) => [one.operation, one]));
