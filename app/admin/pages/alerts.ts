/** Alerts with filters. */
import { html } from 'hono/html';
import { siteNames } from '../../reads/connections.ts';
import { ALERT_STATES } from '../../schemas/alert.ts';
import { alertTable } from '../parts/alert.ts';
import { filters, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { have } from '../refused.ts';
import { goTo, type Room, type Visit } from '../visit.ts';

export function mountAlerts({ show, act }: Room): void {
  show('/admin/alerts', 'list-alerts', list);
  act('/admin/alerts/:id/acknowledge', 'acknowledge-alert', acknowledge);
}

async function list(visit: Visit) {
  const state = ALERT_STATES.find((one) => one === visit.query('state'));
  const site = visit.queryId('connection');
  const cursor = visit.query('cursor');
  const [sites, page] = await Promise.all([
    siteNames(visit.services.sql, visit.caller.connections),
    visit.api
      .GET('/api/v1/admin/alerts', {
        params: {
          query: {
            limit: 50,
            ...(state === undefined ? {} : { state: [state] }),
            ...(site === undefined ? {} : { connection_id: site }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then(have),
  ]);
  return {
    title: 'Alerts',
    body: html`${filters('/admin/alerts', [
      select({
        name: 'state',
        label: 'State',
        value: state,
        options: [['', 'All'], ...ALERT_STATES.map((one) => [one, one] as const)],
      }),
      select({
        ...{ name: 'connection', label: 'Connection', value: String(site ?? '') },
        options: [['', 'All'], ...[...sites].map(([id, name]) => [String(id), name] as const)],
      }),
    ])}${alertTable(visit, 'Alerts, newest first', page.items, state === undefined && site === undefined ? 'There was never an alert.' : 'No alert fits.')}${pager(visit, { path: '/admin/alerts', next: page.next_cursor })}`,
  };
}

async function acknowledge(visit: Visit) {
  have(
    await visit.api.POST('/api/v1/admin/alerts/{id}/acknowledge', {
      params: { path: { id: visit.number('id') } },
    }),
  );
  return goTo(visit, '/admin/alerts?state=open', 'acknowledged');
}
