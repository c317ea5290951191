/** Connections go by the key of their site; numbers are for the API. */
import { type ApiClient, each, type Schemas } from '../../openapi/client/index.ts';
import { Refused } from './refused.ts';

type Connection = Schemas['Connection'];

export async function allConnections(api: ApiClient): Promise<Connection[]> {
  const found: Connection[] = [];
  for await (const one of each((page) =>
    api.GET('/api/v1/admin/fhir-connections', { params: { query: { limit: 200, ...page } } }),
  ))
    found.push(one);
  return found;
}

export async function connectionOf(api: ApiClient, site: string): Promise<Connection> {
  const all = await allConnections(api);
  const found = all.find(({ site_key }) => site_key === site);
  if (found) return found;
  const known = all.map(({ site_key }) => site_key).join(', ');
  throw new Refused(
    'connection-not-found',
    `There is no connection "${site}". Known: ${known || 'none yet; npm run cli -- connections add makes one'}.`,
  );
}

/** Site keys by number. */
export async function namesOfConnections(api: ApiClient): Promise<ReadonlyMap<number, string>> {
  return new Map((await allConnections(api)).map(({ connection_id, site_key }) => [connection_id, site_key]));
}
