/** What a remap would change, as the API returns it. */
import { z } from '@hono/zod-openapi';
import type { RemapReport } from '../../jobs/remap/report.ts';

const count = (description: string) => z.number().int().describe(description);

const NamedSchema = z.object({
  concept_id: z.number().int().describe('Standard concept.'),
  name: z.string().nullable().describe('Its name; null when the loaded release no longer has it.'),
  domain: z.string().describe('Its domain.'),
});

const SideSchema = z
  .object({
    source_concept_id: z.number().int().describe("The code's own concept; 0 without one."),
    concepts: z.array(NamedSchema).describe('What it is mapped to; none: rows have concept 0.'),
    values: z.array(NamedSchema).describe('Targets of `Maps to value`.'),
  })
  .describe('How it is answered: before as the resources were mapped, after as the vocabulary answers now.')
  .openapi('RemapSide');

const CodeChangeSchema = z
  .object({
    kind: z
      .enum(['code', 'concept', 'ancestor'])
      .describe(
        'What was asked: where a code leads, whether a concept is Standard, whether one descends from another.',
      ),
    system: z.string().describe('Code system as sent.'),
    code: z.string().describe('Code as sent; of the other kinds concept ids.'),
    display: z.string().nullable().describe("Name of the code's own concept, where the vocabulary has it."),
    change: z
      .enum(['newly-mapped', 'newly-unmapped', 'domain-moved', 'other-concept', 'details'])
      .describe('details: the same concepts, but other values, source concept, class or vocabulary.'),
    domain_move: z.boolean().describe('Rows go to another table, or may.'),
    before: SideSchema,
    after: SideSchema,
    records: count('Resources that asked for it, at most: some may have come anew in another chunk.'),
    chunks: count('Chunks that hold them.'),
    chunks_gone: count('Of these, how many are no longer kept.'),
    site_keys: z.array(z.string()).describe('Connections that use it.'),
  })
  .openapi('RemapChange');

const ConnectionChangeSchema = z
  .object({
    connection_id: z.number().int().describe('Connection.'),
    site_key: z.string().describe('Its site key.'),
    codes: count('Codes in use that are answered otherwise.'),
    chunks: count('Chunks that hold resources with such codes.'),
    chunks_gone: count('Of these, how many are no longer kept (sync_config.retention.chunks_days).'),
    chunks_unknown: count(
      'Of these, how many were mapped before answers were kept; a remap maps all of them.',
    ),
    records: count('Resources that a remap maps again, at most.'),
    records_gone: count('Resources that only a full sync can map again, at most.'),
    records_to_send_again: count('Resources that an earlier remap left for a full sync.'),
    needs_full_sync: z.boolean().describe('A remap alone does not bring it up to date.'),
  })
  .openapi('RemapConnection');

export const RemapReportSchema = z
  .object({
    release_id: z.number().int().describe('The loaded release.'),
    version: z.string().describe('Its version.'),
    connections: z.array(ConnectionChangeSchema).describe('What it means for each connection.'),
    changes: z.array(CodeChangeSchema).describe('The codes in use that change, the most frequent first.'),
    changes_total: count('How many codes change; `changes` holds at most `limit`.'),
  })
  .openapi('RemapReport');

/** A report as the API answers it, with at most so many codes. */
export function shownReport({ changes, connections, ...release }: RemapReport, limit: number) {
  return {
    ...{ ...release, changes_total: changes.length, connections: [...connections] },
    changes: changes.slice(0, limit).map((one) => ({
      ...one,
      before: sideOf(one.before),
      after: sideOf(one.after),
      site_keys: [...one.site_keys],
    })),
  };
}

function sideOf<T>(side: { source_concept_id: number; concepts: readonly T[]; values: readonly T[] }) {
  return { ...side, concepts: [...side.concepts], values: [...side.values] };
}
