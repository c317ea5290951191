/** Tables with a caption and headed columns; what there is to say when they are empty is part of them. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';

type Cell = Html | string | number;

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Cell | '';
  /** Figures stand on the right. */
  readonly right?: boolean;
  /** Sentences keep a width at which they can be read, also on a phone. */
  readonly wide?: boolean;
  /** Names the row: the first column, as a rule. */
  readonly names?: boolean;
}

export interface TableOptions<T> {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  /** Shown instead of a table without rows. */
  readonly empty: Cell;
  /** Where the heading above says it already, the caption is for screen readers alone. */
  readonly quietCaption?: boolean;
}

/** Wide tables scroll by themselves, with the keyboard too. */
export function table<T>({ caption, rows, columns, empty, quietCaption = false }: TableOptions<T>): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const heads = columns.map(
    ({ head, right }) => html`<th scope="col"${right ? html` class="right"` : ''}>${head}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption${quietCaption ? html` class="hidden"` : ''}>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => cellOf(column, row))}</tr>`)}</tbody>
</table></div>`;
}

function cellOf<T>({ cell, right, names, wide }: Column<T>, row: T): Html {
  const content = cell(row);
  if (names) return html`<th scope="row">${content}</th>`;
  const look = right ? html` class="right"` : wide ? html` class="wide"` : '';
  return html`<td${look}>${content}</td>`;
}

/** Names and values of one thing. */
export function facts(pairs: readonly (readonly [string, Cell] | undefined)[]): Html {
  const shown = pairs.filter((pair) => pair !== undefined);
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
