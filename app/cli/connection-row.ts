/** A connection as a row of a table. */
import type { Schemas } from '../../openapi/client/index.ts';

export function connectionRow(one: Schemas['Connection']) {
  return {
    ...{
      site: one.site_key,
      name: one.site_name,
      vendor: one.ehr_vendor,
      url: one.fhir_base_url ?? '(files)',
    },
    credentials: credentialsOf(one),
    schedule: one.sync_config.schedule?.cron ?? '',
    ...{ active: one.is_active ? 'yes' : 'no', last_run: one.last_sync_status },
  };
}

export function credentialsOf(one: Schemas['Connection']): string {
  if (one.credentials_cleared.length > 0) return 'cleared';
  const has = [one.has_private_key ? ['key'] : [], one.has_client_secret ? ['secret'] : []].flat();
  return has.join(', ') || 'none';
}
