/**
 * The API of a server elsewhere: its address from --server or FHIR_OMOP_URL, its token from FHIR_OMOP_TOKEN or the file
 * that FHIR_OMOP_TOKEN_FILE names. A token is never typed into a command, which others see in the list of processes.
 */
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { isLoopback, withoutSlashesAtEnd } from '../../jobs/fhir/http.ts';
import { type ApiClient, createClient } from '../../openapi/client/index.ts';
import { readPrivate } from '../../sql/private-file.ts';
import { NotUnderstood } from './not-understood.ts';

/** Nothing answers there: the exit code is 3. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';
  readonly code = 'server-not-reachable';
}

type Env = Readonly<Record<string, string | undefined>>;

/** The address of the server that is meant; undefined when it is the database here. */
export function serverMeant(option: string | undefined, env: Env): string | undefined {
  return option ?? (env['FHIR_OMOP_URL'] || undefined);
}

export function openServer(address: string, env: Env): { readonly api: ApiClient; readonly where: string } {
  const baseUrl = readAddress(address);
  const token = readToken(env);
  trustOwnAuthority(env['EXTRA_CA_FILE']);
  // The token goes to that server alone, so no redirect is followed.
  const ask = async (request: Request): Promise<Response> => {
    try {
      return await fetch(new Request(request, { redirect: 'error' }));
    } catch (error) {
      throw new NotReachable(
        `${baseUrl} cannot be asked (${reasonOf(error)}). Check --server or FHIR_OMOP_URL, that it runs, and that this machine may connect.`,
      );
    }
  };
  return { api: createClient({ baseUrl, token, fetch: ask }), where: baseUrl };
}

function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username ||
    url.password ||
    url.search ||
    url.hash
  )
    throw new NotUnderstood(
      '--server, FHIR_OMOP_URL: expected the address of a server, such as https://omop.example.org.',
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new NotUnderstood(
      '--server, FHIR_OMOP_URL: expected https, since the token would be read on the way; http only to this machine.',
    );
  return withoutSlashesAtEnd(url.href);
}

function readToken(env: Env): string {
  const file = env['FHIR_OMOP_TOKEN_FILE'];
  const token = (env['FHIR_OMOP_TOKEN'] || (file ? readPrivate(file) : '')).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new NotUnderstood(
    'A server wants a token: expected it in FHIR_OMOP_TOKEN, or in the file that FHIR_OMOP_TOKEN_FILE names. ' +
      'Whoever has the database makes one: npm run cli -- tokens create --role operator --note "WHAT IT IS FOR"',
  );
}

function trustOwnAuthority(file: string | undefined): void {
  if (file) setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  if (typeof code === 'string') return code;
  return cause instanceof Error && cause.message.includes('redirect')
    ? 'it redirects elsewhere'
    : 'no answer';
}
