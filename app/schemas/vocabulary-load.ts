/** A load of a vocabulary as the API returns it. */
import { z } from '@hono/zod-openapi';

const when = (description: string) => z.iso.datetime().nullable().describe(description);

export const VocabularyLoadSchema = z
  .object({
    load_id: z.number().int().describe('Number of the load.'),
    path: z.string().describe('Folder or zip, from VOCABULARY_DIR.'),
    state: z
      .enum(['queued', 'running', 'loaded', 'failed'])
      .describe(
        'The last two are final. A load that cannot begin yet is queued again and says in `error` what is in the way.',
      ),
    step: z.enum(['copy', 'index', 'swap']).nullable().describe('What it is at.'),
    table: z.string().nullable().describe('Which table it is at.'),
    rows: z.number().int().describe('Rows of all tables so far.'),
    fraction: z.number().describe('Done of the whole work, 0 to 1.'),
    seconds: z.number().nullable().describe('Since it began, until it ended or now.'),
    warnings: z.array(z.string()).describe('What the release lacks.'),
    error: z
      .object({
        code: z.string().describe('Stable code.'),
        message: z.string().describe('What was expected, what came, what to do; with file and line.'),
      })
      .nullable()
      .describe('Why it failed.'),
    release_id: z
      .number()
      .int()
      .nullable()
      .describe('The release that it became; null until it is in use. Until then the old one is read.'),
    requested_by: z.string().describe('Who asked for it.'),
    created_at: z.iso.datetime().describe('When it was asked for.'),
    started_at: when('When it began.'),
    finished_at: when('When it ended.'),
  })
  .openapi('VocabularyLoad', {
    example: {
      ...{ load_id: 3, path: '2026-02.zip', state: 'running', step: 'index', table: 'concept_relationship' },
      ...{ rows: 81_529_408, fraction: 0.61, seconds: 214.2, warnings: [], error: null, release_id: null },
      ...{
        requested_by: 'api:admin',
        created_at: '2026-03-01T08:00:00Z',
        started_at: '2026-03-01T08:00:01Z',
      },
      finished_at: null,
    },
  });

export type VocabularyLoad = z.infer<typeof VocabularyLoadSchema>;
