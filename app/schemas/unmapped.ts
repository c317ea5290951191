/** The worklist of unmapped codes, as the API shows it. */
import { z } from '@hono/zod-openapi';
import { day } from './dates.ts';
import { FindingSchema, LocalMapSchema } from './local-map.ts';
import { RemapReportSchema } from './remap.ts';
import { id, MOST_INTEGER, wholeFilter } from './whole.ts';

export const UnmappedCodeSchema = z
  .object({
    code_id: z
      .number()
      .int()
      .nullable()
      .describe('Number of the code here; null in an item that counts words of few persons.'),
    system: z
      .string()
      .describe('Code system as sent; `text` for words without a code, `none` for a code without a system.'),
    code: z
      .string()
      .nullable()
      .describe(
        'The code, or the words; null where fewer than `sync_config.unmapped_text_persons` persons have them, since words may name a patient.',
      ),
    display: z.string().nullable().describe('What the EHR calls it; null also where few persons have it.'),
    resource_type: z
      .string()
      .describe('Type of the resources that use it.')
      .openapi({ example: 'Observation' }),
    element: z
      .string()
      .describe('Where in them: code (the row has concept 0), value, unit, route …')
      .openapi({ example: 'code' }),
    expected_domains: z.array(z.string()).describe('Domains in which its concept is to be looked for.'),
    connections: z.number().int().describe('How many connections use it.'),
    records: z.number().int().describe('Resources that use it.'),
    persons: z.number().int().nullable().describe('Persons whom these are about; null where `code` is.'),
    first_seen: z.string().nullable().describe('When the run began in which the first of these came.'),
    last_seen: z.string().nullable().describe('When the run began in which one of these was last written.'),
    share: z
      .number()
      .describe('Percent of all unmapped uses in the scope (connection, domain, element, type).'),
    cumulative_share: z.number().describe('Percent that it and the more frequent ones make together.'),
    codes_withheld: z.number().int().describe('Different words that the item counts without telling them.'),
    has_map: z.boolean().describe('Mapped since: a remap or the next full sync takes it off the list.'),
    decided: z.boolean().describe('Mapped to 0 by a person: no concept fits. Listed only with `decided`.'),
  })
  .openapi('UnmappedCode');

const words = (name: string, description: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(255)
    .optional()
    .openapi({ param: { name, in: 'query' }, description });
export const WorklistQuery = {
  connection_id: wholeFilter('connection_id', 'Only of this connection.', { most: MOST_INTEGER }),
  domain: words('domain', 'Only where a concept of this domain is expected.'),
  element: words('element', 'Only in this element.'),
  resource_type: words('resource_type', 'Only in resources of this type.'),
  min_records: wholeFilter('min_records', 'Only codes that so many resources use.', { most: MOST_INTEGER }),
  decided: z
    .enum(['true', 'false'])
    .default('false')
    .transform((given) => given === 'true')
    .openapi({
      ...{ param: { name: 'decided', in: 'query' }, type: 'boolean', default: false },
      description: 'With codes that a person has mapped to 0, for which no concept fits.',
    }),
  q: words('q', 'Only where code, display or system contain this.'),
};

/** Where a page of the worklist ends. */
const id53 = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().max(200);
export const WorklistPlaceSchema = z.tuple([
  ...([id53, id53.nullable(), z.string().regex(/^([0-9a-f]{64})?$/), name, name] as const),
]);

export const CodeParams = z.object({ code_id: id('code_id', 'code_id', Number.MAX_SAFE_INTEGER) });

export const MapUnmappedSchema = z
  .strictObject({
    target_concept_id: z
      .number()
      .int()
      .min(1)
      .max(MOST_INTEGER)
      .describe('Standard concept to map to.')
      .openapi({ example: 3004501 }),
    source_vocabulary_id: z
      .string()
      .trim()
      .min(1)
      .max(20)
      .optional()
      .describe('Short name to keep the map under, instead of the one of its code system.'),
    valid_start_date: day.optional().describe('First day on which it holds; ever, when left out.'),
    replace: z
      .boolean()
      .default(false)
      .describe('Let a map of the code that is stored end, instead of refusing.'),
    remap: z.boolean().default(true).describe('Map again what uses the code, in every connection that does.'),
  })
  .openapi('MapUnmappedCode');

export const MappedCodeSchema = z
  .object({
    map: LocalMapSchema,
    warnings: z.array(FindingSchema).describe('What is worth a look, and did not speak against it.'),
    remaps: z
      .array(
        z.object({
          connection_id: z.number().int().describe('Connection that uses the code.'),
          run_id: z.number().int().nullable().describe('Its remap; null when none could be started.'),
          note: z.string().describe('`started`, or the code of what was in the way.'),
        }),
      )
      .describe('What is mapped again.'),
  })
  .openapi('MappedUnmappedCode');

export const MapCodesSchema = z
  .strictObject({
    maps: z
      .array(
        z.strictObject({
          code_id: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).describe('Code of the worklist.'),
          target_concept_id: z
            .number()
            .int()
            .min(0)
            .max(MOST_INTEGER)
            .describe('Standard concept to map to; 0: no concept fits, and the code leaves the worklist.'),
        }),
      )
      .min(1)
      .max(100)
      .describe('Up to a hundred.'),
    apply: z.boolean().default(false).describe('Write the maps. Without it, the answer tells what would be.'),
    replace: MapUnmappedSchema.shape.replace,
    remap: z.boolean().default(true).describe('Map again what uses the codes, each connection once.'),
  })
  .openapi('MapUnmappedCodes');

export const MappedCodesSchema = z
  .object({
    applied: z.boolean().describe('Whether the maps were written.'),
    said: z
      .array(
        z.object({
          code_id: z.number().int().describe('Code of the worklist.'),
          findings: z.array(FindingSchema).describe('What is to be said of its map.'),
        }),
      )
      .describe('Codes with faults or warnings; with an error nothing is written.'),
    changes: z
      .union([RemapReportSchema, z.null()])
      .describe(
        'What a remap would change, once the maps were there; null when something speaks against them, or they are.',
      ),
    remaps: MappedCodeSchema.shape.remaps,
  })
  .openapi('MappedUnmappedCodes');
