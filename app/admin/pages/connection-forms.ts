/** Making a connection, changing its settings with a look at what changes, and its credentials. */
import { html } from 'hono/html';
import { changedDestination } from '../../../jobs/connection/destination.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { invalidRequest } from '../../problems.ts';
import { checkConnection, etagOf, givenFields } from '../../reads/connections.ts';
import { UpdateConnectionSchema } from '../../schemas/connection.ts';
import {
  type Body,
  bodyOf,
  type Change,
  changesOf,
  type Faults,
  FIELDS,
  faultsByField,
  NEW,
  PRESETS,
  type Texts,
  textsOf,
  textsOfForm,
} from '../connection-fields.ts';
import { managed, tabs } from '../parts/connection.ts';
import { area, checkbox, csrfField, forEnter, input, radios, select } from '../parts/form.ts';
import { table } from '../parts/table.ts';
import { testStep } from '../parts/test-steps.ts';
import { short } from '../parts/text.ts';
import { have, Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

type Resource = Schemas['Connection'];

const CREATE = '/admin/connections/new';

export function mountConnectionForms({ show, act }: Room): void {
  show(CREATE, 'create-fhir-connection', async (visit) => newPage(visit, { ...NEW, credentials: 'make' }));
  act(CREATE, 'create-fhir-connection', create);
  show('/admin/connections/:id/settings', 'get-fhir-connection', settings);
  act('/admin/connections/:id/settings', 'update-fhir-connection', change);
}

/** What is told above a form. */
interface Told {
  readonly faults?: Faults;
  readonly refused?: Refused | undefined;
  readonly note?: string | undefined;
}

function newPage(visit: Visit, texts: Texts, { faults = {}, refused, note }: Told = {}) {
  return {
    title: 'New connection',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}<form method="post" action="${CREATE}" enctype="multipart/form-data">${csrfField(visit)}${forEnter('Create the connection')}
<fieldset class="field"><legend>Start from a vendor's values</legend><p class="help">Fills in fields below; what you typed elsewhere stays.</p><div class="actions">${Object.entries(
      PRESETS,
    ).map(
      ([key, { label }]) => html`<button name="preset" value="${key}" formnovalidate>${label}</button>`,
    )}</div></fieldset>
${note === undefined ? '' : html`<p class="box" role="status">${note}</p>`}
${fields(texts, faults)}
<h2>Credentials</h2>
${radios({
  ...{ name: 'credentials', label: 'How we prove who we are', value: texts['credentials'] ?? 'make' },
  options: [
    [
      'make',
      'Make a key pair here',
      'The private half never leaves this server. You register the public half at the EHR.',
    ],
    ['key', 'Use my own key', 'PEM, pasted or as a file.'],
    ['secret', 'Use a client secret', 'For servers without asymmetric authentication.'],
    ['later', 'Later'],
  ],
})}
${secretFields(faults)}
<p><button class="main">Create the connection</button> <a href="/admin/connections">Cancel</a></p></form>`,
  };
}

export function secretFields(faults: Faults): Html {
  return html`<details${faults['private_key_pem'] || faults['client_secret'] ? html` open` : ''}><summary>Own key or client secret</summary>
${area({ name: 'private_key_pem', label: 'Private key (PEM)', help: 'RSA from 2048 bits, or EC P-384. Stored encrypted, and never shown again.', error: faults['private_key_pem'] })}
<div class="field"><label for="pem_file">Or the key as a file</label><input type="file" id="pem_file" name="pem_file" accept=".pem,.key,.p8" /></div>
${input({ name: 'client_secret', label: 'Client secret', type: 'password', help: 'Stored encrypted, and never shown again.', error: faults['client_secret'] })}</details>`;
}

/** What the person entered, where they said so; undefined fields stay as they are. */
export function secretsOf(form: Form): { private_key_pem?: string; client_secret?: string } {
  const pem = form.text('private_key_pem') ?? form.text('pem_file');
  const secret = form.text('client_secret');
  return {
    ...(pem === undefined ? {} : { private_key_pem: `${pem}\n` }),
    ...(secret === undefined ? {} : { client_secret: secret }),
  };
}

function fields(texts: Texts, faults: Faults): Html {
  const of = (name: string) => ({ name, value: texts[name] ?? '', error: faults[name] });
  return html`<div class="grid"><section><h2>The site</h2>
${input({ ...of('site_name'), label: 'Name', required: true, help: 'For people, as in "Memorial Hospital".' })}
${input({ ...of('site_key'), label: 'Site key', required: true, help: 'For machines: lower case, unique, as in "memorial".' })}
${select({
  ...of('ehr_vendor'),
  label: 'EHR',
  options: [
    ['epic', 'Epic'],
    ['cerner', 'Oracle Health'],
    ['other', 'Other'],
  ],
  help: 'Chooses how the data are read where vendors differ.',
})}
<h2>The server</h2>
${input({ ...of('fhir_base_url'), label: 'FHIR base URL', type: 'url', help: 'FHIR R4, https. Empty for a site whose exports are delivered as files.' })}
${input({ ...of('client_id'), label: 'Client id', help: 'As the EHR registered us.' })}
${input({ ...of('token_endpoint'), label: 'Token endpoint', type: 'url', help: "Empty: discovered from the server's smart-configuration." })}
${input({ ...of('scopes'), label: 'Scopes', help: 'With blanks between.' })}
${input({ ...of('jwks_url'), label: 'Address of our public keys', type: 'url', help: 'As registered at the EHR, where it reads them itself.' })}
${area({ ...of('allowed_networks'), rows: 2, label: 'Private addresses that may be reached', help: 'For an EHR on your own network, as in 10.1.2.3 or 10.1.0.0/16; one a line.' })}
${area({ ...of('token_hosts'), rows: 2, label: 'Further hosts for credentials and token', help: 'One a line, as in login.microsoftonline.com.' })}
</section><section><h2>What is exported</h2>
${input({ ...of('group_id'), label: 'Group', help: 'Id of the FHIR Group. Empty: the whole server.' })}
${select({
  ...of('level'),
  label: 'Level',
  options: [
    ['', 'Group where one is named, else system'],
    ['system', 'System'],
    ['patient', 'All patients'],
    ['group', 'Group'],
    ['search', 'By searches, where the server exports nothing'],
  ],
})}
${area({ ...of('export_resource_types'), rows: 3, label: 'Resource types', help: 'As in "Patient Encounter Condition". Empty: all that the scopes allow.' })}
${checkbox({ name: 'incremental_enabled', label: 'Ask only for what changed since the last sync', checked: texts['incremental_enabled'] === 'yes', help: 'Off for servers without _since, such as Epic.' })}
${select({
  ...of('group_membership'),
  label: 'Members of the Group',
  options: [
    ['', 'Off'],
    ['request', 'Ask before each export'],
  ],
  help: 'Who joined gets the whole history; who left is reported.',
})}
${select({
  ...of('missing_scopes'),
  label: 'Scopes that are not granted',
  options: [
    ['', 'Tell it and go on'],
    ['warn', 'Tell it and go on (said outright)'],
    ['fail', 'Fail the run'],
  ],
})}
<h2>When</h2>
${input({ ...of('cron'), label: 'Schedule', placeholder: '30 2 * * *', help: 'Five fields: minute, hour, day of month, month, day of week. Empty: started by hand.' })}
${input({ ...of('timezone'), label: 'Time zone of the schedule', placeholder: 'UTC', help: 'As in America/New_York. Empty: UTC.' })}
${area({ ...of('schedule_more'), rows: 3, label: 'More about the schedule (JSON)', help: html`<code>blackouts</code>, <code>jitter_minutes</code>, <code>run_on_startup</code>, or <code>every_seconds</code> in the place of five fields, as in <code>{"blackouts": [{"from": "07:00", "to": "19:00"}]}</code>.` })}
<h2>Else</h2>
${input({ ...of('target_source'), label: 'Name of the source in the CDM', help: 'For cdm_source. Empty: the name of the site.' })}
${area({ ...of('further'), rows: 6, label: 'Further settings (JSON)', help: html`The other keys of <code>sync_config</code>, as in <code>{"retention": {"chunks_days": 60}}</code>. <a href="/docs">The API document</a> has them all.` })}
</section></div>`;
}

async function create(visit: Visit, form: Form) {
  const texts = textsOfForm(form);
  const preset = PRESETS[form.text('preset') ?? ''];
  if (preset) return newPage(visit, { ...texts, ...preset.texts }, { note: preset.note });
  const read = bodyOf(texts);
  if ('faults' in read) return newPage(visit, texts, unreadable(read.faults));
  const way = texts['credentials'] ?? 'make';
  const secrets = secretsOf(form);
  const missing = missingSecret(way, secrets);
  if (missing) return newPage(visit, texts, unreadable(missing));
  const given = way === 'key' || way === 'secret' ? secrets : {};
  const { data, error, response } = await visit.api.POST('/api/v1/admin/fhir-connections', {
    body: { ...read.body, ...given } as Schemas['CreateConnection'],
  });
  if (!data) return newPage(visit, texts, toldOf({ data, error, response }));
  const id = data.connection_id;
  if (way !== 'make') return goTo(visit, `/admin/connections/${id}`, 'connection-created');
  have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/keys', { params: { path: { id } }, body: {} }),
  );
  return goTo(visit, `/admin/connections/${id}/keys`, 'connection-created-key');
}

function missingSecret(way: string, secrets: ReturnType<typeof secretsOf>): Faults | undefined {
  if (way === 'key' && !secrets.private_key_pem)
    return { private_key_pem: 'Paste the key, or choose its file.' };
  if (way === 'secret' && !secrets.client_secret) return { client_secret: 'Enter the secret.' };
  return undefined;
}

function unreadable(faults: Faults): Told {
  const errors = Object.entries(faults).map(([path, message]) => ({ path, message }));
  const text = errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
  return { faults, refused: new Refused(422, 'The form cannot be read', text, { errors }) };
}

/** What the API refused, by field. */
export function toldOf(answer: Parameters<typeof have>[0]): Told {
  try {
    have(answer);
    return {};
  } catch (error) {
    return toldOfError(error);
  }
}

function toldOfError(error: unknown): Told {
  const refused = refusalOf(error);
  if (refused.status >= 500) throw error;
  return { refused, faults: faultsByField(refused.errors) };
}

async function readResource(visit: Visit): Promise<Resource> {
  const id = visit.number('id');
  return have(await visit.api.GET('/api/v1/admin/fhir-connections/{id}', { params: { path: { id } } }));
}

async function settings(visit: Visit) {
  const resource = await readResource(visit);
  return settingsPage(visit, resource, { ...textsOf(resource), etag: etagOf(resource) });
}

function settingsPage(visit: Visit, resource: Resource, texts: Texts, { faults = {}, refused }: Told = {}) {
  const { connection_id: id, site_name } = resource;
  const mayChange = visit.may('update-fhir-connection', id) && resource.managed_by === null;
  return {
    title: site_name,
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${tabs(visit, id, 'settings')}${managed(resource)}${refusedBox(refused)}${
      mayChange
        ? html`<form method="post" action="/admin/connections/${id}/settings">${csrfField(visit)}
<input type="hidden" name="etag" value="${texts['etag'] ?? ''}" />${fields(texts, faults)}
<p><button class="main" name="step" value="review">Look at the changes</button></p></form>
<h2>Delete</h2><p>With all that it loaded. <a href="/admin/connections/${id}/delete">Delete this connection …</a></p>`
        : html`${resource.managed_by === null ? html`<p class="quiet">Only an admin may change these.</p>` : ''}${listed(resource)}`
    }`,
  };
}

function listed(resource: Resource): Html {
  const texts = textsOf(resource);
  return table({
    ...{ caption: 'Settings', quietCaption: true, rows: FIELDS.filter((name) => texts[name]), empty: '' },
    columns: [
      { head: 'Setting', names: true, cell: (name) => html`<code>${name}</code>` },
      { head: 'Value', cell: (name) => short(texts[name] ?? '', 1000) },
    ],
  });
}

async function change(visit: Visit, form: Form) {
  const resource = await readResource(visit);
  const texts = textsOfForm(form);
  const step = form.text('step');
  if (step === 'edit') return settingsPage(visit, resource, texts);
  const read = bodyOf(texts);
  if ('faults' in read) return settingsPage(visit, resource, texts, unreadable(read.faults));
  if (texts['etag'] !== etagOf(resource)) return conflict(visit, resource, texts, read.body);
  try {
    check(resource, read.body);
  } catch (error) {
    return settingsPage(visit, resource, texts, toldOfError(error));
  }
  if (step !== 'save')
    return await reviewPage(visit, resource, texts, { body: read.body, isTest: step === 'test' });
  const { connection_id: id } = resource;
  const answer = await visit.api.PUT('/api/v1/admin/fhir-connections/{id}', {
    params: { path: { id }, header: { 'if-match': texts['etag'] } },
    body: read.body as Schemas['UpdateConnection'],
  });
  if (answer.response.status === 412) return conflict(visit, await readResource(visit), texts, read.body);
  if (!answer.data) return settingsPage(visit, resource, texts, toldOf(answer));
  return goTo(visit, `/admin/connections/${id}`, 'connection-saved');
}

/** The checks of the API, before anything is saved. */
function check(resource: Resource, body: Body): void {
  const parsed = UpdateConnectionSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error);
  checkConnection(nextOf(resource, body));
}

function nextOf(resource: Resource, body: Body) {
  return { ...resource, ...givenFields(UpdateConnectionSchema.parse(body)) };
}

async function reviewPage(
  visit: Visit,
  resource: Resource,
  texts: Texts,
  { body, isTest }: { body: Body; isTest: boolean },
) {
  const { connection_id: id, site_name } = resource;
  const changes = changesOf(resource, body);
  const cleared = changedDestination(resource, nextOf(resource, body) as Resource);
  const tested = isTest ? await tryUnsaved(visit, id, body) : undefined;
  return {
    title: site_name,
    body: html`${tabs(visit, id, 'settings')}<h2>What changes</h2>
${changeTable(changes, 'Nothing differs from what is stored.')}
${cleared.length === 0 ? '' : html`<div class="box warn"><p>This changes where credentials go (${cleared.join(', ')}): the stored ones are cleared with it. Enter them again under Keys afterwards.</p></div>`}
${tested ?? ''}
<form method="post" action="/admin/connections/${id}/settings">${csrfField(visit)}${Object.entries(texts).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}<div class="actions">${changes.length === 0 ? '' : html`<button class="main" name="step" value="save">Save these changes</button>`}
<button name="step" value="edit">Go on editing</button>
${resource.fhir_base_url === null ? '' : html`<button name="step" value="test">Test them without saving</button>`}</div></form>`,
  };
}

async function tryUnsaved(visit: Visit, id: number, body: Body): Promise<Html> {
  const answer = await visit.api.POST('/api/v1/admin/fhir-connections/{id}/test', {
    ...{ params: { path: { id } }, body: body as Schemas['UpdateConnection'] },
  });
  if (!answer.data) return html`${refusedBox(toldOf(answer).refused)}`;
  const { status, steps } = answer.data;
  return html`<div class="box ${status === 'failed' ? 'bad' : status === 'warning' ? 'warn' : 'good'}" role="status"><ol>${steps.map(testStep)}</ol></div>`;
}

function changeTable(changes: readonly Change[], empty: string): Html {
  return table({
    ...{ caption: 'Settings before and after', rows: changes, empty, quietCaption: true },
    columns: [
      { head: 'Setting', names: true, cell: ({ name }) => html`<code>${name}</code>` },
      { head: 'Before', cell: ({ before }) => html`<del>${short(before, 500)}</del>` },
      { head: 'After', cell: ({ after }) => html`<ins>${short(after, 500)}</ins>` },
    ],
  });
}

/** Somebody saved meanwhile: what is stored now beside what was typed; saving again is a decision. */
function conflict(visit: Visit, resource: Resource, texts: Texts, body: Body) {
  const refused = new Refused(
    412,
    'Somebody changed the connection meanwhile',
    'The table shows what is stored now and what you typed. Nothing is saved yet: look at your changes again.',
    { code: 'connection-changed' },
  );
  const page = settingsPage(visit, resource, { ...texts, etag: etagOf(resource) }, { refused });
  return {
    ...page,
    body: html`${changeTable(changesOf(resource, body), 'What you typed is what is stored now.')}${page.body}`,
  };
}
