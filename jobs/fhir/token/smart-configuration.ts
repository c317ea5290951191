/**
 * Finds the token endpoint of a FHIR server. It is in `<base>/.well-known/smart-configuration`, relative to
 * the FHIR base path and not to the host (SMART App Launch 2.2, "Using Well-Known"). Older servers state it
 * in the oauth-uris extension of their CapabilityStatement.
 */
import { z } from 'zod';
import { syncError } from '../../step/errors.ts';
import { readErrorBody } from '../error-body.ts';
import { type HttpOptions, readJson, send, under } from '../http.ts';

export interface SmartConfiguration {
  readonly tokenEndpoint: string;
  /** token_endpoint_auth_methods_supported; empty when the server does not state it. */
  readonly authMethods: readonly string[];
  /** token_endpoint_auth_signing_alg_values_supported; empty when the server does not state it. */
  readonly algorithms: readonly string[];
  readonly capabilities: readonly string[];
  readonly source: 'smart-configuration' | 'capability-statement';
}

export type Discover = (fhirBaseUrl: string, options: HttpOptions) => Promise<SmartConfiguration>;

const OAUTH_URIS = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';

const texts = z.array(z.string()).catch([]).default([]);
const WellKnown = z.object({
  token_endpoint: z.url(),
  token_endpoint_auth_methods_supported: texts,
  token_endpoint_auth_signing_alg_values_supported: texts,
  capabilities: texts,
});

const extension = z.object({ url: z.string(), valueUri: z.string().optional().catch(undefined) }).loose();
const SecurityOf = z.object({
  rest: z.array(
    z.object({
      security: z.object({
        extension: z.array(
          z.object({ url: z.string(), extension: z.array(extension).catch([]).default([]) }),
        ),
      }),
    }),
  ),
});

/** Asks each base once, and remembers the answer for `ttlSeconds`. */
export function discovery(clock: () => Date, ttlSeconds = 3600): Discover {
  const known = new Map<string, { until: number; configuration: SmartConfiguration }>();
  return async (base, options) => {
    const found = known.get(base);
    if (found && found.until > clock().getTime()) return found.configuration;
    const configuration = await discover(base, options);
    known.set(base, { until: clock().getTime() + ttlSeconds * 1000, configuration });
    return configuration;
  };
}

export async function discover(base: string, options: HttpOptions): Promise<SmartConfiguration> {
  const request = { headers: { accept: 'application/json' } };
  const response = await send(under(base, '.well-known/smart-configuration'), request, options);
  if (response.status === 429 || response.status >= 500) throw await unavailable(response);
  const json = await readJson(response);
  const found = response.status === 200 ? readSmartConfiguration(json) : undefined;
  if (found) return found;

  const metadata = await send(
    under(base, 'metadata'),
    { headers: { accept: 'application/fhir+json' } },
    options,
  );
  if (metadata.status === 429 || metadata.status >= 500) throw await unavailable(metadata);
  const stated = metadata.status === 200 ? readOauthUris(await readJson(metadata)) : undefined;
  if (stated) return stated;
  throw syncError(
    'token-endpoint-unknown',
    { status: response.status, metadata: metadata.status },
    { status: response.status },
  );
}

export function readSmartConfiguration(json: unknown): SmartConfiguration | undefined {
  const read = WellKnown.safeParse(json);
  if (!read.success) return undefined;
  return {
    tokenEndpoint: read.data.token_endpoint,
    authMethods: read.data.token_endpoint_auth_methods_supported,
    algorithms: read.data.token_endpoint_auth_signing_alg_values_supported,
    capabilities: read.data.capabilities,
    source: 'smart-configuration',
  };
}

export function readOauthUris(json: unknown): SmartConfiguration | undefined {
  const read = SecurityOf.safeParse(json);
  const uris = read.data?.rest
    .flatMap((rest) => rest.security.extension)
    .find((item) => item.url === OAUTH_URIS);
  const token = uris?.extension.find((item) => item.url === 'token')?.valueUri;
  if (!token || !URL.canParse(token)) return undefined;
  return {
    tokenEndpoint: token,
    authMethods: [],
    algorithms: [],
    capabilities: [],
    source: 'capability-statement',
  };
}

async function unavailable(response: Response) {
  const body = await readErrorBody(response);
  return syncError(
    'discovery-unavailable',
    { status: response.status, body: body.text },
    { status: response.status, said: body.said },
  );
}
