import { z } from '@hono/zod-openapi';

export const ConnectionTestSchema = z
  .object({
    status: z.enum(['ok', 'warning', 'failed']).describe('The worst of the steps.'),
    steps: z
      .array(
        z.object({
          step: z
            .enum(['discovery', 'jwt_assertion', 'token_exchange', 'fhir_metadata', 'group'])
            .describe(
              'The token endpoint is found; the client assertion is made; the token endpoint takes it; the FHIR server ' +
                'answers; it has the Group, where one is to be exported.',
            ),
          status: z.enum(['ok', 'warning', 'failed', 'skipped']).describe('How it went.'),
          code: z.string().nullable().describe('Stable code of what was wrong, as errors of runs have it.'),
          detail: z.string().describe('What was found, or what to do.'),
          ms: z.number().int().describe('How long it took.'),
        }),
      )
      .describe('In order; after a failed step the others are skipped.'),
    total_ms: z.number().int().describe('How long all took.'),
    fhir_version: z.string().nullable().describe('fhirVersion of the CapabilityStatement.'),
    server_version: z.string().nullable().describe('Software name and version of the server.'),
  })
  .openapi('ConnectionTest');
