/**
 * `cli redrive SITE`: maps failures again from the kept chunks, and takes up what waits for other resources.
 */
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { follow } from './sync.ts';
import { say } from './terminal.ts';

export async function redriveSite(
  site: string,
  filter: { readonly reason?: string | undefined; readonly resource_type?: string | undefined },
  watch: boolean,
): Promise<boolean> {
  const local = await openLocal({ withWorkers: watch });
  try {
    const { connection_id } = await connectionOf(local.api, site);
    const { reason, resource_type } = filter;
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/redrive', {
      params: { path: { id: connection_id } },
      body: { ...(reason ? { reason } : {}), ...(resource_type ? { resource_type } : {}) },
    });
    if (!data) throw new Error(error?.detail ?? 'the redrive could not be started');
    say(`Run ${data.run_id} of "${site}" maps what failed again.`);
    return await follow(local, data, watch);
  } finally {
    await local.close();
  }
}
