/** What one sync may take from the EHR and from the worker. */
import { z } from 'zod';
import { optional } from './optional.ts';

export const LimitsSchema = z
  .strictObject({
    parallel_downloads: optional(z.int().min(1).max(20), 'Files downloaded at once from this EHR.', 3),
    parallel_reads: optional(
      z.int().min(1).max(20),
      'Searches and reads of single resources made at once to this EHR.',
      2,
    ),
    requests_per_second: optional(
      z.number().min(0.01).max(1000),
      'Searches sent to this EHR, by all workers together.',
      10,
    ),
    poll_min_seconds: optional(z.number().min(0).max(3600), 'Never poll the export more often than this.', 1),
    poll_max_seconds: optional(
      z.number().min(1).max(86_400),
      'Never wait longer than this between two polls.',
      600,
    ),
    export_max_files: optional(
      z.int().min(1).max(10_000_000),
      'A manifest that names more files is not believed: the run fails.',
      1_000_000,
    ),
    export_max_file_bytes: optional(
      z.int().min(1024).max(Number.MAX_SAFE_INTEGER),
      'A file that is longer (without compression) is given up; the others are loaded.',
      256 * 1024 ** 3,
    ),
    export_max_hours: optional(
      z.number().min(0.01).max(2160),
      'A run fails whose export takes longer, or that asks by searches and reads for longer (a retry goes on for as long again).',
      168,
    ),
    vanished_percent: optional(
      z.number().min(0).max(100),
      'A reconciliation that finds a greater share of the stored resources vanished removes them only with an explicit override.',
      5,
    ),
    max_line_bytes: optional(
      z
        .int()
        .min(1024)
        .max(512 * 1024 * 1024),
      'A longer NDJSON line is a failure, and is skipped.',
      64 * 1024 * 1024,
    ),
    chunk_bytes: optional(
      z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024),
      'Bytes of NDJSON that are mapped in one transaction.',
      2 * 1024 * 1024,
    ),
    backlog_bytes: optional(
      z.int().min(1024).max(Number.MAX_SAFE_INTEGER),
      'Downloads pause while more text (without compression) waits to be mapped, and go on at half of it.',
      2 * 1024 ** 3,
    ),
  })
  .refine((limits) => (limits.poll_min_seconds ?? 1) <= (limits.poll_max_seconds ?? 600), {
    path: ['poll_min_seconds'],
    message: 'poll_min_seconds is longer than poll_max_seconds.',
  })
  .meta({
    id: 'SyncLimits',
    description: 'Bounds of what one sync may take from the EHR and from the worker.',
  });
