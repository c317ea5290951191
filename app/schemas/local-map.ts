/** Local maps as the API shows and accepts them. */
import { z } from '@hono/zod-openapi';
import { ALWAYS, MAP_STATES } from '../../jobs/vocabulary/local-maps/local-map.ts';
import { day } from './dates.ts';
import { MOST_INTEGER, wholeFilter } from './whole.ts';

const conceptId = (description: string) =>
  z.number().int().min(0).max(MOST_INTEGER).describe(description).openapi({ example: 3004501 });
const dayOf = (description: string) => day.describe(description).openapi({ example: '2026-11-20' });

export const LocalMapSchema = z
  .object({
    map_id: z.string().describe('Changes with what identifies the map: its code, target and validity.'),
    source_vocabulary_id: z
      .string()
      .describe('Short name of the code system.')
      .openapi({ example: 'House lab' }),
    systems: z.array(z.string()).describe('URIs of the code systems that go by this name.'),
    source_code: z.string().describe('Code as the EHR sends it.').openapi({ example: 'GLU-7' }),
    source_code_description: z.string().nullable().describe('What the code means.'),
    source_concept_id: z.number().int().describe('Concept of the code itself; 0 where there is none.'),
    target_concept_id: z.number().int().describe('Standard concept it maps to.'),
    target_vocabulary_id: z.string().describe('Vocabulary of the target.'),
    target_name: z
      .string()
      .nullable()
      .describe('Name of the target; null when the loaded vocabulary lacks it.'),
    target_domain: z.string().nullable().describe('Domain of the target, which decides the table.'),
    state: z
      .enum(MAP_STATES)
      .describe(
        'Whether codes are mapped by it. `target-lost`: the target is not valid and Standard any more.',
      ),
    valid_start_date: z.string().describe('First day on which it holds.'),
    valid_end_date: z.string().describe('Last day on which it holds.'),
  })
  .openapi('LocalMap');

const changeable = {
  source_code_description: z.string().trim().max(255).describe('What the code means.'),
  source_concept_id: conceptId('Concept of the code itself, where one was made for it.'),
  target_concept_id: conceptId('Standard concept to map to.'),
  valid_start_date: dayOf('First day on which it holds, in UTC.'),
  valid_end_date: dayOf('Last day on which it holds, in UTC. To end a map, set it to a day that is past.'),
};

export const CreateLocalMapSchema = z
  .strictObject({
    system: z
      .string()
      .trim()
      .min(1)
      .max(255)
      .optional()
      .describe(
        'Code system as the EHR sends it; `text` for words without a code, `none` for codes without a system.',
      )
      .openapi({ example: 'https://hospital.example/lab' }),
    source_vocabulary_id: z
      .string()
      .trim()
      .min(1)
      .max(20)
      .optional()
      .describe('Short name of the code system, instead of `system`.'),
    source_code: z
      .string()
      .trim()
      .min(1)
      .max(50)
      .describe('Code as the EHR sends it.')
      .openapi({ example: 'GLU-7' }),
    ...changeable,
    source_code_description: changeable.source_code_description.optional(),
    source_concept_id: changeable.source_concept_id.default(0),
    valid_start_date: changeable.valid_start_date.default(ALWAYS.from),
    valid_end_date: changeable.valid_end_date.default(ALWAYS.to),
    replace: z
      .boolean()
      .default(false)
      .describe('Let a map of the code that is stored end the day before, instead of refusing this one.'),
  })
  .refine((map) => (map.system === undefined) !== (map.source_vocabulary_id === undefined), {
    message: 'expected system or source_vocabulary_id, one of the two',
    path: ['system'],
  })
  .openapi('CreateLocalMap');

export const UpdateLocalMapSchema = z.strictObject(changeable).partial().openapi('UpdateLocalMap');

export const MapParams = z.object({
  map_id: z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'Not a map_id: take one of the list.')
    .openapi({
      param: { name: 'map_id', in: 'path' },
      description: 'map_id',
      example: '5f0c2a9122e4d1c09a7b3e55',
    }),
});

const text = (name: string, description: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(255)
    .optional()
    .openapi({ param: { name, in: 'query' }, description });

export const MapFilterQuery = {
  source_vocabulary_id: text('source_vocabulary_id', 'Only of this short name.'),
  system: text('system', 'Only of this code system.'),
  source_code: text('source_code', 'Only of this code.'),
  target_concept_id: wholeFilter('target_concept_id', 'Only to this concept.', {
    least: 0,
    most: MOST_INTEGER,
  }),
  q: text('q', 'Only where code or description contain this.'),
  state: z
    .enum(MAP_STATES)
    .optional()
    .openapi({ param: { name: 'state', in: 'query' }, description: 'Only in this state.' }),
};

/** Where a page of the list ends. */
export const MapPlaceSchema = z.tuple([
  ...([z.string().max(20), z.string().max(50), z.number().int().min(0).max(MOST_INTEGER)] as const),
  ...([day, z.string().regex(/^[0-9a-f]{24}$/)] as const),
]);

export const FindingSchema = z
  .object({
    line: z.number().int().describe('Line of the file, the header being 1.'),
    level: z
      .enum(['error', 'warning', 'skipped'])
      .describe('error: nothing is written. skipped: this line is not. warning: it is, but look at it.'),
    code: z.string().describe('Stable code of the kind.'),
    message: z.string().describe('What is to be said.'),
  })
  .openapi('MapFinding');

export const ChangedMapSchema = z
  .object({
    map: LocalMapSchema,
    warnings: z.array(FindingSchema).describe('What is worth a look, and did not speak against it.'),
  })
  .openapi('ChangedLocalMap');

export const ImportReportSchema = z
  .object({
    format: z.enum(['source_to_concept_map', 'usagi']).describe('Told from the header.'),
    lines: z.number().int().describe('Lines below the header.'),
    applied: z.boolean().describe('Whether the new maps were written.'),
    new: z.number().int().describe('Maps that are (or would be) written.'),
    unchanged: z.number().int().describe('Maps that are stored as they are.'),
    replaced: z.number().int().describe('Stored maps that end or go for the new ones.'),
    skipped: z.number().int().describe('Lines left out.'),
    errors: z.number().int().describe('Faults and conflicts; with one, nothing is written.'),
    warnings: z.number().int().describe('Worth a look.'),
    kinds: z
      .array(
        z.object({
          code: z.string().describe('Stable code of the kind.'),
          level: z.enum(['error', 'warning', 'skipped']).describe('What it does to its lines.'),
          lines: z.number().int().describe('How many lines.'),
          meaning: z.string().describe('What it means.'),
        }),
      )
      .describe('Findings by kind.'),
    findings: z.array(FindingSchema).describe('The first 500, errors first.'),
  })
  .openapi('MapImportReport');
