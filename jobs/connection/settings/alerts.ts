/** When a person is told. */
import { z } from 'zod';
import { optional } from './optional.ts';

export const ALERT_KINDS = [
  'unmapped-jump',
  'volume-far',
  'run-long',
  'run-failed',
  'watermark-held',
  'connection-silent',
  'nothing-received',
  'type-missing',
  'many-parked',
  'certificate-expires',
] as const;

/** Of the installation, which no connection can turn off. */
export const INSTALLATION_ALERT_KINDS = ['credentials-guessed'] as const;

export const AlertsSchema = z
  .strictObject({
    off: optional(z.array(z.enum(ALERT_KINDS)), 'Kinds of alerts that are not raised.', []),
    history_runs: optional(
      z.int().min(2).max(100),
      'Completed runs of the same mode that a run is compared with.',
      10,
    ),
    min_runs: optional(z.int().min(1).max(100), 'With fewer of them nothing is compared.', 3),
    min_records: optional(z.int().min(1), 'Smaller numbers of resources or rows are not compared.', 100),
    unmapped_points: optional(
      z.number().min(0).max(100),
      'Percentage points by which the share without a Standard concept may exceed the median.',
      5,
    ),
    volume_factor: optional(z.number().min(1), 'How many times more or less than the median is far.', 3),
    duration_factor: optional(z.number().min(1), 'How many times the median is long.', 3),
    duration_minutes: optional(z.number().min(0), 'A shorter run is never long.', 15),
    silent_hours: optional(
      z.number().min(0),
      'Hours after a scheduled sync was due and none was completed.',
      12,
    ),
  })
  .meta({ id: 'SyncAlerts', description: 'When a person is told of a run or its absence.' });
