/** Many codes of the worklist at once: what is suggested for each, what a remap would change, and then doing it. */
import { html } from 'hono/html';
import { SyncError } from '../../../jobs/step/errors.ts';
import { readUnmapped, type ToldCode } from '../../../jobs/vocabulary/unmapped/worklist.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { checkbox, csrfField } from '../parts/form.ts';
import { remapChanges } from '../parts/remap.ts';
import { table } from '../parts/table.ts';
import { count, percent, short } from '../parts/text.ts';
import { have, Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';
import { codeTabs } from './codes.ts';

const PATH = '/admin/codes/review';
/** Suggestions take some searches a code. */
const MOST = 25;
/** Choices of a code besides leaving it and 0. */
const OFFERED = 5;

export function mountReviewCodes({ show, act }: Room): void {
  show(PATH, 'suggest-concepts', open);
  act(PATH, 'map-unmapped-codes', decide);
}

type Suggestions = Schemas['ConceptSuggestions'];

interface Reviewed {
  readonly use: ToldCode;
  readonly items: Suggestions['items'];
  /** What is chosen: a concept, 0, or '' to leave it. */
  readonly chosen: string;
}

async function open(visit: Visit) {
  const ids = visit.c.req.queries('code') ?? [];
  const asNone = visit.query('as') === 'none';
  const reviewed = await review(visit, idsOf(ids), (items) =>
    asNone ? '0' : String(items[0]?.concept.concept_id ?? ''),
  );
  return page(visit, reviewed, {});
}

function idsOf(texts: readonly string[]): number[] {
  const ids = [...new Set(texts.filter((text) => /^[1-9]\d{0,14}$/.test(text)).map(Number))];
  if (ids.length === 0)
    throw new Refused(422, 'No code is chosen', 'Expected some codes of the worklist to be ticked.');
  if (ids.length > MOST)
    throw new Refused(422, 'Too many codes', `Expected ${MOST} at most, got ${ids.length}.`);
  return ids;
}

interface Review {
  readonly reviewed: readonly Reviewed[];
  /** What was asked for and has left the worklist: somebody else has decided it, or a remap. */
  readonly gone: readonly number[];
}

type Choose = (items: Suggestions['items'], id: number) => string;

/** @throws Refused where none of them is on the worklist. */
async function review(visit: Visit, ids: readonly number[], choose: Choose): Promise<Review> {
  const found = await Promise.all(ids.map(async (id) => (await reviewOne(visit, id, choose)) ?? id));
  const reviewed = found.filter((one) => typeof one !== 'number');
  const gone = found.filter((one) => typeof one === 'number');
  if (reviewed.length === 0) throw new Refused(404, 'No such code', goneText(gone));
  return { reviewed, gone };
}

const goneText = (gone: readonly number[]): string =>
  `Not on the worklist any more, since somebody else has decided it or a remap has: code ${gone.join(', ')}.`;

/** Undefined where it is not on the worklist. */
async function reviewOne(visit: Visit, code_id: number, choose: Choose): Promise<Reviewed | undefined> {
  try {
    const [[use], { items }] = await Promise.all([
      readUnmapped(visit.services.sql, code_id, visit.caller.connections),
      visit.api
        .GET('/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions', {
          params: { path: { code_id }, query: { limit: OFFERED } },
        })
        .then(have),
    ]);
    return { use, items, chosen: choose(items, code_id) };
  } catch (error) {
    const isOurs = error instanceof SyncError || error instanceof Refused;
    if (isOurs && error.code === 'unmapped-code-not-found') return undefined;
    throw error;
  }
}

interface Seen {
  readonly preview?: Schemas['MappedUnmappedCodes'];
  readonly refused?: Refused;
  readonly replace?: boolean;
}

function page(visit: Visit, { reviewed, gone }: Review, { preview, refused, replace = false }: Seen) {
  const mayMap = visit.may('map-unmapped-codes');
  const faulty =
    preview?.said.some(({ findings }) => findings.some(({ level }) => level === 'error')) ?? false;
  const said = new Map(preview?.said.map(({ code_id, findings }) => [code_id, findings]));
  const status = refused?.status ?? (faulty ? (422 as const) : undefined);
  return {
    title: 'Review codes',
    at: '/admin/codes',
    ...(status === undefined ? {} : { status }),
    body: html`${codeTabs(visit, '')}<p class="crumbs"><a href="/admin/codes">Worklist</a></p>${refusedBox(refused)}
${gone.length > 0 ? html`<div class="box warn" role="status"><p>${goneText(gone)}</p></div>` : ''}
${faulty ? html`<div class="box bad" role="alert"><p><strong>Nothing was written.</strong> Something speaks against the codes that say so below.</p></div>` : ''}
${preview?.changes ? previewBox(preview.changes) : ''}
<form method="post" action="${PATH}">${csrfField(visit)}${table({
      ...{
        caption: `${count(reviewed.length)} ${noun(reviewed.length, 'code and what it is', 'codes and what each is')} mapped to`,
        rows: reviewed,
        empty: '',
      },
      columns: [
        {
          ...{ head: 'Code', names: true },
          cell: ({ use }) =>
            html`<input type="hidden" name="code" value="${use.code_id}" /><a href="/admin/codes/${use.code_id}/map">${short(use.code, 120)}</a><br /><span class="help">${short(use.display ?? use.system, 150)}</span>`,
        },
        { head: 'Resources', right: true, cell: ({ use }) => count(use.records) },
        { head: 'Map to', wide: true, cell: (row) => choice(row) },
        {
          ...{ head: 'Said of it', wide: true },
          cell: ({ use }) =>
            html`${(said.get(use.code_id) ?? []).map(({ level, message }) => html`<p class="${level === 'error' ? 'fault' : 'quiet'}">${level === 'error' ? '✕ ' : '! '}${short(message, 300)}</p>`)}`,
        },
      ],
    })}
${checkbox({ name: 'replace', label: 'Let stored maps of the same codes end', checked: replace })}
${
  mayMap
    ? html`<div class="actions"><button name="do" value="preview"${preview?.changes ? '' : html` class="main"`}>See what changes</button>${preview?.changes ? html`<button class="main" name="do" value="apply">Map them, and map again what uses them</button>` : ''}</div>`
    : html`<p class="box">You may look, not map: a map concerns all connections, and needs the role mapper.</p>`
}</form>`,
  };
}

function choice({ use, items, chosen }: Reviewed) {
  const options = [
    ['', 'Leave it for now'],
    ['0', '0: no concept fits'],
    ...items.map(({ concept, similarity }) => [
      String(concept.concept_id),
      `${concept.concept_name} · ${concept.domain_id} · ${concept.vocabulary_id} · alike ${percent(100 * similarity)}`,
    ]),
  ] as const;
  return html`<select name="to-${use.code_id}" aria-label="Map ${short(use.code, 60)} to">${options.map(
    ([value, label]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${label}</option>`,
  )}</select>`;
}

function previewBox(changes: Schemas['RemapReport']) {
  const records = changes.connections.reduce((sum, one) => sum + one.records, 0);
  return html`<section class="box" role="status"><h2>What a remap will change</h2><p>${
    records === 0
      ? 'No resource is mapped otherwise: codes that are mapped to 0 only leave the worklist.'
      : `At most ${count(records)} ${noun(records, 'resource')} of ${count(changes.connections.length)} ${noun(changes.connections.length, 'connection')} ${noun(records, 'is', 'are')} mapped again. What else has changed since they were mapped is among it.`
  }</p>${records === 0 ? '' : remapChanges(changes)}</section>`;
}

async function decide(visit: Visit, form: Form) {
  const ids = idsOf(form.all('code'));
  const apply = form.text('do') === 'apply';
  const replace = form.has('replace');
  const maps = ids.flatMap((code_id) => {
    const target = form.text(`to-${code_id}`);
    return target === undefined ? [] : [{ code_id, target_concept_id: Number(target) }];
  });
  const chosen = async () => await review(visit, ids, (_items, id) => form.text(`to-${id}`) ?? '');
  if (maps.length === 0) {
    const refused = new Refused(422, 'Nothing is chosen', 'Expected a concept, or 0, for one code at least.');
    return page(visit, await chosen(), { refused, replace });
  }
  try {
    const answer = have(
      await visit.api.POST('/api/v1/admin/vocabulary/unmapped/map', { body: { maps, apply, replace } }),
    );
    if (answer.applied) return goTo(visit, '/admin/codes', 'codes-mapped');
    return page(visit, await chosen(), { preview: answer, replace });
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500) throw error;
    return page(visit, await chosen(), { refused, replace });
  }
}
