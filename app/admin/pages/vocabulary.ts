/** The vocabulary: release, loads with their progress; search, and a concept with what is around it. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { partsBefore } from '../../reads/release-parts.ts';
import { fragment } from '../layout.ts';
import { conceptColumns, hints } from '../parts/concept.ts';
import { csrfField, filters, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { count, duration, short, stampOf, when } from '../parts/text.ts';
import { have, type Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';
import { codeTabs } from './codes.ts';

const PAGE = 20;

export function mountVocabulary({ show, act }: Room): void {
  show('/admin/vocabulary', 'get-vocabulary-release', async (visit) => vocabulary(visit, {}));
  show('/admin/vocabulary/loads', 'list-vocabulary-loads', loadsLive);
  act('/admin/vocabulary', 'start-vocabulary-load', load);
  show('/admin/concepts', 'search-concepts', search);
  show('/admin/concepts/:concept', 'get-concept', concept);
}

interface Seen {
  /** What was typed, and is wrong. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function vocabulary(visit: Visit, { form, refused }: Seen) {
  const { current, vocabularies, earlier } = have(await visit.api.GET('/api/v1/vocabulary/release', {}));
  const loads = visit.may('list-vocabulary-loads') ? await readLoads(visit) : [];
  const before = await partsBefore(visit.services.sql);
  return {
    title: 'Vocabulary',
    live: loads.some(isUnderWay),
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}
${
  current === null
    ? html`<p class="box warn">No vocabulary is loaded: every code is unmapped. Download one from athena.ohdsi.org, and on the server: <code>npm run cli -- vocabulary load FILE.zip</code></p>`
    : facts([
        ['Release', short(current.version, 100)],
        ['Loaded', when(current.loaded_at, visit.now)],
        ['From', short(current.source, 200)],
        ['Concepts', count(current.concepts)],
        ['Relationships', count(current.relationships)],
      ])
}
<p><a href="/admin/concepts">Search the vocabulary</a>${visit.may('get-remap-report') ? html` · <a href="/admin/codes/changes">What this release changes for the codes in use</a>` : ''}</p>
${loads.length === 0 ? '' : html`<h2>Loads</h2>${loadsPart(visit, loads)}`}
${visit.may('start-vocabulary-load') ? loadForm(visit, form?.text('path')) : ''}
<h2>What it holds</h2>${table({
      ...{
        caption: 'Vocabularies of the release, the largest first',
        rows: vocabularies,
        empty: 'Nothing.',
        quietCaption: true,
      },
      columns: [
        { head: 'Vocabulary', names: true, cell: ({ vocabulary_id }) => vocabulary_id },
        { head: 'Name', cell: ({ vocabulary_name }) => short(vocabulary_name, 150) },
        { head: 'Version', cell: ({ vocabulary_version }) => short(vocabulary_version ?? '–', 80) },
        ...(before.size === 0
          ? []
          : [
              {
                head: 'Before',
                cell: ({ vocabulary_id: id }: { vocabulary_id: string }) =>
                  short(before.get(id)?.vocabulary_version ?? 'not in it', 80),
              },
            ]),
        {
          ...{ head: 'Concepts', right: true },
          cell: ({ vocabulary_id: id, concepts }) =>
            html`${count(concepts)}${difference(before.get(id)?.concepts, concepts)}`,
        },
        { head: 'Standard', right: true, cell: ({ standard }) => count(standard) },
      ],
    })}
${
  earlier.length === 0
    ? ''
    : html`<h2>Releases before it</h2>${table({
        ...{ caption: 'Earlier releases, newest first', rows: earlier, empty: '', quietCaption: true },
        columns: [
          { head: 'Release', names: true, cell: ({ version }) => short(version, 100) },
          { head: 'Loaded', cell: ({ loaded_at }) => stampOf(loaded_at) },
          { head: 'Concepts', right: true, cell: ({ concepts }) => count(concepts) },
        ],
      })}`
}`,
  };
}

/** How many more or fewer than in the release before. */
function difference(before: number | undefined, now: number) {
  if (before === undefined || before === now) return '';
  return html` <span class="quiet">${now > before ? '+' : '−'}${count(Math.abs(now - before))}</span>`;
}

async function readLoads(visit: Visit) {
  const page = await visit.api.GET('/api/v1/admin/vocabulary/loads', { params: { query: { limit: 10 } } });
  return have(page).items;
}

const isUnderWay = ({ state: of }: Schemas['VocabularyLoad']) => of === 'queued' || of === 'running';

/** Refreshes itself while a load is under way; when it ends, the page is loaded again, since the release is another. */
async function loadsLive(visit: Visit) {
  const loads = await readLoads(visit);
  if (!loads.some(isUnderWay)) visit.c.header('hx-refresh', 'true');
  return await fragment(visit, loadTable(visit, loads));
}

function loadsPart(visit: Visit, loads: readonly Schemas['VocabularyLoad'][]) {
  if (!loads.some(isUnderWay)) return loadTable(visit, loads);
  return html`<div class="actions"><a class="button" href="/admin/vocabulary">Refresh</a><button type="button" data-pause aria-pressed="false" data-script hidden>Pause refreshing</button></div>
<div hx-get="/admin/vocabulary/loads" hx-trigger="every 2s" hx-swap="innerMorph">${loadTable(visit, loads)}</div>`;
}

function loadTable(visit: Visit, loads: readonly Schemas['VocabularyLoad'][]) {
  return table({
    ...{
      caption: 'Loads that were asked for here, newest first',
      rows: loads,
      empty: '',
      quietCaption: true,
    },
    columns: [
      { head: 'File', names: true, cell: ({ path }) => short(path, 120) },
      {
        head: 'State',
        cell: (row) =>
          html`${state(row.state)}${row.error ? html`<br />${short(row.error.message, 400)}` : ''}${row.warnings.map((one) => html`<br /><span class="quiet">${short(one, 300)}</span>`)}`,
      },
      {
        head: 'Done',
        cell: (row) =>
          html`${isUnderWay(row) ? html`<progress max="1" value="${row.fraction}" aria-label="Done of ${short(row.path, 60)}"></progress>` : ''}${Math.round(100 * row.fraction)} %${row.step === null || !isUnderWay(row) ? '' : html` <span class="quiet">${row.step}${row.table === null ? '' : ` ${short(row.table, 60)}`}</span>`}`,
      },
      { head: 'Rows', right: true, cell: ({ rows }) => count(rows) },
      { head: 'Took', right: true, cell: ({ seconds }) => (seconds === null ? '–' : duration(seconds)) },
      {
        head: 'Asked for',
        cell: ({ created_at, requested_by }) =>
          html`${when(created_at, visit.now)} <span class="quiet">${short(requested_by, 60)}</span>`,
      },
    ],
  });
}

function loadForm(visit: Visit, path: string | undefined) {
  if (visit.services.config.vocabularyDir === undefined) {
    return html`<p class="quiet">To load one from here, the server needs a folder for downloads (VOCABULARY_DIR).</p>`;
  }
  return html`<h2>Load one</h2><form method="post" action="/admin/vocabulary">${csrfField(visit)}
${input({ name: 'path', label: 'Zip or folder', value: path, required: true, placeholder: 'vocabulary_download_v5.zip', help: 'In the folder that VOCABULARY_DIR names. It is loaded beside the release in use, and swapped in at one moment.' })}
<button>Load it</button></form>`;
}

async function load(visit: Visit, form: Form) {
  try {
    have(await visit.api.POST('/api/v1/admin/vocabulary/loads', { body: { path: form.text('path') ?? '' } }));
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500) throw error;
    return await vocabulary(visit, { form, refused });
  }
  return goTo(visit, '/admin/vocabulary', 'load-started');
}

async function search(visit: Visit) {
  const q = visit.query('q');
  const offset = Math.min(1000, Number(/^\d{1,4}$/.exec(visit.query('offset') ?? '')?.[0] ?? 0));
  const standard = visit.query('standard') === 'S';
  const domain = visit.query('domain');
  const found =
    q === undefined
      ? undefined
      : have(
          await visit.api.GET('/api/v1/vocabulary/search', {
            params: {
              query: {
                ...{ q, limit: PAGE, offset },
                ...(standard ? { standard: ['S' as const] } : {}),
                ...(domain === undefined ? {} : { domain: [domain] }),
              },
            },
          }),
        );
  return {
    title: 'Search the vocabulary',
    at: '/admin/codes',
    body: html`${codeTabs(visit, '/admin/concepts')}${filters('/admin/concepts', [
      input({ name: 'q', label: 'Words, a code, or a concept id', value: q, type: 'search' }),
      input({ name: 'domain', label: 'Domain', value: domain, placeholder: 'Condition' }),
      select({
        name: 'standard',
        label: 'Kind',
        value: standard ? 'S' : '',
        options: [
          ['', 'All'],
          ['S', 'Standard'],
        ],
      }),
    ])}${
      found === undefined
        ? ''
        : html`${hints(found)}${table({
            ...{ caption: 'Concepts, best first', rows: found.items, empty: 'Nothing was found.' },
            columns: [
              ...conceptColumns(({ concept: one }: (typeof found.items)[number]) => one),
              {
                head: 'Found in',
                cell: ({ matched, matched_text }) =>
                  html`${matched}${matched_text === null ? '' : html`: ${short(matched_text, 120)}`}`,
              },
            ],
          })}${pager(visit, { path: '/admin/concepts', next: found.more ? String(offset + PAGE) : null, name: 'offset' })}`
    }`,
  };
}

async function concept(visit: Visit) {
  const id = visit.number('concept');
  const offset = Math.min(100_000, Number(/^\d{1,6}$/.exec(visit.query('offset') ?? '')?.[0] ?? 0));
  const found = have(
    await visit.api.GET('/api/v1/vocabulary/concepts/{id}', {
      params: { path: { id }, query: { limit: 50, offset } },
    }),
  );
  return {
    title: short(found.concept_name, 200),
    at: '/admin/codes',
    body: html`${codeTabs(visit, '')}${facts([
      ['Concept id', String(found.concept_id)],
      ['Domain', found.domain_id],
      ['Vocabulary', html`${found.vocabulary_id} <code>${found.concept_code}</code>`],
      ['Class', found.concept_class_id],
      [
        'Standard',
        found.standard_concept === 'S' ? state('ok', 'Standard') : (found.standard_concept ?? 'no'),
      ],
      [
        'Valid',
        `${found.valid_start_date} to ${found.valid_end_date}${found.invalid_reason === null ? '' : `, ${found.invalid_reason}`}`,
      ],
      ['Concepts one level below', count(found.children)],
      found.synonyms.length === 0
        ? undefined
        : ['Synonyms', short(found.synonyms.map(({ name }) => name).join('; '), 600)],
    ])}
<h2>Relationships</h2>${table({
      ...{
        caption: 'Relationships, mappings first',
        rows: found.relationships,
        empty: 'None.',
        quietCaption: true,
      },
      columns: [
        {
          head: 'Relationship',
          cell: ({ relationship_id, invalid_reason }) =>
            html`${relationship_id}${invalid_reason === null ? '' : html` <span class="quiet">(withdrawn)</span>`}`,
        },
        ...conceptColumns(({ concept: one }: (typeof found.relationships)[number]) => one),
      ],
    })}${pager(visit, { path: `/admin/concepts/${id}`, next: found.more_relationships ? String(offset + 50) : null, name: 'offset' })}
<h2>Ancestors</h2>${table({
      ...{
        caption: 'Concepts above it, nearest first',
        rows: found.ancestors,
        empty: 'None.',
        quietCaption: true,
      },
      columns: [
        { head: 'Levels', right: true, cell: ({ min_levels }) => count(min_levels) },
        ...conceptColumns(({ concept: one }: (typeof found.ancestors)[number]) => one),
      ],
    })}${found.more_ancestors ? html`<p class="quiet">And more above these.</p>` : ''}`,
  };
}
