/**
 * The pipeline: every step and its handler. A run goes
 *
 *   export → poll (again and again) → download (one job a file) → map (one job a chunk) → redrive → close → release
 *
 * and what an operator asks for besides a sync, in bounded batches: redo (failures mapped again), remove (what
 * vanished) or purge (a patient) → redrive → close; delete (a connection) ends with the run itself. redrive goes back to remap (one job a chunk) when the vocabulary has changed; a run of kind remap begins there.
 *
 * Terms: connection (one EHR site), run (one sync of it), file (one manifest entry), chunk (a stretch of whole lines of
 * a file), resource, row (of a CDM table), exclusion (rightly not loaded, by a rule), failure (should have been and was
 * not), parked (its Patient has not arrived), open link (another reference that has not), checkpoint, watermark.
 */
import { exportStep } from './1-export.ts';
import { pollStep } from './2-poll.ts';
import { downloadStep } from './3-download.ts';
import { mapStep } from './4-map.ts';
import { redriveStep } from './5-redrive.ts';
import { closeStep } from './6-close.ts';
import { deliverAlert } from './alerts/deliver.ts';
import { watchStep } from './alerts/watch.ts';
import { deleteStep } from './delete-connection.ts';
import { loadVocabularyStep } from './load-vocabulary.ts';
import { purgeStep } from './purge-patient.ts';
import type { StepName } from './queue.ts';
import { redoStep } from './redo-failures.ts';
import { releaseStep } from './release.ts';
import { remapStep } from './remap-chunk.ts';
import { removeStep } from './remove-vanished.ts';
import { scheduledSync } from './schedule.ts';
import { startPurgeStep } from './start-purge.ts';
import type { Handler } from './step.ts';

export const PIPELINE: { readonly [S in StepName]: Handler<S> } = {
  export: exportStep,
  poll: pollStep,
  download: downloadStep,
  map: mapStep,
  redo: redoStep,
  'purge-start': startPurgeStep,
  purge: purgeStep,
  remap: remapStep,
  remove: removeStep,
  delete: deleteStep,
  redrive: redriveStep,
  close: closeStep,
  release: releaseStep,
  schedule: scheduledSync,
  vocabulary: loadVocabularyStep,
  alert: deliverAlert,
  watch: watchStep,
};
