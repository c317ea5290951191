/** What a run asked the EHR for by itself: searches of a sync without exports, and single resources that an export left out. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import type { Html } from '../../auth/page.ts';
import { facts, table } from './table.ts';
import { count, when } from './text.ts';

type Run = Schemas['RunDetail'];

const COHORTS = { group: 'the members of its Group', list: 'patients of a list', all: 'all patients' };

export function searches({ crawl }: Run, now: Date): Html | '' {
  if (crawl === null) return '';
  return html`<h2>Searches</h2>${facts([
    ['About', COHORTS[crawl.cohort]],
    ['Patients', html`${count(crawl.patients_done)} of ${count(crawl.patients)} done`],
    ['Not found, or several', count(crawl.not_found)],
    ['Searches', html`${count(crawl.searches_done)} of ${count(crawl.searches)} done`],
    ['Given up, or of types without search', count(crawl.searches_lost)],
    ['Pages received', count(crawl.requests)],
    ['Asked to wait by the server', html`${count(crawl.throttled)} ${noun(crawl.throttled, 'time')}`],
    crawl.done_at === null ? undefined : ['May be done', when(crawl.done_at, now)],
  ])}`;
}

export function hydration({ hydration: rows }: Run): Html | '' {
  if (rows.length === 0) return '';
  const figure = (
    head: string,
    of: 'wanted' | 'asked' | 'found' | 'not_found' | 'refused' | 'unavailable',
  ) => ({
    ...{ head, right: true },
    cell: (row: (typeof rows)[number]) => count(row[of]),
  });
  return html`<h2>Asked for one by one</h2><p class="quiet">What the export refers to and left out. What was found is part of the sums above.</p>${table(
    {
      ...{ caption: 'Resources asked for one by one, by type', rows, empty: '', quietCaption: true },
      columns: [
        { head: 'Type', names: true, cell: ({ resource_type }) => resource_type },
        figure('Asked', 'asked'),
        figure('Found', 'found'),
        figure('Not found', 'not_found'),
        figure('Refused', 'refused'),
        figure('No answer', 'unavailable'),
        figure('Still to ask', 'wanted'),
      ],
    },
  )}`;
}
