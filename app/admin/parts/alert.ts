/** Alerts, the same wherever they are listed. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import type { Visit } from '../visit.ts';
import { button } from './form.ts';
import { runLink } from './run.ts';
import { state } from './state.ts';
import { table } from './table.ts';
import { short, when } from './text.ts';

type Alert = Schemas['Alert'];

export function alertTable(visit: Visit, caption: string, alerts: readonly Alert[], empty: string): Html {
  const mayAcknowledge = visit.may('acknowledge-alert');
  return table({
    caption,
    rows: alerts,
    empty,
    columns: [
      { head: 'State', cell: (alert) => state(alert.state) },
      {
        head: 'What',
        names: true,
        cell: ({ kind, subject }) =>
          html`${kind.replaceAll('-', ' ')}${subject === '' ? '' : html`<br /><code>${short(subject, 100)}</code>`}`,
      },
      {
        head: 'Connection',
        cell: ({ connection_id: id, site_key }) =>
          id === null ? 'the installation' : html`<a href="/admin/connections/${id}">${site_key}</a>`,
      },
      { head: 'Message', wide: true, cell: ({ message }) => short(message, 500) },
      {
        head: 'Found last',
        cell: ({ last_at, times }) =>
          html`${when(last_at, visit.now)}${times > 1 ? html` <span class="quiet">(${times} times)</span>` : ''}`,
      },
      {
        head: 'Run',
        cell: ({ run_id, connection_id }) =>
          run_id === null || connection_id === null ? '' : runLink({ run_id, connection_id }),
      },
      {
        head: 'Seen by',
        cell: (alert) => {
          if (alert.acknowledged_by !== null) return short(alert.acknowledged_by, 60);
          if (alert.state !== 'open' || !mayAcknowledge) return '';
          const action = `/admin/alerts/${alert.alert_id}/acknowledge`;
          return button(visit, { action, label: 'Acknowledge', about: `alert ${alert.alert_id}` });
        },
      },
    ],
  });
}
