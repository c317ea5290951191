/** `cli ask-again SITE`: what the EHR refused when it was asked for it is asked for again by the next sync. */
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { say } from './terminal.ts';

export async function askAgain(site: string, type: string | undefined): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { connection_id } = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/ask-again', {
      params: { path: { id: connection_id } },
      body: type ? { resource_type: type } : {},
    });
    if (!data) throw new Error(error?.detail ?? 'this could not be noted');
    say(`The next sync of "${site}" asks for ${data.resources} resources again.`);
    return true;
  } finally {
    await local.close();
  }
}
