/**
 * Requests to the identity provider. They go through the project's own client (TLS or this machine, no redirects, time
 * limits), and an answer is read whole and bounded before a library sees it.
 */
import type { CustomFetch } from 'openid-client';
import { readText, send } from '../../jobs/fhir/http.ts';

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 512 * 1024;

export function issuerFetch(): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    // Of the requests that are made here only those to the token endpoint have a body, which is a form.
    const init = { method, headers, body: body instanceof URLSearchParams ? body : null };
    const answer = await send(url, init, { signal, timeoutMs: TIMEOUT_MS });
    const text = await readText(answer, LARGEST_ANSWER, TIMEOUT_MS);
    const type = answer.headers.get('content-type');
    const authenticate = answer.headers.get('www-authenticate');
    return new Response(hasBody(answer.status) ? text : null, {
      status: answer.status,
      headers: {
        ...(type === null ? {} : { 'content-type': type }),
        ...(authenticate === null ? {} : { 'www-authenticate': authenticate }),
      },
    });
  };
}

/** A Response of these statuses must not have a body. */
function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
