/** Look-ups of codes and releases. */
import { z } from '@hono/zod-openapi';
import { ConceptSchema } from './concept.ts';
import { MOST_INTEGER, wholeFilter } from './whole.ts';

export const text = (longest: number) => z.string().min(1).max(longest);

const system = text(500).describe(
  'Code system as FHIR has it: a URI, an OID (`urn:oid:…` or bare), or the name of a vocabulary.',
);
const code = text(255).describe('Code in that system, as sent.');

const site = {
  connection_id: z
    .number()
    .int()
    .min(1)
    .max(MOST_INTEGER)
    .describe('Connection that sends the codes: its own code systems and its vendor count.'),
  site_key: text(100).describe('The same by its site_key.'),
};

export const SourceQuery = z.object({
  system: system.openapi({
    param: { name: 'system', in: 'query' },
    example: 'http://hl7.org/fhir/sid/icd-10-cm',
  }),
  code: code.openapi({ param: { name: 'code', in: 'query' }, example: 'E11.9' }),
  connection_id: wholeFilter(
    'connection_id',
    'Connection that sends the code: its own code systems and its vendor count.',
    { most: MOST_INTEGER },
  ),
  site_key: site.site_key.optional().openapi({ param: { name: 'site_key', in: 'query' } }),
});

export const MOST_CODES = 1000;

export const SourceBatchSchema = z
  .strictObject({
    codes: z
      .array(z.strictObject({ system, code }))
      .min(1)
      .max(MOST_CODES)
      .describe(`Codes, at most ${MOST_CODES}.`),
    connection_id: site.connection_id.optional(),
    site_key: site.site_key.optional(),
  })
  .openapi('SourceBatch', {
    example: {
      codes: [
        { system: 'http://snomed.info/sct', code: '44054006' },
        { system: 'urn:oid:2.16.840.1.113883.6.90', code: 'E119' },
      ],
    },
  });

/** A union, since `.nullable()` would make the named schema itself nullable. */
const maybeConcept = (description: string) => z.union([ConceptSchema, z.null()]).describe(description);

const MappedCodeSchema = z
  .object({
    system: z.string().describe('System as asked.'),
    code: z.string().describe('Code as asked.'),
    vocabularies: z
      .array(z.string())
      .describe('Vocabularies that the system stands for. A local map may also name the system itself.'),
    decided_by: z
      .enum(['local-map', 'vocabulary', 'replacement', 'nothing'])
      .describe(
        'What gave the targets: a row of source_to_concept_map, the vocabulary, the concept that replaced a retired one; or nothing did.',
      ),
    source: maybeConcept('Concept of the code itself; null when the release lacks it.'),
    targets: z
      .array(ConceptSchema)
      .describe('Valid Standard concepts; the domain of each chooses its table.'),
    values: z
      .array(ConceptSchema)
      .describe('Targets of "Maps to value": what goes into value_as_concept_id.'),
    replaced_by: z
      .array(ConceptSchema)
      .describe('What took the place of a source concept that is no longer valid.'),
  })
  .openapi('MappedCode');

const release = {
  release_id: z.number().int().describe('Release that answered.'),
  version: z.string().describe('Version of the release.'),
};

export const MappedOneSchema = MappedCodeSchema.extend(release).openapi('SourceToStandard');

export const MappedBatchSchema = z
  .object({ ...release, codes: z.array(MappedCodeSchema).describe('In the order asked.') })
  .openapi('SourceToStandardBatch');

const ReleaseSchema = z
  .object({
    release_id: z.number().int().describe('Number of the release here.'),
    version: z.string().describe('vocabulary_version of the row whose vocabulary_id is None.'),
    source: z.string().describe('File or folder it was loaded from.'),
    concepts: z.number().int().describe('Concepts in it.'),
    relationships: z.number().int().describe('Relationships in it.'),
    loaded_at: z.iso.datetime().describe('When it was loaded.'),
  })
  .openapi('VocabularyRelease');

export const ReleasesSchema = z
  .object({
    current: z
      .union([ReleaseSchema, z.null()])
      .describe('The release in use; null when none was ever loaded.'),
    vocabularies: z
      .array(
        z.object({
          vocabulary_id: z.string().describe('Id of the vocabulary.'),
          vocabulary_name: z.string().describe('Its name.'),
          vocabulary_version: z.string().nullable().describe('Its version in this release.'),
          concepts: z.number().int().describe('Concepts of it.'),
          standard: z.number().int().describe('Of these, Standard ones.'),
        }),
      )
      .describe('What the current release holds, largest first.'),
    earlier: z.array(ReleaseSchema).describe('Releases before it, newest first, at most 100.'),
  })
  .openapi('VocabularyReleases');
