/** Concepts, the same wherever they are listed. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { state } from './state.ts';
import type { Column } from './table.ts';

type Concept = Schemas['Concept'];

export const conceptLink = ({
  concept_id,
  concept_name,
}: Pick<Concept, 'concept_id' | 'concept_name'>): Html =>
  html`<a href="/admin/concepts/${concept_id}">${concept_name}</a>`;

/** The columns that say which concept it is. */
export function conceptColumns<T>(of: (row: T) => Concept): Column<T>[] {
  return [
    {
      head: 'Concept',
      names: true,
      cell: (row) => html`${conceptLink(of(row))}<br /><code>${of(row).concept_id}</code>`,
    },
    { head: 'Domain', cell: (row) => of(row).domain_id },
    {
      head: 'Vocabulary',
      cell: (row) => html`${of(row).vocabulary_id} <code>${of(row).concept_code}</code>`,
    },
    { head: 'Class', cell: (row) => of(row).concept_class_id },
    { head: 'Standard', cell: (row) => standing(of(row)) },
  ];
}

function standing({ standard_concept, invalid_reason }: Concept): Html | string {
  if (invalid_reason !== null) return state('skipped', invalid_reason === 'U' ? 'replaced' : 'retired');
  if (standard_concept === 'S') return state('ok', 'Standard');
  return standard_concept === 'C' ? 'classification' : 'no';
}

/** How the search understood the words, where that is not as they were typed. */
export function hints({ corrected, ignored, index }: Schemas['SearchResult']) {
  return html`${index === 'building' ? html`<p class="box">The release is new: for now names are compared from their beginning only.</p>` : ''}${
    corrected.length === 0
      ? ''
      : html`<p class="quiet">Taken as well for: ${corrected.map(({ typed, taken_as }) => `${typed} → ${taken_as.join(', ')}`).join('; ')}</p>`
  }${ignored.length === 0 ? '' : html`<p class="quiet">In no name, and left out: ${ignored.join(', ')}</p>`}`;
}
