/** The menu: each page with the operation that it needs. A page that the person may not open is not in it. */
import { html } from 'hono/html';
import { countOpenAlerts } from '../reads/alerts.ts';
import type { Visit } from './visit.ts';

interface Entry {
  readonly path: string;
  readonly label: string;
  readonly operation: string;
}

const ENTRIES: readonly Entry[] = [
  { path: '/admin', label: 'Overview', operation: 'get-dashboard' },
  { path: '/admin/connections', label: 'Connections', operation: 'list-fhir-connections' },
  { path: '/admin/runs', label: 'Runs', operation: 'list-sync-runs' },
  { path: '/admin/not-loaded', label: 'Not loaded', operation: 'list-failures' },
  { path: '/admin/codes', label: 'Codes', operation: 'list-unmapped-codes' },
  { path: '/admin/vocabulary', label: 'Vocabulary', operation: 'get-vocabulary-release' },
  { path: '/admin/lineage', label: 'Lineage', operation: 'list-failures' },
  { path: '/admin/quality', label: 'Quality', operation: 'get-dashboard' },
  { path: '/admin/alerts', label: 'Alerts', operation: 'list-alerts' },
  { path: '/admin/groups', label: 'Groups', operation: 'list-failures' },
  { path: '/admin/reconciliations', label: 'Reconciliations', operation: 'list-reconciliations' },
  { path: '/admin/purges', label: 'Purges', operation: 'list-purges' },
  { path: '/admin/tokens', label: 'Tokens', operation: 'list-api-tokens' },
  { path: '/admin/audit', label: 'Audit', operation: 'list-audit' },
];

/** `at`: the address of the entry that the page belongs to. */
export async function menu(visit: Visit, at: string | undefined) {
  const open = visit.may('list-alerts')
    ? await countOpenAlerts(visit.services.sql, visit.caller.connections)
    : 0;
  const here = at ?? entryOf(visit.c.req.path);
  const items = ENTRIES.filter(({ operation }) => visit.may(operation)).map(({ path, label }) => {
    const count = path === '/admin/alerts' && open > 0 ? open : undefined;
    const current = path === here ? html` aria-current="page"` : '';
    return html`<li><a href="${path}"${current}>${label}${
      count === undefined ? '' : html` <span class="count">${count}<span class="hidden"> open</span></span>`
    }</a></li>`;
  });
  return html`<nav class="menu" aria-label="Pages"><ul>${items}</ul></nav>`;
}

/** The entry whose address the path begins with; a run belongs to Runs, though its path names the connection. */
function entryOf(path: string): string {
  if (/^\/admin\/connections\/\d+\/runs\//.test(path)) return '/admin/runs';
  const found = ENTRIES.filter((entry) => entry.path !== '/admin').find(
    (entry) => path === entry.path || path.startsWith(`${entry.path}/`),
  );
  return found?.path ?? '/admin';
}
