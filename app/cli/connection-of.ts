/** Finds the connection with this site key. */
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';

export async function connectionOf(api: ApiClient, site: string): Promise<Schemas['Connection']> {
  const known: string[] = [];
  let cursor: string | undefined;
  do {
    const { data, error } = await api.GET('/api/v1/admin/fhir-connections', {
      params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } },
    });
    if (!data) throw new Error(error?.detail ?? 'the connections cannot be read');
    const found = data.items.find((connection) => connection.site_key === site);
    if (found) return found;
    known.push(...data.items.map((connection) => connection.site_key));
    cursor = data.next_cursor ?? undefined;
  } while (cursor);
  throw new Error(
    `There is no connection "${site}". Known: ${known.join(', ') || 'none yet; make one through the API'}.`,
  );
}
