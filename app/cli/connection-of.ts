/** Connections go by the key of their site; numbers are for the API. */
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { answered, Refused } from './answered.ts';

type Connection = Schemas['Connection'];

export async function allConnections(api: ApiClient): Promise<Connection[]> {
  const found: Connection[] = [];
  let cursor: string | undefined;
  do {
    const page = answered(
      await api.GET('/api/v1/admin/fhir-connections', {
        params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } },
      }),
    );
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
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
