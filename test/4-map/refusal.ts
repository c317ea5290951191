/** A refusal as servers word it: a status and an OperationOutcome. */
import type { Deed } from '../ehr/server.ts';

export const refusal = (status: number): Deed => ({
  status,
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics: 'not today' }],
  }),
});
