/** Small charts in SVG. Beside each stands a table with the same figures, and what differs in colour differs in form. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';
import { count, percent } from './text.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly href?: string | undefined;
  readonly tone?: 'good' | 'bad' | 'warn' | 'idle' | undefined;
  readonly note?: string | undefined;
}

/** Bars in rows, each with its figure: the chart is its own table. */
export function bars(caption: string, rows: readonly Bar[]): Html {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return html`<table class="bars"><caption class="hidden">${caption}</caption>
<thead class="hidden"><tr><th scope="col">What</th><th scope="col">Share</th><th scope="col">How many</th></tr></thead>
<tbody>${rows.map(({ label, value, href, tone = 'good', note }) => {
    const width = value === 0 ? 0 : Math.max(0.5, (100 * value) / most);
    return html`<tr><th scope="row">${href === undefined ? label : html`<a href="${href}">${label}</a>`}</th>
<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="${tone}" width="${width.toFixed(2)}" height="10" /></svg></td>
<td class="right">${count(value)}${note === undefined ? '' : html` <span class="quiet">${note}</span>`}</td></tr>`;
  })}</tbody></table>`;
}

export interface Share {
  readonly label: string;
  readonly part: number;
  readonly of: number;
}

/** How much of each is done: a bar of the whole width is all of it. */
export function shares(caption: string, rows: readonly Share[]): Html {
  return html`<table class="bars"><caption class="hidden">${caption}</caption>
<thead class="hidden"><tr><th scope="col">What</th><th scope="col">Bar</th><th scope="col">Share</th><th scope="col">How many</th></tr></thead>
<tbody>${rows.map(({ label, part, of }) => {
    const share = of === 0 ? 0 : (100 * part) / of;
    return html`<tr><th scope="row">${label}</th>
<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="good" width="${share.toFixed(2)}" height="10" /></svg></td>
<td class="right">${percent(of === 0 ? null : share)}</td><td class="right quiet">${count(part)} of ${count(of)}</td></tr>`;
  })}</tbody></table>`;
}

export interface Day {
  readonly day: string;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly live: number;
}

const RUNS = ['failed', 'cancelled', 'live', 'completed'] as const;

/** A column for each day, its runs by outcome. */
export function timeline(days: readonly Day[]): Html {
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  return stacked({
    label: `Runs by day and outcome from ${first} to ${last}; the table below has the figures`,
    ends: [first, last],
    parts: RUNS,
    words: { live: 'under way' },
    columns: days.map((day) => ({ name: day.day, none: 'no runs', values: day })),
  });
}

export interface DashboardPass {
  /** When it ended. */
  readonly name: string;
  readonly completeness: number;
  readonly conformance: number;
  readonly plausibility: number;
}

/** A column for each pass of the Data Quality Dashboard's checks, the oldest first: what fails by category. */
export function failures(passes: readonly DashboardPass[]): Html {
  const [first, last] = [passes[0]?.name ?? '', passes.at(-1)?.name ?? ''];
  return stacked({
    label: `Failing checks by pass and category from ${first} to ${last}; the table below has the figures`,
    ends: [first, last],
    parts: ['conformance', 'completeness', 'plausibility'],
    columns: passes.map((pass) => ({ name: pass.name, none: 'nothing fails', values: pass })),
  });
}

const WIDTH = 20;
const HEIGHT = 80;
/** Fewer columns leave room beside them: stretched over the page, they would be walls. */
const FEWEST_COLUMNS = 24;

interface Stacked<P extends string> {
  readonly label: string;
  /** What stands below its first and its last column. */
  readonly ends: readonly [string, string];
  /** From the bottom up. The lowest is hatched; the others are filled. */
  readonly parts: readonly P[];
  /** What people call a part, where that is not its name. */
  readonly words?: Readonly<Partial<Record<P, string>>>;
  readonly columns: readonly {
    readonly name: string;
    readonly none: string;
    readonly values: Readonly<Record<P, number>>;
  }[];
}

/** Columns of stacked parts, as wide as the page. */
function stacked<P extends string>({ label, ends, parts, words, columns }: Stacked<P>): Html {
  const sums = columns.map(({ values }) => parts.reduce((sum, part) => sum + values[part], 0));
  const most = Math.max(1, ...sums);
  const width = Math.max(FEWEST_COLUMNS, columns.length) * WIDTH;
  const drawn = columns.map(({ name, none, values }, index) => {
    let at = HEIGHT;
    const boxes = parts
      .filter((part) => values[part] > 0)
      .map((part) => {
        const height = (HEIGHT * values[part]) / most;
        at -= height;
        return html`<rect class="${part}" x="${index * WIDTH + 2}" y="${at.toFixed(1)}" width="${WIDTH - 4}" height="${height.toFixed(1)}" />`;
      });
    const told = parts.filter((part) => values[part] > 0).map((part) => `${values[part]} ${part}`);
    return html`<g><title>${name}: ${told.join(', ') || none}</title><rect class="day" x="${index * WIDTH}" y="0" width="${WIDTH}" height="${HEIGHT}" />${boxes}</g>`;
  });
  return html`<figure class="timeline">
<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="4" height="4" /><rect class="line" width="1.6" height="4" /></pattern></defs>
<line class="axis" x1="0" y1="${HEIGHT}" x2="${width}" y2="${HEIGHT}" />
${drawn}</svg>
<figcaption><span>${ends[0]}</span><span>${ends[1]}</span><span class="legend">${parts
    .toReversed()
    .map((part) => html`<span class="key ${part}"></span>${words?.[part] ?? part} `)}</span></figcaption>
</figure>`;
}

/** A column for each value, for a cell of a table whose text says what matters. The text beside it says how often it failed. */
export function spark(values: readonly { readonly value: number; readonly failed: boolean }[]): Html {
  const most = Math.max(...values.map(({ value }) => value)) || 1;
  return html`<svg class="spark" viewBox="0 0 ${values.length * 8} 20" preserveAspectRatio="none" aria-hidden="true">${values.map(
    ({ value, failed }, index) => {
      const height = Math.max(1, (20 * value) / most);
      return html`<rect class="${failed ? 'bad' : 'good'}" x="${index * 8}" y="${(20 - height).toFixed(1)}" width="6" height="${height.toFixed(1)}" />`;
    },
  )}</svg>`;
}
