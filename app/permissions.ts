/**
 * Which role each operation of the API needs, and what it reaches. This is the one place that says so: the guard
 * (auth/authorize.ts) refuses an operation that is not in the table, and a test compares the table with the document.
 *
 * viewer sees figures. mapper works on codes and local maps, and has them mapped again. operator runs things, and sees
 * which resources of which patients are not loaded. admin changes connections, tokens and the vocabulary, and purges.
 */
import type { Role } from './caller.ts';

/**
 * What an operation reaches, which decides what becomes of a caller who is restricted to some connections:
 * connection: the one whose id is in the path; of others the caller is told that they do not exist.
 * listed: several; the operation leaves out what is of other connections.
 * shared: nothing of a connection, such as the vocabulary.
 * everything: it changes what all connections work with; such a caller is refused.
 */
export type Reach = 'connection' | 'listed' | 'shared' | 'everything';

export interface Permission {
  readonly role: Role;
  readonly reach: Reach;
}

/** Operations that ask for no caller: they tell nothing, or (internal-tick, metrics) have a secret of their own. */
export const OPEN: ReadonlySet<string> = new Set([
  'healthz',
  'readyz',
  'internal-tick',
  'metrics',
  'get-jwks',
  'get-connection-jwks',
]);

const may =
  (role: Role) =>
  (reach: Reach): Permission => ({ role, reach });
const [viewer, mapper, operator, admin] = [may('viewer'), may('mapper'), may('operator'), may('admin')];

const TABLE: Readonly<Record<string, Permission>> = {
  // Figures and the vocabulary.
  'get-dashboard': viewer('listed'),
  'list-runs': viewer('listed'),
  'list-sync-runs': viewer('connection'),
  'get-connection-health': viewer('connection'),
  'get-connection-schedule': viewer('connection'),
  'get-sync-run': viewer('connection'),
  'list-alerts': viewer('listed'),
  'list-reconciliations': viewer('connection'),
  'get-reconciliation': viewer('connection'),
  'source-to-standard': viewer('listed'),
  'source-to-standard-batch': viewer('listed'),
  'search-concepts': viewer('shared'),
  'get-concept': viewer('shared'),
  'get-vocabulary-release': viewer('shared'),

  // Of the whole database.
  'get-dqd-results': viewer('everything'),
  'list-dqd-passes': viewer('everything'),
  'get-dqd-pass': viewer('everything'),
  'list-dqd-thresholds': viewer('everything'),
  'start-dqd-pass': operator('everything'),
  'cancel-dqd-pass': operator('everything'),
  'set-dqd-threshold': mapper('everything'),
  'remove-dqd-threshold': mapper('everything'),

  // Codes: the words of the worklist are those of the EHR.
  'list-unmapped-codes': mapper('listed'),
  'export-unmapped-codes': mapper('listed'),
  'suggest-concepts': mapper('listed'),
  'map-unmapped-code': mapper('everything'),
  'map-unmapped-codes': mapper('everything'),
  'list-local-maps': mapper('shared'),
  'export-local-maps': mapper('shared'),
  'import-local-maps': mapper('everything'),
  'create-local-map': mapper('everything'),
  'update-local-map': mapper('everything'),
  'delete-local-map': mapper('everything'),
  'get-remap-report': mapper('listed'),
  'start-remap': mapper('listed'),
  'list-vocabulary-loads': mapper('shared'),
  'get-vocabulary-load': mapper('shared'),

  // Running things. Lists of single resources name patients by their ids, so viewers do not get them.
  'list-fhir-connections': operator('listed'),
  'get-fhir-connection': operator('connection'),
  'test-fhir-connection': operator('connection'),
  'start-sync': operator('connection'),
  'sync-patients': operator('connection'),
  'cancel-sync-run': operator('connection'),
  'retry-sync-run': operator('connection'),
  'start-redrive': operator('connection'),
  'ask-again': operator('connection'),
  'list-parked': operator('connection'),
  'list-failures': operator('connection'),
  'list-exclusions': operator('connection'),
  'start-reconciliation': operator('connection'),
  'list-vanished': operator('connection'),
  'confirm-reconciliation': operator('connection'),
  'acknowledge-alert': operator('listed'),

  // What opens, changes or erases; who did what, and words of an EHR that may name patients.
  'list-server-text': admin('connection'),
  'list-audit': admin('everything'),
  'export-audit': admin('everything'),
  'verify-audit': admin('everything'),
  'acknowledge-audit-break': admin('everything'),
  'list-connection-keys': admin('connection'),
  'create-connection-key': admin('connection'),
  'rotate-connection-keys': admin('connection'),
  'create-fhir-connection': admin('everything'),
  'update-fhir-connection': admin('connection'),
  'delete-fhir-connection': admin('connection'),
  'start-purge': admin('connection'),
  'list-purges': admin('connection'),
  'lift-purge': admin('connection'),
  'list-approvals': admin('listed'),
  'get-approval': admin('listed'),
  'approve-request': admin('listed'),
  'refuse-request': admin('listed'),
  'start-vocabulary-load': admin('everything'),
  'list-webhooks': admin('everything'),
  'create-webhook': admin('everything'),
  'update-webhook': admin('everything'),
  'delete-webhook': admin('everything'),
  'test-webhook': admin('everything'),
  'list-webhook-deliveries': admin('everything'),
  'create-api-token': admin('everything'),
  'list-api-tokens': admin('everything'),
  'revoke-api-token': admin('everything'),
};

export const PERMISSIONS: ReadonlyMap<string, Permission> = new Map(Object.entries(TABLE));
