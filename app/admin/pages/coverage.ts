/** Coverage by domain: which share of the CDM's rows has a Standard concept. A page, and a part of the overview. */
import { html } from 'hono/html';
import { type Coverage, knownCoverage, readCoverage } from '../../reads/coverage.ts';
import { fragment } from '../layout.ts';
import { shares } from '../parts/chart.ts';
import { when } from '../parts/text.ts';
import type { Room, Visit } from '../visit.ts';

const PATH = '/admin/coverage';

export function mountCoverage({ show }: Room): void {
  show(PATH, 'get-dashboard', async (visit) => ({
    title: 'Coverage by domain',
    at: '/admin',
    body: shown(visit, await counted(visit)),
  }));
  show(`${PATH}/part`, 'get-dashboard', async (visit) => fragment(visit, shown(visit, await counted(visit))));
}

const counted = ({ services: { sql, clock }, caller }: Visit): Promise<Coverage> =>
  readCoverage(sql, caller.connections, clock);

/** For the overview, which does not wait for a counting: what is known, or what brings it. */
export function coveragePart(visit: Visit) {
  const known = knownCoverage(visit.services.sql, visit.caller.connections);
  const inside =
    known === undefined ? html`<p><a href="${PATH}">Count the rows of the CDM</a></p>` : shown(visit, known);
  return html`<div hx-get="${PATH}/part" hx-trigger="load" hx-swap="innerMorph">${inside}</div>`;
}

const DOMAINS: Readonly<Record<string, string>> = {
  condition_occurrence: 'Condition',
  device_exposure: 'Device',
  drug_exposure: 'Drug',
  measurement: 'Measurement',
  observation: 'Observation',
  procedure_occurrence: 'Procedure',
  visit_occurrence: 'Visit',
};

function shown(visit: Visit, { domains, counted_at }: Coverage) {
  if (domains.length === 0) return html`<p class="empty">The CDM has no rows yet.</p>`;
  const rows = domains.map(({ table_name, rows: all, mapped }) => ({
    ...{ label: DOMAINS[table_name] ?? table_name, part: mapped, of: all },
  }));
  return html`${shares('Rows of each domain with a Standard concept', rows)}<p class="quiet">Of the rows that are in the CDM. Counted ${when(counted_at.toISOString(), visit.now)}.${
    visit.may('list-unmapped-codes') ? html` <a href="/admin/codes">The codes that lack one</a>` : ''
  }</p>`;
}
