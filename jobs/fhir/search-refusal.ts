/** What it means that a search or a read is not answered with 200. */
import { syncError } from '../step/errors.ts';
import { readErrorBody } from './error-body.ts';
import { readRetryAfter } from './retry-after.ts';

const TRANSIENT = ['transient', 'throttled', 'timeout', 'lock-error'];
/** How long to wait where a server says "later" without saying when. */
const PAUSE_SECONDS = 10;

export async function throwRefusal(response: Response, what: 'search' | 'read', now: Date): Promise<never> {
  const { status } = response;
  const body = await readErrorBody(response);
  const { said } = body;
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), now);
  const isTransient = body.issueCodes.some((code) => TRANSIENT.includes(code));
  if (status === 429 || (isTransient && body.issueCodes.includes('throttled'))) {
    const wait = retryAfterSeconds ?? PAUSE_SECONDS;
    throw syncError('search-throttled', { status }, { status, said, retryAfterSeconds: wait });
  }
  if (isTransient || status === 408 || (status >= 500 && status !== 501)) {
    throw syncError('search-unavailable', { status, body: body.text }, { status, said, retryAfterSeconds });
  }
  throw syncError(
    'search-refused',
    { what, status, body: body.text, advice: advice(status) },
    { status, said },
  );
}

function advice(status: number): string {
  if (status === 401) return "The token was refused: check the client's registration and scopes.";
  if (status === 403) return 'Check scopes: each type needs one, system/Type.rs or system/Type.read.';
  if (status >= 300 && status < 400) return 'It is elsewhere: set fhir_base_url to where that leads.';
  if (status === 404 || status === 410) return 'It is not there, or not any more.';
  return "Compare the types and parameters with the server's documentation.";
}
