/** `cli server-text SITE`: what the EHR said in words when it refused something, where the connection keeps that. */
import { connectionOf } from './connection-of.ts';
import { withApi } from './look-up.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

export function showServerText(site: string): Promise<boolean> {
  return withApi(async (api) => {
    const { connection_id: id } = await connectionOf(api, site);
    const { data, error } = await api.GET('/api/v1/admin/fhir-connections/{id}/server-text', {
      params: { path: { id } },
    });
    if (!data) throw new Error(error?.detail ?? 'what the server said cannot be read');
    const rows = data.items.map(({ said_at, run_id, step, code, status, times, text }) => ({
      ...{ said: said_at.slice(0, 19), run: run_id, step, code, status, times, text },
    }));
    say(table(rows));
    if (rows.length === 0) {
      say(
        '\nNothing is kept unless sync_config.retention.server_text_hours of the connection says for how long.',
      );
    }
  });
}
