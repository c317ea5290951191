/** What reasons for which something is not loaded mean, in the words of the rules themselves. */
import { html } from 'hono/html';
import { FAILURES } from '../../../jobs/lines/failure-reasons.ts';
import { GONE, IN_FUTURE, UNDATED } from '../../../jobs/load/reasons.ts';
import { RULES } from '../../../jobs/map/rules.ts';
import type { Html } from '../../auth/page.ts';
import { short } from './text.ts';

const OTHERS: Readonly<Record<string, string>> = {
  [GONE.deleted]: 'The server says that it was deleted.',
  [GONE.vanished]: 'A full export lacked it, and a person confirmed that.',
  [GONE.misread]: 'It stood only in a damaged or replaced reading of a file.',
  [UNDATED.notKnown]: 'It has no date of its own, and the Encounter that dates it is not known yet.',
  [UNDATED.removed]: 'It has no date of its own, and the Encounter that dated it has gone.',
  [IN_FUTURE]:
    'It lies after the day of the extract, and implausible_events leaves such events out until then.',
};

/** Reasons that begin with "Expected" say it themselves. */
export function meaningOf(reason: string): string | undefined {
  const known: Readonly<Record<string, { readonly says: string } | { readonly why: string }>> = {
    ...RULES,
    ...FAILURES,
  };
  if (Object.hasOwn(OTHERS, reason)) return OTHERS[reason];
  const rule = Object.hasOwn(known, reason) ? known[reason] : undefined;
  if (rule === undefined) return undefined;
  const words = ('says' in rule ? rule.says : rule.why).replaceAll('`', '');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The code of a reason, which may lead somewhere, with its meaning below, unless it is `told` already. */
export function reasonCell(reason: string, href?: string, told?: Set<string>): Html {
  const code = html`<code>${short(reason, 200)}</code>`;
  const meaning = told?.has(reason) ? undefined : meaningOf(reason);
  told?.add(reason);
  return html`${href === undefined ? code : html`<a href="${href}">${code}</a>`}${meaning === undefined ? '' : html`<br /><span class="help">${meaning}</span>`}`;
}
