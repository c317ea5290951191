/**
 * Where the credentials of a connection go. They were entered for one destination, so whoever changes it must enter
 * them again; else a changed address would be all it takes to have them sent there.
 */
import { KEYS } from '../../sql/settings/program.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import { readSettings } from '../step/settings.ts';
import { readSyncConfig, type SyncConfig } from './sync-config.ts';

export interface Destined {
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly sync_config: unknown;
}

/** Settings whose change sends credentials, tokens or assertions elsewhere, or lets them be read on their way. */
export function changedDestination(before: Destined, after: Destined): string[] {
  const [old, now] = [readSyncConfig(before.sync_config), readSyncConfig(after.sync_config)];
  const changes: Record<string, boolean> = {
    fhir_base_url: before.fhir_base_url !== after.fhir_base_url,
    token_endpoint: before.token_endpoint !== after.token_endpoint,
    'sync_config.auth.audience': old.auth.audience !== now.auth.audience,
    'sync_config.token_hosts': now.token_hosts.some((host) => !old.token_hosts.includes(host)),
    'sync_config.allow_http': now.allow_http && !old.allow_http,
  };
  return Object.keys(changes).filter((setting) => changes[setting]);
}

/**
 * Whether an assertion with this `aud` may be sent to that token endpoint. A server takes assertions that name it, so
 * one that names another server is not sent to this one, who could use it there. What is meant by `allowed`: audiences
 * that the installation allows (ALLOWED_AUDIENCES), for issuers that are named by something else than their address.
 */
export function mayBeAudience(
  audience: string,
  server: { readonly tokenEndpoint: string; readonly fhirBaseUrl: string | null },
  allowed: readonly string[] = [],
): boolean {
  if (audience === server.tokenEndpoint || allowed.includes(audience)) return true;
  const origin = originOf(audience);
  if (origin === undefined) return false;
  return origin === originOf(server.tokenEndpoint) || origin === originOf(server.fhirBaseUrl ?? '');
}

/** ALLOWED_AUDIENCES, with blanks between. */
export function allowedAudiences(env: Environment): string[] {
  return readSettings({ ALLOWED_AUDIENCES: KEYS.ALLOWED_AUDIENCES }, env).ALLOWED_AUDIENCES;
}

/** The token endpoint's audience in a connection's settings; the endpoint itself where they name none. */
export function audienceOf(config: SyncConfig, tokenEndpoint: string): string {
  return config.auth.audience ?? tokenEndpoint;
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.origin : undefined;
}
