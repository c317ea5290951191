/** Leads to the next page of a list, keeping its filters. */
import { html } from 'hono/html';
import type { Visit } from '../visit.ts';

interface Paging {
  /** Where the list is shown. A form above it may be sent elsewhere, and the answer to that shows the list too. */
  readonly path: string;
  readonly next: string | null;
  readonly name?: 'cursor' | 'offset';
}

export function pager({ c }: Visit, { path, next, name = 'cursor' }: Paging) {
  const asked = new URL(c.req.url).searchParams;
  const isFirst = !asked.has(name);
  if (next === null && isFirst) return '';
  const to = (value: string | null) => {
    const query = new URLSearchParams(asked);
    query.delete('said');
    if (value === null) query.delete(name);
    else query.set(name, value);
    return `${path}${query.size > 0 ? `?${query}` : ''}`;
  };
  return html`<nav class="pager" aria-label="Pages of the list">
${isFirst ? '' : html`<a href="${to(null)}">← First page</a>`}
${next === null ? html`<span class="quiet">This is the last page.</span>` : html`<a href="${to(next)}">Next page →</a>`}
</nav>`;
}

/** An address with these filters; what is undefined is left out. */
export function address(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}
