/** A small client for the tests of the simulated EHR itself; the project's own client is not used to test its opponent. */

import { get } from 'node:http';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Ehr } from './server.ts';

export interface Key {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwks: JSONWebKeySet;
}

export async function newKey(alg: 'RS384' | 'ES384' | 'ES256' = 'ES384', kid = `key-${alg}`): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    alg,
    kid,
    privateKey,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] },
  };
}

export interface AssertionChange {
  readonly aud?: string;
  readonly iss?: string;
  readonly jti?: string;
  readonly kid?: string;
  readonly typ?: string;
  /** Seconds from now. */
  readonly exp?: number;
  readonly now?: Date;
}

export async function assertion(
  ehr: Ehr,
  client: string,
  key: Key,
  change: AssertionChange = {},
): Promise<string> {
  const now = Math.floor((change.now ?? new Date()).getTime() / 1000);
  return await new SignJWT({ jti: change.jti ?? crypto.randomUUID() })
    .setProtectedHeader({ alg: key.alg, kid: change.kid ?? key.kid, typ: change.typ ?? 'JWT' })
    .setIssuer(change.iss ?? client)
    .setSubject(client)
    .setAudience(change.aud ?? ehr.tokenEndpoint)
    .setExpirationTime(now + (change.exp ?? 240))
    .sign(key.privateKey);
}

export async function requestToken(ehr: Ehr, signed: string, scope: string): Promise<Response> {
  return await fetch(ehr.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signed,
    }),
  });
}

/** `now`: what the EHR's clock says, when it is not the true time. */
export async function bearer(ehr: Ehr, client: string, key: Key, now = new Date()): Promise<string> {
  const answer = await requestToken(ehr, await assertion(ehr, client, key, { now }), 'system/*.read');
  const body: { access_token?: string } = await answer.json();
  if (body.access_token === undefined) throw new Error(`expected a token, got ${JSON.stringify(body)}`);
  return `Bearer ${body.access_token}`;
}

export async function kickOff(url: string, authorization: string, more: RequestInit = {}): Promise<Response> {
  return await fetch(url, {
    ...more,
    headers: {
      accept: 'application/fhir+json',
      prefer: 'respond-async',
      authorization,
      ...(more.body == null ? {} : { 'content-type': 'application/fhir+json' }),
    },
  });
}

export interface ManifestEntry {
  readonly type: string;
  readonly url: string;
  readonly count?: number;
}

export interface Manifest {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly ManifestEntry[];
  readonly deleted: readonly ManifestEntry[];
  readonly error: readonly ManifestEntry[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/** Kick-off, polling without waiting, all pages of the manifest. */
export async function exported(
  url: string,
  authorization: string,
  more: RequestInit = {},
): Promise<Manifest> {
  const started = await kickOff(url, authorization, more);
  if (started.status !== 202) throw new Error(`kick-off answered ${started.status}: ${await started.text()}`);
  return await manifestAt(started.headers.get('content-location') ?? '', authorization);
}

async function manifestAt(url: string, authorization: string): Promise<Manifest> {
  let answer = await fetch(url, { headers: { authorization, accept: 'application/json' } });
  while (answer.status === 202)
    answer = await fetch(url, { headers: { authorization, accept: 'application/json' } });
  const page: Manifest = await answer.json();
  const next = page.link?.find(({ relation }) => relation === 'next');
  if (next === undefined) return page;
  return { ...page, output: [...page.output, ...(await manifestAt(next.url, authorization)).output] };
}

export interface Line {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

export async function linesAt(url: string, authorization: string): Promise<Line[]> {
  const answer = await fetch(url, { headers: { authorization, accept: 'application/fhir+ndjson' } });
  if (!answer.ok) throw new Error(`expected a file, got ${answer.status}`);
  const lines: Line[] = (await answer.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return lines;
}

export async function allLines(manifest: Manifest, authorization: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { url } of manifest.output) lines.push(...(await linesAt(url, authorization)));
  return lines;
}

/** The body as it is sent: fetch would unpack it, and forgives a gzip that ends too early. */
export async function rawAt(
  url: string,
  authorization: string,
): Promise<{ encoding: unknown; bytes: Buffer }> {
  const headers = { authorization, 'accept-encoding': 'gzip' };
  return await new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ encoding: answer.headers['content-encoding'], bytes: Buffer.concat(parts) }),
      );
    }).on('error', reject);
  });
}
