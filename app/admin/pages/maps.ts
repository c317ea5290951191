/** Local maps: list, add, remove, files in and out; and what a remap would change. */
import { html } from 'hono/html';
import { ALWAYS } from '../../../jobs/vocabulary/local-maps/local-map.ts';
import { selectMaps } from '../../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../../jobs/vocabulary/resolve/state.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { conceptLink } from '../parts/concept.ts';
import { button, checkbox, csrfField, filters, input } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { remapChanges } from '../parts/remap.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { count, short } from '../parts/text.ts';
import { done, have, Refused, refusedBox, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';
import { codeTabs } from './codes.ts';

const PAGE = 50;
/** Room for some hundred thousand maps, as the API has it. */
const LARGEST_FILE = 32 * 1024 * 1024;

export function mountMaps({ show, act }: Room): void {
  show('/admin/codes/maps', 'list-local-maps', async (visit) => mapsPage(visit, {}));
  act('/admin/codes/maps/import', 'import-local-maps', importFile, LARGEST_FILE);
  show('/admin/codes/maps/new', 'create-local-map', async (visit) => newMap(visit));
  act('/admin/codes/maps/new', 'create-local-map', add);
  show('/admin/codes/maps/:map', 'update-local-map', async (visit) => editPage(visit));
  act('/admin/codes/maps/:map', 'update-local-map', edit);
  act('/admin/codes/maps/:map/remove', 'delete-local-map', remove);
  show('/admin/codes/changes', 'get-remap-report', changes);
  act('/admin/codes/changes', 'start-remap', remap);
}

interface Seen {
  readonly report?: Schemas['MapImportReport'];
  /** Of the form of a file: what was typed. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function mapsPage(visit: Visit, { report, form, refused }: Seen) {
  const [q, cursor] = [visit.query('q'), visit.query('cursor')];
  const page = have(
    await visit.api.GET('/api/v1/admin/vocabulary/local-maps', {
      params: {
        query: {
          limit: PAGE,
          ...(q === undefined ? {} : { q }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      },
    }),
  );
  const mayChange = visit.may('delete-local-map');
  return {
    title: 'Local maps',
    at: '/admin/codes',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${codeTabs(visit, '/admin/codes/maps')}${mayChange ? html`<p class="actions"><a class="button" href="/admin/codes/maps/new">New map</a></p>` : ''}
${refusedBox(refused)}
${report === undefined ? '' : importReport(report)}
${filters('/admin/codes/maps', [input({ name: 'q', label: 'Code or description', value: q, type: 'search' })])}${table(
  {
    ...{ caption: 'Maps of local codes', rows: page.items, quietCaption: true },
    empty:
      q === undefined ? 'There is none yet: map a code of the worklist, or bring a file.' : 'No map fits.',
    columns: [
      {
        head: 'Code',
        names: true,
        cell: (map) =>
          html`<code>${short(map.source_code, 60)}</code><br />${short(map.source_code_description ?? '', 120)}`,
      },
      { head: 'System', cell: (map) => short(map.source_vocabulary_id, 40) },
      {
        head: 'Maps to',
        cell: (map) =>
          html`${conceptLink({ concept_id: map.target_concept_id, concept_name: map.target_name ?? String(map.target_concept_id) })} <span class="quiet">${map.target_domain ?? ''}</span>`,
      },
      { head: 'State', cell: (map) => state(map.state) },
      { head: 'From', cell: (map) => map.valid_start_date },
      { head: 'To', cell: (map) => map.valid_end_date },
      {
        head: 'Do',
        cell: (map) =>
          mayChange
            ? html`<a class="button" href="/admin/codes/maps/${map.map_id}">Change<span class="hidden"> the map of ${map.source_code}</span></a> ${button(
                visit,
                {
                  action: `/admin/codes/maps/${map.map_id}/remove`,
                  label: 'Remove',
                  look: 'danger',
                  about: `the map of ${map.source_code}`,
                },
              )}`
            : '',
      },
    ],
  },
)}${pager(visit, { path: '/admin/codes/maps', next: page.next_cursor })}
<p><a href="/api/v1/admin/vocabulary/local-maps/export" download>All maps as CSV</a></p>
${visit.may('import-local-maps') ? importForm(visit, form) : ''}`,
  };
}

function importForm(visit: Visit, form: Form | undefined) {
  return html`<h2>Bring a file</h2><form method="post" action="/admin/codes/maps/import" enctype="multipart/form-data">${csrfField(visit)}
<div class="field"><label for="file">File</label><p class="help" id="file-help">CSV as source_to_concept_map has it, or as USAGI saves it.</p><input type="file" id="file" name="file" accept=".csv,text/csv" aria-describedby="file-help" required /></div>
${input({ name: 'system', label: 'Code system of lines that name none', value: form?.text('system'), help: 'As in all files of USAGI: the URI that the EHR sends.' })}
${checkbox({ name: 'replace', label: 'Let stored maps of the same codes end', checked: form?.has('replace') ?? false })}
<p><button name="apply" value="no">Check it only</button> <button class="main" name="apply" value="yes">Check and write it</button></p></form>`;
}

function importReport(report: Schemas['MapImportReport']) {
  const { applied, lines, new: added, unchanged, replaced, skipped, errors, findings } = report;
  return html`<div class="box ${errors > 0 ? 'bad' : 'good'}" role="status"><p><strong>${
    errors > 0
      ? 'Nothing was written'
      : applied
        ? 'The maps are written'
        : 'Nothing speaks against the file; it is not written yet'
  }</strong>: ${count(lines)} ${noun(lines, 'line')}, ${count(added)} new, ${count(unchanged)} as stored, ${count(replaced)} replaced, ${count(skipped)} skipped, ${count(errors)} ${noun(errors, 'fault')}.</p>${
    findings.length === 0
      ? ''
      : html`<ul>${findings.slice(0, 100).map(({ line, level, message }) => html`<li>line ${line}, ${level}: ${short(message, 300)}</li>`)}</ul>`
  }</div>`;
}

async function importFile(visit: Visit, form: Form) {
  const system = form.text('system');
  const answer = await visit.api.POST('/api/v1/admin/vocabulary/local-maps/import', {
    params: {
      query: {
        ...{ apply: form.text('apply') === 'yes', replace: form.has('replace') },
        ...(system === undefined ? {} : { system }),
      },
    },
    body: form.text('file') ?? '',
    bodySerializer: (text: string) => text,
    headers: { 'content-type': 'text/csv' },
  });
  try {
    return await mapsPage(visit, { form, report: have(answer) });
  } catch (error) {
    return await mapsPage(visit, { form, refused: spokenAgainst(error) });
  }
}

/** What can be changed of a map, as a form has it. */
function mapFields(of: (name: string) => string | undefined) {
  const dates = [
    ['valid_start_date', 'From', 'First day on which it holds.'],
    ['valid_end_date', 'To', 'Last day; a day that is past ends the map.'],
  ] as const;
  return html`${input({ name: 'target_concept_id', label: 'Concept id of the target', type: 'number', value: of('target_concept_id'), required: true, help: html`Standard and valid. <a href="/admin/concepts">Search the vocabulary</a>` })}
${input({ name: 'source_code_description', label: 'What the code means', value: of('source_code_description') })}
${dates.map(([name, label, help]) => input({ name, label, help, type: 'date', value: of(name) }))}`;
}

function bodyOfMap(form: Form) {
  const [description, from, to] = ['source_code_description', 'valid_start_date', 'valid_end_date'].map(
    (name) => form.text(name),
  );
  return {
    target_concept_id: Number(form.text('target_concept_id') ?? Number.NaN),
    // What is emptied is not left as it was: without a day on either side a map holds always.
    source_code_description: description ?? '',
    ...{ valid_start_date: from ?? ALWAYS.from, valid_end_date: to ?? ALWAYS.to },
  };
}

function newMap(visit: Visit, form?: Form, refused?: Refused) {
  const of = (name: string) => form?.text(name);
  return {
    title: 'New local map',
    at: '/admin/codes',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${codeTabs(visit, '/admin/codes/maps')}${refusedBox(refused)}<form method="post" action="/admin/codes/maps/new">${csrfField(visit)}
${input({ name: 'system', label: 'Code system', value: of('system'), required: true, help: 'As the EHR sends it; text for words without a code, none for codes without a system.' })}
${input({ name: 'source_code', label: 'Code', value: of('source_code'), required: true })}
${mapFields(of)}
<button class="main">Add the map</button> <a href="/admin/codes/maps">Cancel</a></form>`,
  };
}

async function add(visit: Visit, form: Form) {
  const [system = '', source_code = ''] = [form.text('system'), form.text('source_code')];
  try {
    const body = { system, source_code, ...bodyOfMap(form) };
    have(await visit.api.POST('/api/v1/admin/vocabulary/local-maps', { body }));
  } catch (error) {
    return newMap(visit, form, spokenAgainst(error));
  }
  return goTo(visit, '/admin/codes/maps', 'map-added');
}

async function editPage(visit: Visit, form?: Form, refused?: Refused) {
  const { sql, clock } = visit.services;
  const map_id = visit.param('map');
  const [map] = await selectMaps(sql, { map_id, limit: 1 }, dayOf(clock()));
  if (!map)
    throw new Refused(404, 'No such local map', 'It may have been changed meanwhile: its id changes then.');
  const stored: Readonly<Record<string, string>> = {
    ...{ target_concept_id: String(map.target_concept_id), valid_start_date: map.valid_start_date },
    ...{ source_code_description: map.source_code_description ?? '', valid_end_date: map.valid_end_date },
  };
  return {
    title: `Map of ${short(map.source_code, 80)}`,
    at: '/admin/codes',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${codeTabs(visit, '/admin/codes/maps')}${refusedBox(refused)}${facts([
      ['Code', html`<code>${short(map.source_code, 80)}</code>`],
      ['System', short(map.systems.join(', ') || map.source_vocabulary_id, 200)],
      [
        'Maps to',
        conceptLink({
          concept_id: map.target_concept_id,
          concept_name: map.target_name ?? String(map.target_concept_id),
        }),
      ],
      ['State', state(map.state)],
    ])}<form method="post" action="/admin/codes/maps/${map_id}">${csrfField(visit)}${mapFields((name) => (form ? form.text(name) : stored[name]))}
<button class="main">Save</button> <a href="/admin/codes/maps">Leave it</a></form>`,
  };
}

async function edit(visit: Visit, form: Form) {
  const map_id = visit.param('map');
  try {
    have(
      await visit.api.PUT('/api/v1/admin/vocabulary/local-maps/{map_id}', {
        ...{ params: { path: { map_id } }, body: bodyOfMap(form) },
      }),
    );
  } catch (error) {
    return await editPage(visit, form, spokenAgainst(error));
  }
  return goTo(visit, '/admin/codes/maps', 'map-changed');
}

async function remove(visit: Visit) {
  const map_id = visit.param('map');
  done(
    await visit.api.DELETE('/api/v1/admin/vocabulary/local-maps/{map_id}', { params: { path: { map_id } } }),
  );
  return goTo(visit, '/admin/codes/maps', 'map-ended');
}

async function changes(visit: Visit) {
  const report = have(
    await visit.api.GET('/api/v1/admin/vocabulary/remap', { params: { query: { limit: 100 } } }),
  );
  const some = report.connections.some(({ records, records_gone }) => records + records_gone > 0);
  return {
    title: 'What a remap changes',
    at: '/admin/codes',
    body: html`${codeTabs(visit, '/admin/codes/changes')}<p>Release ${short(report.version, 80)}. Codes in use that the vocabulary, or a local map, answers otherwise now than when they were mapped.</p>
${some && visit.may('start-remap') ? html`<div class="actions">${button(visit, { action: '/admin/codes/changes', label: 'Map again what changes', look: 'main' })}</div>` : ''}
${remapChanges(report)}`,
  };
}

async function remap(visit: Visit) {
  have(await visit.api.POST('/api/v1/admin/vocabulary/remap', { body: {} }));
  return goTo(visit, '/admin/runs', 'remap-started');
}
