/**
 * Requests to the identity provider. They go through the program's one client for outbound calls (TLS or this machine,
 * no redirects, time limits), and an answer is read whole and bounded before a library sees it.
 */
import type { CustomFetch } from 'openid-client';
import { readText, type Sent, send } from '../../jobs/fhir/http.ts';
import type { Outbound } from '../../jobs/outbound/outbound.ts';
import { reachOfOperator } from '../../jobs/outbound/reach.ts';

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 512 * 1024;

/** Sends one request to the provider. */
export type AskIssuer = (url: string, sent: Sent, signal?: AbortSignal) => Promise<Response>;

/** The provider, and whatever address it names for its keys and tokens, is one that the operator has chosen. */
export function askIssuer(outbound: Outbound): AskIssuer {
  return async (url, sent, signal) =>
    await send(url, sent, { outbound, reach: reachOfOperator(new URL(url)), signal, timeoutMs: TIMEOUT_MS });
}

export function issuerFetch(ask: AskIssuer): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    // Of the requests that are made here only those to the token endpoint have a body, which is a form.
    const form = body instanceof URLSearchParams ? body.toString() : undefined;
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await ask(url, { method, headers: { ...type, ...headers }, body: form }, signal);
    const text = await readText(answer, LARGEST_ANSWER, TIMEOUT_MS);
    return new Response(hasBody(answer.status) ? text : null, {
      status: answer.status,
      headers: { ...kept(answer, 'content-type'), ...kept(answer, 'www-authenticate') },
    });
  };
}

function kept(answer: Response, name: string): Record<string, string> {
  const value = answer.headers.get(name);
  return value === null ? {} : { [name]: value };
}

/** A Response of these statuses must not have a body. */
function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
