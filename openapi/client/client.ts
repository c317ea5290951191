/**
 * The typed client of the admin API: openapi-fetch over types generated from the document.
 *
 *   const api = createClient({ baseUrl: 'http://127.0.0.1:8080', token });
 *   const { data, error } = await api.GET('/api/v1/admin/fhir-connections', {});
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

export type Schemas = components['schemas'];
export type ApiClient = Client<paths>;

export interface ClientOptions {
  readonly baseUrl: string;
  readonly token?: string | undefined;
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

export function createClient(options: ClientOptions): ApiClient {
  return createFetchClient<paths>({
    baseUrl: options.baseUrl,
    ...(options.token ? { headers: { authorization: `Bearer ${options.token}` } } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
}
