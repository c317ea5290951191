/** A full export compared with what is stored. */
import { z } from '@hono/zod-openapi';

export const ReconciliationSchema = z
  .object({
    run_id: z.number().int().describe('The run whose export was compared.'),
    connection_id: z.number().int().describe('Connection.'),
    state: z
      .enum(['to-confirm', 'confirmed', 'nothing-vanished', 'obstructed', 'outdated'])
      .describe('What there is to do.'),
    compared_at: z.iso.datetime().describe('When it was compared.'),
    types: z.array(z.string()).describe('Types that came, and so were compared.'),
    types_missing: z
      .array(z.string())
      .describe('Types that are stored and asked for, of which nothing came: not compared.'),
    stored: z.number().int().describe('Resources of the compared types that were stored before.'),
    vanished: z.number().int().describe('Of these, the ones that the export did not hold.'),
    vanished_percent: z.number().nullable().describe('The same in percent; null when nothing was stored.'),
    obstacles: z
      .array(z.string())
      .describe('Why nothing may be removed: export-incomplete, lines-unreadable, scope-changed.'),
    doubts: z
      .array(z.string())
      .describe('Why removing needs `override`: many-vanished, fewer-lines-than-announced.'),
    confirmed_at: z.iso.datetime().nullable().describe('When a person confirmed it.'),
    confirmed_by: z.string().nullable().describe('Who.'),
    removal_run: z.number().int().nullable().describe('The run that takes the vanished out.'),
    removed: z.number().int().describe('Of the vanished: taken out, or found to have come again.'),
  })
  .openapi('Reconciliation');

export const VanishedSchema = z
  .object({
    resource_key: z.number().int().describe('Key of the resource here.'),
    resource_type: z.string().describe('FHIR resource type.'),
    fhir_id: z.string().describe('FHIR id.'),
    removed: z.boolean().describe('Taken out, or found to have come again.'),
  })
  .openapi('Vanished');
