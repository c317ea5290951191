/** The menu: each page with the operation that it needs. A page that the person may not open is not in it. */
import { html } from 'hono/html';
import { countOpenWork, MANY, type OpenWork } from '../reads/open-work.ts';
import type { Visit } from './visit.ts';

interface Entry {
  readonly path: string;
  readonly label: string;
  readonly operation: string;
  /** What of it waits for a person, and how that is called. */
  readonly waits?: readonly [keyof OpenWork, string];
}

const ENTRIES: readonly Entry[] = [
  { path: '/admin', label: 'Overview', operation: 'get-dashboard' },
  { path: '/admin/connections', label: 'Connections', operation: 'list-fhir-connections' },
  { path: '/admin/runs', label: 'Runs', operation: 'list-sync-runs' },
  {
    ...{ path: '/admin/not-loaded', label: 'Not loaded', operation: 'list-failures' },
    waits: ['failures', 'failed'],
  },
  { path: '/admin/codes', label: 'Codes', operation: 'list-unmapped-codes' },
  { path: '/admin/vocabulary', label: 'Vocabulary', operation: 'get-vocabulary-release' },
  { path: '/admin/lineage', label: 'Lineage', operation: 'list-failures' },
  { path: '/admin/quality', label: 'Quality', operation: 'get-dashboard' },
  {
    ...{ path: '/admin/alerts', label: 'Alerts', operation: 'list-alerts' },
    waits: ['alerts', 'open'],
  },
  {
    ...{ path: '/admin/approvals', label: 'Approvals', operation: 'list-approvals' },
    waits: ['approvals', 'waiting'],
  },
  { path: '/admin/groups', label: 'Groups', operation: 'list-failures' },
  { path: '/admin/reconciliations', label: 'Reconciliations', operation: 'list-reconciliations' },
  { path: '/admin/purges', label: 'Purges', operation: 'list-purges' },
  { path: '/admin/webhooks', label: 'Webhooks', operation: 'list-webhooks' },
  { path: '/admin/tokens', label: 'Tokens', operation: 'list-api-tokens' },
  { path: '/admin/audit', label: 'Audit', operation: 'list-audit' },
];

/** `at`: the address of the entry that the page belongs to. */
export async function menu(visit: Visit, at: string | undefined) {
  const open = await countOpenWork(visit.services.sql, visit.caller.connections, visit.now);
  const here = at ?? entryOf(visit.c.req.path);
  const items = ENTRIES.filter(({ operation }) => visit.may(operation)).map(({ path, label, waits }) => {
    const current = path === here ? html` aria-current="page"` : '';
    return html`<li><a href="${path}"${current}>${label}${waits && badge(open[waits[0]], waits[1])}</a></li>`;
  });
  return html`<nav class="menu" aria-label="Pages"><ul>${items}</ul></nav>`;
}

function badge(count: number, called: string) {
  if (count === 0) return '';
  const shown = count < MANY ? String(count) : `${MANY - 1}+`;
  return html` <span class="count">${shown}<span class="hidden"> ${called}</span></span>`;
}

/** The entry whose address the path begins with; a run belongs to Runs, though its path names the connection. */
function entryOf(path: string): string {
  if (/^\/admin\/connections\/\d+\/runs\//.test(path)) return '/admin/runs';
  const found = ENTRIES.filter((entry) => entry.path !== '/admin').find(
    (entry) => path === entry.path || path.startsWith(`${entry.path}/`),
  );
  return found?.path ?? '/admin';
}
