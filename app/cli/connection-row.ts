/** A connection as a row of a table. */
import { intervalText } from '../../jobs/connection/interval-text.ts';
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
    schedule: scheduleOf(one),
    ...{ active: one.is_active ? 'yes' : 'no', last_run: one.last_sync_status },
  };
}

function scheduleOf({ sync_config: { schedule } }: Schemas['Connection']): string {
  if (schedule?.every_seconds !== undefined) return intervalText(schedule.every_seconds);
  return schedule?.cron ?? '';
}

export function credentialsOf(one: Schemas['Connection']): string {
  if (one.credentials_cleared.length > 0) return 'cleared';
  const has = [one.has_private_key ? ['key'] : [], one.has_client_secret ? ['secret'] : []].flat();
  return has.join(', ') || 'none';
}
