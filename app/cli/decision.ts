/** What became of a request that waited for a second person. */
import type { Schemas } from '../../openapi/client/index.ts';
import { say, sayJson } from './terminal.ts';

export function sayDecision(
  decided: Schemas['Approval'],
  { json }: { readonly json?: true | undefined },
): void {
  if (json) {
    sayJson(decided);
    return;
  }
  const { approval_id, state, result } = decided;
  say(`Approval ${approval_id} is ${state}${result ? `: ${result}` : ''}.`);
}
