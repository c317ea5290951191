/** The form of a receiver of events, and what the API makes of it. */
import { html } from 'hono/html';
import { EVENTS } from '../../../jobs/alerts/webhooks/format.ts';
import type { Html } from '../../auth/page.ts';
import type { Form } from '../visit.ts';
import { area, checkbox, choices, input } from './form.ts';

interface Shown {
  /** The values of a field, as stored or as typed. */
  of(name: string): readonly string[];
  readonly isNew: boolean;
  readonly isActive: boolean;
  readonly sites: ReadonlyMap<number, string>;
}

export function webhookFields({ of, isNew, isActive, sites }: Shown): Html {
  const url = isNew
    ? 'https, or http on this machine. Stored encrypted; only its host is shown again, so after a fault type it anew.'
    : 'Empty: it stays. It is never shown.';
  return html`${input({ name: 'name', label: 'What it is for', value: of('name')[0], required: true })}
${input({ name: 'url', label: 'Address', type: 'url', required: isNew, help: url })}
${choices({ name: 'events', label: 'Events', chosen: of('events'), help: 'None ticked: all, also those of later versions.', options: EVENTS.map((one) => [one, one] as const) })}
${connectionChoices({ of, sites, help: 'None ticked: those of all connections, and of the installation.' })}
${area({ name: 'allowed_networks', label: 'Private networks that it may be at', value: of('allowed_networks').join('\n'), rows: 2, help: 'A network a line, such as 10.1.0.0/16. Public addresses need none.' })}
${checkbox({ name: 'is_active', label: 'It gets events', checked: isActive })}`;
}

/** One that was deleted stays named until somebody takes its tick away. */
export function connectionChoices({ of, sites, help }: Pick<Shown, 'of' | 'sites'> & { help: string }): Html {
  const chosen = of('connections');
  const gone = chosen.filter((id) => !sites.has(Number(id)));
  const options = [
    ...[...sites].map(([id, name]) => [String(id), name] as const),
    ...gone.map((id) => [id, `${id} (deleted)`] as const),
  ];
  return choices({ name: 'connections', label: 'Only of these connections', chosen, help, options });
}

/** None where no box is ticked. */
export function connectionsOf(form: Form): number[] | null {
  const ids = form.all('connections').map(Number);
  return ids.length > 0 ? ids : null;
}

export function webhookSettings(form: Form) {
  const url = form.text('url');
  const networks = (form.text('allowed_networks') ?? '').split(/[\s,]+/).filter((one) => one !== '');
  return {
    ...{ name: form.text('name') ?? '', ...(url === undefined ? {} : { url }) },
    events: EVENTS.filter((one) => form.all('events').includes(one)),
    ...{ connections: connectionsOf(form), allowed_networks: networks, is_active: form.has('is_active') },
  };
}
