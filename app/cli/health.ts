/** How a connection is doing, for people: in one word, then a line a reason. */
import { sentence } from '../../jobs/step/sentence.ts';
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { say } from './terminal.ts';

type Connection = Pick<Schemas['ConnectionHealth'], 'site_key' | 'health' | 'reasons'>;

/** More of one kind say no more. */
const SHOWN = 10;

export async function showHealth(api: ApiClient, connectionId: number): Promise<void> {
  const { data } = await api.GET('/api/v1/admin/fhir-sync/dashboard', {});
  const connection = data?.connections.find((one) => one.connection_id === connectionId);
  if (connection) say(`\n${healthText(connection)}`);
}

export function healthText({ site_key, health, reasons }: Connection): string {
  const lines = reasons.map(
    ({ message, todo, ...said }) => `  ! ${named(said)}: ${todo ? `${sentence(message)} ${todo}` : message}`,
  );
  return [`"${site_key}" is ${health}${lines.length > 0 ? ':' : '.'}`, ...few(lines)].join('\n');
}

export function noticesText(notices: readonly Schemas['RunNotice'][]): string {
  const lines = notices.map(
    ({ message, amount, ...said }) => `  ${named(said)}${amount > 1 ? ` (${amount})` : ''}: ${message}`,
  );
  return few(lines).join('\n');
}

function named({ code, subject }: { readonly code: string; readonly subject: string }): string {
  return subject ? `${code} (${subject})` : code;
}

function few(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}
