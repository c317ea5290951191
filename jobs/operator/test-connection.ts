/**
 * Whether a connection works, in the steps in which it can fail: the token endpoint is found, the client assertion is
 * made, the token endpoint accepts it, the FHIR server answers, and has the Group that is to be exported, if one is.
 * Changes nothing, here or there; tells no token.
 */

import type { Keyring } from '../connection/keyring.ts';
import type { ServerText } from '../connection/server-text.ts';
import { exportLevel, readSyncConfig } from '../connection/sync-config.ts';
import { readCapability, requestMetadata } from '../fhir/capability.ts';
import { ehrHttp } from '../fhir/ehr-http.ts';
import { readErrorBody } from '../fhir/error-body.ts';
import { lookUpGroup } from '../fhir/group.ts';
import { type HttpOptions, readJson } from '../fhir/http.ts';
import { releaseOf, remarkOn } from '../fhir/release.ts';
import { type Discover, discovery } from '../fhir/token/smart-configuration.ts';
import {
  exchange,
  type SmartConnection,
  type TokenRequest,
  tokenRequest,
  tokenServer,
} from '../fhir/token/token-request.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { clean } from '../step/clean.ts';
import { SyncError } from '../step/errors.ts';

export type StepStatus = 'ok' | 'warning' | 'failed' | 'skipped';

export interface TestStep {
  readonly step: 'discovery' | 'jwt_assertion' | 'token_exchange' | 'fhir_metadata' | 'group';
  readonly status: StepStatus;
  /** Stable code of what was wrong, as runs have it; null where nothing was. */
  readonly code: string | null;
  readonly detail: string;
  readonly ms: number;
}

export interface ConnectionTest {
  readonly status: 'ok' | 'warning' | 'failed';
  readonly steps: TestStep[];
  readonly total_ms: number;
  readonly fhir_version: string | null;
  readonly server_version: string | null;
}

type TestedConnection = SmartConnection & { readonly group_id: string | null };

export interface TestOptions {
  readonly connection: TestedConnection;
  readonly keyring: Keyring;
  readonly clock: () => Date;
  readonly outbound: Outbound;
  readonly allowedAudiences?: readonly string[] | undefined;
  readonly timeoutMs?: number | undefined;
  /** Is given what the server said in words, which the test itself never repeats. */
  readonly onSaid?: ((said: ServerText) => void) | undefined;
  /** Is told of each step when it has ended. */
  readonly onStep?: ((step: TestStep) => void) | undefined;
}

interface Said {
  readonly code: string;
  readonly status: number | null;
  readonly text: string | undefined;
}

type Finding<T> = {
  readonly status: StepStatus;
  readonly detail: string;
  readonly value?: T;
  readonly said?: Said;
};

export async function testConnection(options: TestOptions): Promise<ConnectionTest> {
  const { clock, connection } = options;
  const steps: TestStep[] = [];
  const started = clock().getTime();

  async function step<T>(name: TestStep['step'], attempt: () => Promise<Finding<T>>): Promise<T | undefined> {
    const since = clock().getTime();
    const finding = await attempt().catch(failed);
    const ms = clock().getTime() - since;
    const { status, detail } = finding;
    const wrong = status === 'failed' || status === 'warning';
    const done = { step: name, status, code: wrong ? (finding.said?.code ?? null) : null, detail, ms };
    steps.push(done);
    options.onStep?.(done);
    const { text, ...said } = finding.said ?? { text: undefined, code: '', status: null };
    if (text !== undefined) options.onSaid?.({ step: `test ${name}`, ...said, text });
    return 'value' in finding ? finding.value : undefined;
  }
  const skip = async (reason: string) => ({ status: 'skipped' as const, detail: reason });

  // It remembers what the server named, so that the assertion asks nobody a second time.
  const discover = discovery(clock);
  const server = await step('discovery', () => findTokenServer(options, discover));

  const request = await step<TokenRequest>('jwt_assertion', async () => {
    if (!server) return skip('No token endpoint to make one for.');
    const value = await tokenRequest({ ...options, discover });
    return { status: value.method === 'private_key_jwt' ? 'ok' : 'skipped', detail: value.detail, value };
  });

  const token = await step<string>('token_exchange', async () => {
    if (!request) return skip('No assertion to send.');
    const { token: value, expiresAt, scope, notGranted } = await exchange(request, options);
    const seconds = Math.round((expiresAt.getTime() - clock().getTime()) / 1000);
    const granted = `Token for ${seconds} s, scope ${clean(scope, 300)}.`;
    if (notGranted.length === 0) return { status: 'ok', detail: granted, value };
    const detail = `${granted} Not granted: ${notGranted.join(' ')}; what they cover will not be exported.`;
    return { status: 'warning', detail, value };
  });

  const capability = await step('fhir_metadata', async () => {
    if (!token) return skip('No token to ask with.');
    return await askMetadata(connection, token, options);
  });

  const level = levelOf(connection);
  if (level === 'group' || (level === 'search' && connection.group_id)) {
    await step('group', async () => {
      if (!token) return skip('No token to ask with.');
      return await askGroup(connection, token, options);
    });
  }

  return {
    status: steps.some((done) => done.status === 'failed')
      ? 'failed'
      : steps.some((done) => done.status === 'warning')
        ? 'warning'
        : 'ok',
    steps,
    total_ms: clock().getTime() - started,
    fhir_version: capability?.fhirVersion ?? null,
    server_version: capability?.software ?? null,
  };
}

async function findTokenServer(options: TestOptions, discover: Discover) {
  const { connection } = options;
  const value = await tokenServer(connection, { ...options, discover });
  const endpoint = clean(value.tokenEndpoint, 200);
  return connection.token_endpoint
    ? { status: 'skipped' as const, detail: `The connection names it: ${endpoint}.`, value }
    : { status: 'ok' as const, detail: `The FHIR server names ${endpoint}.`, value };
}

async function askMetadata(connection: TestedConnection, token: string, options: TestOptions) {
  if (!connection.fhir_base_url)
    return { status: 'failed' as const, detail: 'The connection has no fhir_base_url.' };
  const response = await requestMetadata(connection.fhir_base_url, token, httpOptions(options));
  if (response.status !== 200) {
    const body = await readErrorBody(response);
    // The token is good, and some servers keep their metadata to themselves: an export may well work.
    const refused = response.status >= 400 && response.status < 500;
    return {
      status: refused ? ('warning' as const) : ('failed' as const),
      detail: `metadata answered ${response.status}: ${body.text}.`,
      said: { code: 'metadata-refused', status: response.status, text: body.said },
    };
  }
  const value = readCapability(await readJson(response));
  if (!value) {
    return {
      status: 'failed' as const,
      detail:
        'metadata answered 200, but no CapabilityStatement. Is fhir_base_url the base of the FHIR server?',
    };
  }
  const exports =
    value.exports.length > 0
      ? `names export at ${value.exports.join(', ')} level`
      : 'names no export operation';
  const version = value.fhirVersion ?? 'unknown';
  const hint =
    value.exports.length === 0 && levelOf(connection) !== 'search'
      ? ' A server without exports can be asked by searches: sync_config.level "search".'
      : '';
  const isR4 = ['R4', 'R4B'].includes(releaseOf(version) ?? '');
  return {
    status: isR4 ? ('ok' as const) : ('warning' as const),
    detail: `FHIR ${version}${remarkOn(version)}, ${exports}.${hint}`,
    value,
  };
}

const levelOf = ({ sync_config, ...connection }: TestedConnection) =>
  exportLevel({ ...connection, config: readSyncConfig(sync_config) });

async function askGroup(connection: TestedConnection, token: string, options: TestOptions) {
  const { fhir_base_url, group_id } = connection;
  if (!fhir_base_url || !group_id)
    return { status: 'failed' as const, detail: 'The connection has no fhir_base_url or no group_id.' };
  const { isThere, detail, ...answer } = await lookUpGroup(
    fhir_base_url,
    group_id,
    token,
    httpOptions(options),
  );
  // Some servers export Groups that they do not let anybody read.
  const status =
    isThere === undefined ? ('skipped' as const) : isThere ? ('ok' as const) : ('warning' as const);
  return { status, detail, said: { code: 'group-refused', status: answer.status, text: answer.said } };
}

function httpOptions({ connection, outbound, timeoutMs = 30_000 }: TestOptions): HttpOptions {
  return ehrHttp(outbound, { ...connection, config: readSyncConfig(connection.sync_config) }, { timeoutMs });
}

/** An error that is not ours is a fault of the program: it is not hidden in a finding. */
function failed(error: unknown): { status: 'failed'; detail: string; said: Said } {
  if (!(error instanceof SyncError)) throw error;
  const said = { code: error.code, status: error.status ?? null, text: error.saidByServer() };
  return { status: 'failed', detail: error.message, said };
}
