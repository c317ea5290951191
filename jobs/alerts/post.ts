/**
 * One message to one receiver: refused unless the answer is 2xx. Redirects are not followed, since the message is signed
 * for one receiver. Its Retry-After is believed within bounds.
 */
import { send } from '../fhir/http.ts';
import { readRetryAfter } from '../fhir/retry-after.ts';
import type { Reach } from '../outbound/reach.ts';
import type { Deps } from '../step/deps.ts';
import { type SyncError, syncError } from '../step/errors.ts';

const TIMEOUT_MS = 10_000;
const RETRY_SECONDS = { least: 1, most: 900 };

export interface Message {
  readonly url: string;
  readonly body: string;
  /** With the signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly reach: Reach;
  /** Time allowed until the answer begins. */
  readonly timeoutMs?: number | undefined;
}

export interface Answered {
  readonly status: number;
  /** Undefined when the receiver took it. */
  readonly error?: SyncError;
}

export async function post(
  { clock, outbound }: Pick<Deps, 'clock' | 'outbound'>,
  { url, body, headers, reach, timeoutMs = TIMEOUT_MS }: Message,
): Promise<Answered> {
  const answer = await send(
    url,
    {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/json', 'user-agent': 'fhir-omop-sync', ...headers },
    },
    { outbound, reach, timeoutMs },
  );
  await answer.body?.cancel();
  const { status } = answer;
  if (answer.ok) return { status };
  const asked = readRetryAfter(answer.headers.get('retry-after'), clock());
  const { least, most } = RETRY_SECONDS;
  const retryAfterSeconds = asked === undefined ? undefined : Math.min(most, Math.max(least, asked));
  return { status, error: syncError('webhook-refused', { status }, { status, retryAfterSeconds }) };
}
