/** The worklist of codes without a Standard concept, and the page on which one is mapped. */
import { html } from 'hono/html';
import { readUnmapped } from '../../../jobs/vocabulary/unmapped/worklist.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { siteNames } from '../../reads/connections.ts';
import { conceptColumns, hints } from '../parts/concept.ts';
import { button, csrfField, filters, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { runPath } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { count, percent, short } from '../parts/text.ts';
import { have, type Refused, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

const PAGE = 50;

export function codeTabs(visit: Visit, current: string) {
  const entries = [
    ['/admin/codes', 'Worklist', 'list-unmapped-codes'],
    ['/admin/codes/maps', 'Local maps', 'list-local-maps'],
    ['/admin/codes/changes', 'What a remap changes', 'get-remap-report'],
    ['/admin/concepts', 'Search the vocabulary', 'search-concepts'],
  ] as const;
  return html`<nav class="tabs" aria-label="About codes"><ul>${entries
    .filter(([, , operation]) => visit.may(operation))
    .map(
      ([path, label]) =>
        html`<li><a href="${path}"${path === current ? html` aria-current="page"` : ''}>${label}</a></li>`,
    )}</ul></nav>`;
}

export function mountCodes({ show, act }: Room): void {
  show('/admin/codes', 'list-unmapped-codes', worklist);
  show('/admin/codes/:code/map', 'suggest-concepts', async (visit) => codePage(visit));
  act('/admin/codes/:code/map', 'map-unmapped-code', map);
}

async function worklist(visit: Visit) {
  const cursor = visit.query('cursor');
  const site = visit.queryId('connection');
  const decided = visit.query('decided') === 'true';
  const asked = Object.fromEntries(
    (['domain', 'resource_type', 'q'] as const)
      .map((name) => [name, visit.query(name)] as const)
      .filter(([, value]) => value !== undefined),
  );
  const [sites, page] = await Promise.all([
    siteNames(visit.services.sql, visit.caller.connections),
    visit.api
      .GET('/api/v1/admin/vocabulary/unmapped', {
        params: {
          query: {
            ...{ limit: PAGE, ...asked, ...(cursor === undefined ? {} : { cursor }) },
            ...(site === undefined ? {} : { connection_id: site }),
            ...(decided ? { decided: true } : {}),
          },
        },
      })
      .then(have),
  ]);
  const isFiltered = decided || site !== undefined || Object.keys(asked).length > 0;
  return {
    title: 'Codes',
    body: html`${codeTabs(visit, '/admin/codes')}<p class="quiet">Codes in use that have no Standard concept, the most frequent first. Counted when a run closes.</p>${filters(
      '/admin/codes',
      [
        select({
          ...{ name: 'connection', label: 'Connection', value: String(site ?? '') },
          options: [['', 'All'], ...[...sites].map(([id, name]) => [String(id), name] as const)],
        }),
        input({
          name: 'domain',
          label: 'Expected domain',
          value: visit.query('domain'),
          placeholder: 'Measurement',
        }),
        input({ name: 'resource_type', label: 'Type', value: visit.query('resource_type') }),
        input({ name: 'q', label: 'Words', value: visit.query('q'), type: 'search' }),
        select({
          ...{ name: 'decided', label: 'Mapped to 0', value: decided ? 'true' : '' },
          options: [
            ['', 'Left out'],
            ['true', 'Listed too'],
          ],
        }),
      ],
    )}<form method="get" action="/admin/codes/review">${table({
      ...{ caption: 'Unmapped codes', rows: page.items, quietCaption: true },
      empty: isFiltered
        ? 'No unmapped code fits.'
        : 'Every code in use is mapped, or nothing was synced yet.',
      columns: [
        {
          head: 'Pick',
          cell: ({ code_id, code, has_map }) =>
            code_id === null || has_map
              ? ''
              : html`<input type="checkbox" name="code" value="${code_id}" aria-label="Pick ${short(code ?? '', 80)}" />`,
        },
        {
          ...{ head: 'Code', names: true },
          cell: (row) => {
            const name =
              row.code ??
              `${count(row.codes_withheld)} ${noun(row.codes_withheld, 'text')} of few persons, not told`;
            const shown =
              row.code_id === null
                ? html`<span class="quiet">${name}</span>`
                : html`<a href="/admin/codes/${row.code_id}/map">${short(name, 120)}</a>`;
            const display = row.display === null || row.display === row.code ? '' : short(row.display, 150);
            return html`${shown}${display === '' ? '' : html`<br /><span class="plain">${display}</span>`}<br /><span class="help">${short(row.system, 100)}</span>`;
          },
        },
        {
          head: 'Used in, and domains to look in',
          cell: (row) =>
            html`${row.resource_type}<wbr />.${row.element}<br /><span class="quiet">${row.expected_domains.join(', ')}</span>`,
        },
        { head: 'Resources', right: true, cell: ({ records }) => count(records) },
        { head: 'Share', right: true, cell: ({ share }) => percent(share) },
        { head: 'Together', right: true, cell: ({ cumulative_share }) => percent(cumulative_share) },
        { head: 'Map', cell: (row) => standing(row) },
      ],
    })}${
      page.items.some(({ code_id, has_map }) => code_id !== null && !has_map)
        ? html`<div class="actions"><button class="main">Review suggestions of those picked</button><button name="as" value="none">Map those picked to 0</button><span class="quiet">25 at most; you see what changes before it does.</span></div>`
        : ''
    }</form>${pager(visit, { path: '/admin/codes', next: page.next_cursor })}
${visit.may('export-unmapped-codes') ? html`<p><a href="/api/v1/admin/vocabulary/unmapped/export" download>The worklist as CSV</a>, as USAGI reads it</p>` : ''}`,
  };
}

function standing({ has_map, decided }: Schemas['UnmappedCode']) {
  if (has_map) return state('queued', 'mapped, waits for a remap');
  return decided ? state('skipped', 'no concept fits') : '';
}

/** `against`: what spoke against a map, and its target. */
async function codePage(visit: Visit, against?: { readonly refused: Refused; readonly target: number }) {
  const code_id = visit.number('code');
  const q = visit.query('q');
  const params = { path: { code_id } };
  const suggestions = have(
    await visit.api.GET('/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions', { params }),
  );
  const [code] = await readUnmapped(visit.services.sql, code_id, visit.caller.connections);
  const found =
    q === undefined
      ? undefined
      : have(
          await visit.api.GET('/api/v1/vocabulary/search', {
            params: { query: { q, standard: ['S'], valid: true } },
          }),
        );
  const mayMap = visit.may('map-unmapped-code');
  const path = `/admin/codes/${code_id}/map`;
  const doMap = (concept: Schemas['Concept']) =>
    mayMap
      ? button(visit, {
          action: path,
          label: 'Map to this',
          about: concept.concept_name,
          fields: { target: String(concept.concept_id) },
        })
      : '';
  return {
    title: `Map ${short(code.code, 80)}`,
    at: '/admin/codes',
    ...(against === undefined ? {} : { status: against.refused.status }),
    body: html`<p class="crumbs"><a href="/admin/codes">Worklist</a></p>
${against === undefined ? '' : conflict(visit, path, against)}
${facts([
  ['System', html`<code>${short(code.system, 200)}</code>`],
  ['What the EHR calls it', short(suggestions.text, 300)],
  ['Searched in', suggestions.domains.join(', ') || 'all domains'],
])}
${mayMap ? '' : html`<p class="box">You may look, not map: a map concerns all connections, and needs the role mapper.</p>`}
<h2>Suggestions</h2><p class="quiet">By likeness of the words. A person decides.</p>${table({
      ...{ caption: 'Suggested concepts, the most alike first', rows: suggestions.items, quietCaption: true },
      empty: 'Nothing is alike. Search below.',
      columns: [
        ...conceptColumns(({ concept }: (typeof suggestions.items)[number]) => concept),
        { head: 'Alike', right: true, cell: ({ similarity }) => percent(100 * similarity) },
        { head: 'Do', cell: ({ concept }) => doMap(concept) },
      ],
    })}
<h2>Search</h2><form method="get" action="${path}" class="filters" role="search">${input({ name: 'q', label: 'Words, a code, or a concept id', value: q, type: 'search' })}<button>Search</button></form>
${
  found === undefined
    ? ''
    : html`${hints(found)}${table({
        ...{
          caption: 'Standard concepts that were found',
          rows: found.items,
          empty: 'Nothing was found.',
          quietCaption: true,
        },
        columns: [
          ...conceptColumns(({ concept }: (typeof found.items)[number]) => concept),
          { head: 'Do', cell: ({ concept }) => doMap(concept) },
        ],
      })}`
}
${mayMap ? html`<h2>Or by its id</h2><form method="post" action="${path}">${csrfField(visit)}${input({ name: 'target', label: 'Concept id', type: 'number', required: true })}<button>Map to this</button></form>` : ''}`,
  };
}

/** What spoke against it, and how to go on all the same. */
function conflict(
  visit: Visit,
  path: string,
  { refused, target }: { readonly refused: Refused; readonly target: number },
) {
  const replace = {
    ...{ action: path, label: 'Replace the map that is there' },
    fields: { target: String(target), replace: 'yes' },
  };
  return html`<div class="box bad" role="alert"><p><strong>${refused.title}.</strong> ${refused.message}</p>${
    refused.code === 'local-map-conflict' ? button(visit, replace) : ''
  }</div>`;
}

async function map(visit: Visit, form: Form) {
  const code_id = visit.number('code');
  const target_concept_id = Number(form.text('target') ?? 0);
  try {
    const { remaps } = have(
      await visit.api.POST('/api/v1/admin/vocabulary/unmapped/{code_id}/map', {
        ...{ params: { path: { code_id } }, body: { target_concept_id, replace: form.has('replace') } },
      }),
    );
    const [first] = remaps.filter(({ run_id }) => run_id !== null);
    const onward = first?.run_id
      ? runPath({ connection_id: first.connection_id, run_id: first.run_id })
      : '/admin/codes';
    return goTo(visit, onward, 'code-mapped');
  } catch (error) {
    return await codePage(visit, { refused: spokenAgainst(error), target: target_concept_id });
  }
}
