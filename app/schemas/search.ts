/** Search in the vocabulary: request and response. */
import { z } from '@hono/zod-openapi';
import { ConceptSchema } from './concept.ts';
import { text } from './vocabulary.ts';
import { wholeOr } from './whole.ts';

/** One or several values: the parameter repeated, or values separated by commas. */
const list = <S extends z.ZodType>(name: string, item: S, description: string, values?: readonly string[]) =>
  z
    .preprocess(
      (given) => (typeof given === 'string' ? given.split(',') : given),
      z.array(item).min(1).max(20).optional(),
    )
    .openapi({
      param: { name, in: 'query', required: false },
      type: 'array',
      items: { type: 'string', ...(values ? { enum: [...values] } : {}) },
      description: `${description} Several are a choice: repeated or with commas.`,
    });

/** The deepest offset; paging further down is no longer searching. */
const DEEPEST = 1000;

const KINDS = ['S', 'C', 'none'] as const;

export const SearchQuery = z.object({
  q: text(200)
    .refine((words) => /[\p{L}\p{N}]/u.test(words), 'Expected at least one letter or digit.')
    .openapi({
      param: { name: 'q', in: 'query' },
      description: 'Words of a name or synonym, a code, or a concept id.',
      example: 'type 2 diabtes',
    }),
  domain: list('domain', text(50), 'Only concepts of this domain, such as Condition.'),
  vocabulary: list('vocabulary', text(50), 'Only concepts of this vocabulary, such as SNOMED.'),
  class: list('class', text(50), 'Only concepts of this class, such as Ingredient.'),
  standard: list('standard', z.enum(KINDS), 'S: Standard, C: classification, none: neither.', KINDS),
  valid: z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .optional()
    .openapi({
      param: { name: 'valid', in: 'query' },
      type: 'boolean',
      description: 'true: only valid concepts; false: only retired ones.',
    }),
  limit: wholeOr('limit', 20, 'Items on a page.', { most: 100 }),
  offset: wholeOr('offset', 0, 'Items to skip.', { least: 0, most: DEEPEST }),
});

export const SearchResultSchema = z
  .object({
    items: z
      .array(
        z.object({
          concept: ConceptSchema,
          matched: z.enum(['code', 'name', 'synonym']).describe('What the words were found in.'),
          matched_text: z.string().nullable().describe('The synonym that matched; null for the others.'),
        }),
      )
      .describe('Best first: codes, the exact name, names with few other words; Standard before others.'),
    more: z.boolean().describe('There are more: ask again with a higher offset.'),
    index: z
      .enum(['ready', 'building'])
      .describe('building: the release is new, and names are only compared from their beginning for now.'),
    forgives_typos: z
      .boolean()
      .describe('Whether misspelt words are found; false while building, or without the extension pg_trgm.'),
    corrected: z
      .array(
        z.object({
          typed: z.string().describe('Word as typed.'),
          taken_as: z.array(z.string()).describe('Words that it was taken for as well.'),
        }),
      )
      .describe('Words that gave next to nothing and were taken for similar ones.'),
    ignored: z.array(z.string()).describe('Words that are in no name and were left out.'),
  })
  .openapi('SearchResult');
