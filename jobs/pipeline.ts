/**
 * The pipeline: every step and its handler. A run goes
 *
 *   export → poll (repeatedly) → download (a job per file) → map (a job per chunk) → settle → close → release
 *   export → crawl (a job per search) → map …                                    where it asks by searches
 *
 * An import of Bundles or archives begins with unpack in the place of export and poll.
 * The queue of settle is called `redrive`; `release` is release-export. Where a connection asks for what its exports
 * leave out, hydrate stands between map and settle, and its answers are mapped in their turn. What an operator asks for besides a
 * sync is done in bounded batches: redo (failures mapped again), remove (what vanished) or purge (a patient),
 * and then settle → close. delete (a connection) ends with the run itself. Settle goes back to remap (a job
 * per chunk) when the vocabulary has changed; a run of kind remap begins with settle. README.md has the
 * terms.
 */
import { exportStep } from './1-export/export.ts';
import { releaseExportStep } from './1-export/release-export.ts';
import { unpackStep } from './1-unpack/unpack.ts';
import { pollStep } from './2-poll/poll.ts';
import { crawlStep } from './3-crawl/crawl.ts';
import { downloadStep } from './3-download/download.ts';
import { hydrateStep } from './4-hydrate/hydrate.ts';
import { mapStep } from './4-map/map.ts';
import { settleStep } from './5-settle/settle.ts';
import { closeStep } from './6-close/close.ts';
import { deliverAlert } from './alerts/deliver.ts';
import { watchStep } from './alerts/watch.ts';
import { deliverWebhook } from './alerts/webhooks/deliver.ts';
import { dashboardPassStep } from './operator/dashboard-pass.ts';
import { deleteStep } from './operator/delete-connection.ts';
import { loadVocabularyStep } from './operator/load-vocabulary.ts';
import { purgeStep } from './operator/purge-patient.ts';
import { redoStep } from './operator/redrive-failures.ts';
import { removeStep } from './operator/remove-vanished.ts';
import { startPurgeStep } from './operator/start-purge.ts';
import { remapStep } from './remap/remap-chunk.ts';
import { hourlyStep } from './schedule/hourly.ts';
import { scheduledSync } from './schedule/scheduled-sync.ts';
import type { Handler } from './step/handler.ts';
import type { StepName } from './step/queue.ts';

export const PIPELINE: { readonly [S in StepName]: Handler<S> } = {
  export: exportStep,
  poll: pollStep,
  unpack: unpackStep,
  crawl: crawlStep,
  download: downloadStep,
  map: mapStep,
  hydrate: hydrateStep,
  redo: redoStep,
  'purge-start': startPurgeStep,
  purge: purgeStep,
  remap: remapStep,
  remove: removeStep,
  delete: deleteStep,
  redrive: settleStep,
  close: closeStep,
  release: releaseExportStep,
  schedule: scheduledSync,
  vocabulary: loadVocabularyStep,
  dqd: dashboardPassStep,
  alert: deliverAlert,
  webhook: deliverWebhook,
  watch: watchStep,
  keys: hourlyStep,
};
