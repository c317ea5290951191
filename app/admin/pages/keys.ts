/** Keys of a connection: pairs made here with what to register at the EHR, and credentials that are brought. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { publicUrl } from '../../auth/public-url.ts';
import { tabs } from '../parts/connection.ts';
import { button, csrfField, input, select } from '../parts/form.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { stampOf } from '../parts/text.ts';
import { have, Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';
import { secretFields, secretsOf } from './connection-forms.ts';

export function mountKeys({ show, act }: Room): void {
  show('/admin/connections/:id/keys', 'list-connection-keys', async (visit) => keysPage(visit));
  act('/admin/connections/:id/keys', 'create-connection-key', make);
  act('/admin/connections/:id/keys/rotate', 'rotate-connection-keys', rotate);
  act('/admin/connections/:id/credentials', 'update-fhir-connection', store);
}

async function keysPage(visit: Visit, refused?: Refused) {
  const id = visit.number('id');
  const params = { path: { id } };
  const resource = have(await visit.api.GET('/api/v1/admin/fhir-connections/{id}', { params }));
  const { items } = have(await visit.api.GET('/api/v1/admin/fhir-connections/{id}/keys', { params }));
  const jwks = have(await visit.api.GET('/.well-known/jwks/{id}', { params }));
  const hasNext = items.some((key) => key.state === 'next');
  return {
    title: resource.site_name,
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${tabs(visit, id, 'keys')}
${refusedBox(refused)}
${cleared(resource)}
<h2>To register at the EHR</h2>${toRegister(visit, id, jwks)}
<h2>Key pairs made here</h2>${pairs(items)}
<div class="grid"><form method="post" action="/admin/connections/${id}/keys">${csrfField(visit)}
<h3>Make a key pair</h3><p class="help">${items.length === 0 ? 'It signs at once. A key that was entered is replaced.' : 'It is published and waits: let it sign once the EHR knows it.'}</p>
${select({
  name: 'algorithm',
  label: 'Algorithm',
  options: [
    ['ES384', 'ES384 (EC P-384)'],
    ['RS384', 'RS384 (RSA 3072)'],
  ],
})}
<button${items.length === 0 && !resource.has_private_key ? html` class="main"` : ''}>Make a key pair</button></form>
${
  hasNext
    ? html`<form method="post" action="/admin/connections/${id}/keys/rotate">${csrfField(visit)}
<h3>Let the next key sign</h3>${input({ name: 'overlap_days', label: 'Days that the key before stays published', type: 'number', value: '7', help: '0 after a leak.' })}
<button>Let it sign</button></form>`
    : ''
}</div>
<h2>Credentials that are brought</h2>
<p>${resource.has_private_key ? 'A private key is stored.' : 'No private key is stored.'} ${resource.has_client_secret ? 'A client secret is stored.' : 'No client secret is stored.'}</p>
<form method="post" action="/admin/connections/${id}/credentials" enctype="multipart/form-data">${csrfField(visit)}
${secretFields({})}<button>Store</button></form>`,
  };
}

function cleared({ credentials_cleared: settings }: Schemas['Connection']) {
  if (settings.length === 0) return '';
  return html`<div class="box warn"><p>The credentials were cleared, since ${settings.join(', ')} changed. Make or enter them again.</p></div>`;
}

function toRegister(visit: Visit, id: number, jwks: Schemas['JwkSet']) {
  if (jwks.keys.length === 0) return html`<p class="empty">There is no key yet. Make a pair below.</p>`;
  const address = new URL(`/.well-known/jwks/${id}`, publicUrl(visit.c)).href;
  return html`<p>Paste this JWK Set into the EHR's registration form, or give the address at which it is published: <code>${address}</code></p>
<pre id="jwks" tabindex="0" aria-label="JWK Set">${JSON.stringify(jwks, null, 2)}</pre>
<div class="actions"><button type="button" data-copy="jwks" data-script hidden>Copy</button>${visit.may('test-fhir-connection', id) ? button(visit, { action: `/admin/connections/${id}/test`, label: 'It is registered: test the connection' }) : ''}</div>`;
}

function pairs(items: Schemas['ConnectionKeys']['items']) {
  return table({
    ...{
      caption: 'Key pairs, the next one first',
      rows: items,
      quietCaption: true,
      empty: 'None was made here.',
    },
    columns: [
      { head: 'Key', names: true, cell: ({ kid }) => html`<code class="long">${kid}</code>` },
      { head: 'State', cell: (key) => state(key.state) },
      { head: 'Algorithm', cell: ({ algorithm }) => algorithm },
      { head: 'Made', cell: ({ made_at }) => stampOf(made_at) },
      { head: 'Signs from', cell: ({ signs_from }) => stampOf(signs_from) },
      { head: 'Published until', cell: ({ published_until }) => stampOf(published_until) },
    ],
  });
}

async function make(visit: Visit, form: Form) {
  const id = visit.number('id');
  const algorithm = form.text('algorithm') === 'RS384' ? 'RS384' : 'ES384';
  const answer = await visit.api.POST('/api/v1/admin/fhir-connections/{id}/keys', {
    ...{ params: { path: { id } }, body: { algorithm } },
  });
  return await orTell(visit, async () => have(answer), 'key-made');
}

async function rotate(visit: Visit, form: Form) {
  const id = visit.number('id');
  const answer = await visit.api.POST('/api/v1/admin/fhir-connections/{id}/keys/rotate', {
    ...{ params: { path: { id } }, body: { overlap_days: Number(form.text('overlap_days') ?? 7) } },
  });
  return await orTell(visit, async () => have(answer), 'keys-rotated');
}

async function store(visit: Visit, form: Form) {
  const id = visit.number('id');
  const secrets = secretsOf(form);
  return await orTell(
    visit,
    async () => {
      if (Object.keys(secrets).length === 0) {
        throw new Refused(422, 'Nothing was entered', 'Expected a key or a client secret.');
      }
      have(
        await visit.api.PUT('/api/v1/admin/fhir-connections/{id}', {
          params: { path: { id } },
          body: secrets,
        }),
      );
    },
    'credentials-saved',
  );
}

async function orTell(visit: Visit, what: () => Promise<unknown>, said: string) {
  try {
    await what();
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500 || refused.status === 404 || refused.status === 403) throw error;
    return await keysPage(visit, refused);
  }
  return goTo(visit, `/admin/connections/${visit.number('id')}/keys`, said);
}
