/** `cli alerts`: what a person should know of connections and of the installation; `alerts seen ID` says that one does. */
import { withApi } from './look-up.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

/** Reads `cli alerts …`: what to run, or undefined when the words are no such command. */
export function alertCommand(words: readonly string[]): (() => Promise<boolean>) | undefined {
  const [command, verb, id] = words;
  if (command !== 'alerts') return undefined;
  if (verb === undefined) return () => listAlerts();
  if (verb === 'seen' && /^\d{1,15}$/.test(id ?? '')) return () => acknowledge(Number(id));
  return undefined;
}

function listAlerts(): Promise<boolean> {
  return withApi(async (api) => {
    const query = { state: ['open' as const], limit: 100 };
    const { data, error } = await api.GET('/api/v1/admin/alerts', { params: { query } });
    if (!data) throw new Error(error?.detail ?? 'the alerts cannot be read');
    say(
      table(
        data.items.map((one) => ({
          ...{ alert: one.alert_id, site: one.site_key ?? '(all)', kind: one.kind, times: one.times },
          ...{ last: new Date(one.last_at), message: one.message },
        })),
      ),
    );
  });
}

function acknowledge(id: number): Promise<boolean> {
  return withApi(async (api) => {
    const params = { path: { id } };
    const { data, error } = await api.POST('/api/v1/admin/alerts/{id}/acknowledge', { params });
    if (!data) throw new Error(error?.detail ?? 'the alert cannot be acknowledged');
    say(`Alert ${data.alert_id} is ${data.state}; the same found again is a new one.`);
  });
}
