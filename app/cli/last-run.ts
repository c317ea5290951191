/** The last run of a connection, which is the live one where there is one. */
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { Refused } from './refused.ts';

export async function lastRunOf(api: ApiClient, site: string): Promise<Schemas['Run']> {
  const { connection_id: id } = await connectionOf(api, site);
  const { items } = must(
    await api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs', {
      params: { path: { id }, query: { limit: 1 } },
    }),
  );
  const [run] = items;
  if (!run) throw new Refused('run-not-found', `"${site}" was never synced.`);
  return run;
}
