/** How long what was received is kept. */
import { z } from 'zod';
import { optional } from './optional.ts';

export const RetentionSchema = z
  .strictObject({
    chunks_days: optional(
      z.union([z.int().min(0).max(3650), z.literal('keep')]),
      'Days that the exported lines are kept, so that a new vocabulary can be applied without a new export; "keep": for ever.',
      30,
    ),
    server_text_hours: optional(
      z.int().min(0).max(168),
      'Hours for which the words are kept that the EHR refuses something with, for administrators. They may name patients; 0: not kept, only codes.',
      0,
    ),
  })
  .meta({ id: 'SyncRetention', description: 'How long what was received is kept.' });
