/**
 * The kick-off of a Bulk Data export: building the request, and reading the answer. One request for all versions of
 * the guide: GET with comma lists (up to 3.0), or POST with Parameters (2.0 on; the only way in 4.0).
 * Which of them the connection says, or the server's CapabilityStatement, or its 405 to a GET.
 * `handling=lenient` is never sent: it turns a parameter that the server does not know into a silent full export.
 */

import type { Connection } from '../connection/connection.ts';
import { exportLevel } from '../connection/sync-config.ts';
import { syncError } from '../step/errors.ts';
import { readErrorBody } from './error-body.ts';
import { under } from './http.ts';
import { readRetryAfter } from './retry-after.ts';

export interface KickOff {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface Wish {
  readonly since: string | null;
  /** Who is in the Group: ids of Patients and nothing else. */
  readonly members?: boolean;
  /** Only of these patients, all of it. */
  readonly patients?: readonly string[];
  /** Of the Bulk Data guide, as the server says. */
  readonly version?: number | undefined;
  /** Whatever the version says: the server has refused a GET. */
  readonly post?: boolean;
}

export function kickOffRequest(connection: Connection, wish: Wish): KickOff {
  const { config } = connection;
  const { since, members = false, patients = [] } = wish;
  const version = config.bulk_data_version ?? wish.version ?? 2;
  const parameters: [string, string][] = [];
  if (config.output_format) parameters.push(['_outputFormat', config.output_format]);
  if (since) parameters.push(['_since', since]);
  if (config.allow_partial_manifests) parameters.push(['allowPartialManifests', 'true']);
  const lists: [string, readonly string[]][] = members
    ? [
        ['_type', ['Patient']],
        ['_elements', ['id']],
      ]
    : [
        ['_type', connection.export_resource_types],
        ['_typeFilter', config.type_filters],
        ['_elements', config.elements],
        ['includeAssociatedData', config.include_associated_data],
        ['patient', patients.map((id) => `Patient/${id}`)],
      ];
  const headers = {
    // One value only: the reference server answers a list with 400. HAPI gives an identical request its cached job.
    accept: 'application/fhir+json',
    prefer: config.separate_export_status ? 'respond-async, separate-export-status' : 'respond-async',
    'cache-control': 'no-cache',
  };
  const endpoint = under(connection.fhir_base_url ?? '', exportPath(connection));
  // `patient` is a parameter of POST only.
  const method = config.kick_off_method ?? (version >= 4 ? 'POST' : 'GET');
  if (wish.post || method === 'POST' || patients.length > 0) {
    for (const [name, values] of lists) for (const value of values) parameters.push([name, value]);
    const body = {
      resourceType: 'Parameters',
      parameter: parameters.map(([name, value]) => typed(name, value, version)),
    };
    return {
      method: 'POST',
      url: endpoint,
      headers: { ...headers, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(body),
    };
  }
  for (const [name, values] of lists) {
    if (values.length === 0) continue;
    // Inside a comma list a filter's own commas are escaped.
    if (config.list_style === 'comma')
      parameters.push([name, values.map((value) => value.replaceAll(',', '%2C')).join(',')]);
    else for (const value of values) parameters.push([name, value]);
  }
  const url = new URL(endpoint);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return { method: 'GET', url: url.href, headers };
}

function exportPath(connection: Connection): string {
  const level = exportLevel(connection);
  if (level === 'system') return '$export';
  if (level === 'patient') return 'Patient/$export';
  if (!connection.group_id) {
    throw syncError('group-missing');
  }
  return `Group/${encodeURIComponent(connection.group_id)}/$export`;
}

function typed(name: string, value: string, version: number): object {
  if (name === '_since') return { name, valueInstant: value };
  if (name === 'patient') return { name, valueReference: { reference: value } };
  if (name === 'allowPartialManifests') return { name, valueBoolean: true };
  if (name === 'includeAssociatedData' && version >= 4) return { name, valueCoding: { code: value } };
  return { name, valueString: value };
}

const HOUR = 3600;
const TOO_SOON = /requested this group too recently/i;

/** The status URL of the accepted job. */
export async function readKickOff(response: Response, request: KickOff, now: Date): Promise<string> {
  const { status } = response;
  const location = response.headers.get('content-location') ?? response.headers.get('location');
  if (status === 202 && location && URL.canParse(location, request.url)) {
    await response.body?.cancel();
    return new URL(location, request.url).href;
  }
  const body = await readErrorBody(response);
  const { said } = body;
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), now);
  const isTooSoon = TOO_SOON.test(said ?? '');
  if (status === 429 || isTooSoon) {
    // Epic grants one export per client and Group in 24 hours, and says so with a 4xx of its own: a scheduled wait.
    const wait = status === 429 ? HOUR : 4 * HOUR;
    throw syncError(
      'kick-off-throttled',
      { status, body: isTooSoon ? `${body.text}: this Group was asked for too recently` : body.text },
      { status, said, retryAfterSeconds: retryAfterSeconds ?? wait },
    );
  }
  if ((status === 502 || status === 504) && body.issueCodes.length === 0) {
    // Said by something in between, which cannot know what the server has begun.
    throw syncError(
      'kick-off-outcome-unknown',
      { found: `a gateway answered with ${status}, ${body.text}` },
      { said },
    );
  }
  if (status === 503 || status === 502 || status === 504) {
    throw syncError('kick-off-unavailable', { status, body: body.text }, { status, said, retryAfterSeconds });
  }
  if (status >= 500 && status !== 501) {
    // Its own answer, so unlike a gateway's 502 it most likely began nothing; unlike a 503 it does not say so.
    throw syncError(
      'kick-off-server-error',
      { status, body: body.text },
      { status, said, retryAfterSeconds: retryAfterSeconds ?? 300 },
    );
  }
  if (status >= 200 && status < 300) {
    throw syncError(
      'kick-off-not-accepted',
      { found: `${status}${location ? '' : ' without one'}: ${body.text}` },
      { status, said },
    );
  }
  throw syncError('kick-off-refused', { status, body: body.text, advice: advice(status) }, { status, said });
}

function advice(status: number): string {
  switch (status) {
    case 400:
    case 422:
      return 'A parameter is not supported: check export_resource_types, sync_config.type_filters and kick_off_method.';
    case 401:
      return "The token was refused: check the client's registration and scopes.";
    case 403:
      return 'The client may not export this.';
    case 404:
      return 'Check fhir_base_url, sync_config.level ("search" for a server without exports) and group_id.';
    case 405:
      return 'Try sync_config.kick_off_method POST.';
    case 301:
    case 302:
    case 307:
    case 308:
      return 'It is elsewhere: set fhir_base_url to where that leads.';
    case 501:
      return 'The server has no such operation: check sync_config.level ("search" needs none) and kick_off_method.';
    default:
      return "Check the connection's settings with the server's documentation.";
  }
}
