/** All verbs in one list, in the order in which help shows them. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { group } from '../group.ts';
import { list as alertsList } from './alerts/list.ts';
import { seen } from './alerts/seen.ts';
import { approve } from './approvals/approve.ts';
import { list as approvalsList } from './approvals/list.ts';
import { refuse } from './approvals/refuse.ts';
import { show as approvalsShow } from './approvals/show.ts';
import { askAgain } from './ask-again.ts';
import { acknowledge } from './audit/acknowledge.ts';
import { exportAudit } from './audit/export.ts';
import { list as auditList } from './audit/list.ts';
import { verify } from './audit/verify.ts';
import { cancel } from './cancel.ts';
import { cohort } from './cohort.ts';
import { exportCohort } from './cohorts/export.ts';
import { importCohorts } from './cohorts/import.ts';
import { list as cohortsList } from './cohorts/list.ts';
import { completion } from './completion.ts';
import { add } from './connections/add.ts';
import { apply } from './connections/apply.ts';
import { list as connectionsList } from './connections/list.ts';
import { rm } from './connections/rm.ts';
import { set } from './connections/set.ts';
import { show as connectionsShow } from './connections/show.ts';
import { test } from './connections/test.ts';
import { psql } from './database/psql.ts';
import { url } from './database/url.ts';
import { create as deidCreate } from './deid/create.ts';
import { drop as deidDrop } from './deid/drop.ts';
import { refresh as deidRefresh } from './deid/refresh.ts';
import { doctor } from './doctor.ts';
import { cancel as dqdCancel } from './dqd/cancel.ts';
import { passes as dqdPasses } from './dqd/passes.ts';
import { reset as dqdReset } from './dqd/reset.ts';
import { results as dqdResults } from './dqd/results.ts';
import { set as dqdSet } from './dqd/set.ts';
import { start as dqdStart } from './dqd/start.ts';
import { thresholds as dqdThresholds } from './dqd/thresholds.ts';
import { watch as dqdWatch } from './dqd/watch.ts';
import { health } from './health.ts';
import { importFiles } from './import.ts';
import { jwks } from './jwks.ts';
import { certificate } from './keys/certificate.ts';
import { create as keysCreate } from './keys/create.ts';
import { list as keysList } from './keys/list.ts';
import { rotate } from './keys/rotate.ts';
import { rotateEncryption } from './keys/rotate-encryption.ts';
import { exportMaps } from './maps/export.ts';
import { importMaps } from './maps/import.ts';
import { list as mapsList } from './maps/list.ts';
import { purge } from './purge.ts';
import { quality } from './quality.ts';
import { reconcile } from './reconcile.ts';
import { redrive } from './redrive.ts';
import { remap } from './remap.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { serverText } from './server-text.ts';
import { snapshot } from './snapshot.ts';
import { status } from './status.ts';
import { sync } from './sync.ts';
import { token } from './token.ts';
import { create as tokensCreate } from './tokens/create.ts';
import { list as tokensList } from './tokens/list.ts';
import { revoke } from './tokens/revoke.ts';
import { signIn } from './tokens/sign-in.ts';
import { list as unmappedList } from './unmapped/list.ts';
import { map as unmappedMap } from './unmapped/map.ts';
import { suggest } from './unmapped/suggest.ts';
import { concept } from './vocabulary/concept.ts';
import { index } from './vocabulary/index.ts';
import { load } from './vocabulary/load.ts';
import { map as vocabularyMap } from './vocabulary/map.ts';
import { release } from './vocabulary/release.ts';
import { search } from './vocabulary/search.ts';
import { watch } from './watch.ts';
import { add as webhooksAdd } from './webhooks/add.ts';
import { deliveries } from './webhooks/deliveries.ts';
import { edit as webhooksEdit } from './webhooks/edit.ts';
import { list as webhooksList } from './webhooks/list.ts';
import { remove as webhooksRemove } from './webhooks/remove.ts';
import { test as webhooksTest } from './webhooks/test.ts';

export const VERBS: readonly CommandUnknownOpts[] = [
  group('vocabulary', 'The OMOP vocabulary: load a release, look things up.', [
    ...[load, search, concept, vocabularyMap, release, index],
  ]),
  group('maps', 'Local maps: codes of your own to Standard concepts.', [importMaps, mapsList, exportMaps]),
  group('unmapped', 'Codes in use that have no Standard concept.', [unmappedList, suggest, unmappedMap], {
    usual: 'list',
  }),
  group(
    'connections',
    'Connections to EHRs: where they are, how we authenticate, what we ask for.',
    [connectionsList, add, connectionsShow, test, set, rm, apply],
    { usual: 'list' },
  ),
  group('keys', 'Key pairs and certificates of connections; the key that seals all secrets.', [
    ...[keysCreate, rotate, certificate, keysList, rotateEncryption],
  ]),
  jwks,
  token,
  importFiles,
  cohort,
  sync,
  watch,
  retry,
  cancel,
  redrive,
  askAgain,
  purge,
  reconcile,
  remap,
  status,
  health,
  runs,
  run,
  serverText,
  doctor,
  quality,
  group(
    'dqd',
    "Passes of the Data Quality Dashboard's checks by workers, and thresholds.",
    [dqdPasses, dqdStart, dqdWatch, dqdCancel, dqdResults, dqdThresholds, dqdSet, dqdReset],
    { usual: 'passes' },
  ),
  snapshot,
  group(
    'cohorts',
    'Cohorts of studies, in the CDM (whom searches are about says "cohort").',
    [cohortsList, importCohorts, exportCohort],
    {
      usual: 'list',
    },
  ),
  group('alerts', 'What a person should know.', [alertsList, seen], { usual: 'list' }),
  group(
    'webhooks',
    'Receivers of events: alerts, and how runs end.',
    [webhooksList, webhooksAdd, webhooksEdit, webhooksRemove, webhooksTest, deliveries],
    { usual: 'list' },
  ),
  group('approvals', 'What waits for a second person.', [approvalsList, approvalsShow, approve, refuse], {
    usual: 'list',
  }),
  group('audit', 'The record of who did what.', [auditList, exportAudit, verify, acknowledge]),
  group('tokens', 'Who may call the API.', [tokensCreate, tokensList, revoke, signIn]),
  group('database', 'The database for other programs.', [url, psql]),
  group('deid', 'The de-identified copy of the CDM for researchers.', [deidCreate, deidRefresh, deidDrop]),
  completion,
];
