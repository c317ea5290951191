/** The steps of a connection's test by name, and what to do where one fails, in the words of the forms. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { state } from './state.ts';
import { count, short } from './text.ts';

type Step = Schemas['ConnectionTest']['steps'][number];

const STEPS: Readonly<Record<Step['step'], readonly [name: string, whenItFails: string]>> = {
  discovery: [
    'Find the token endpoint',
    'Open the base URL with /.well-known/smart-configuration after it: it must answer with JSON. Else name the token endpoint in the settings.',
  ],
  jwt_assertion: [
    'Sign an assertion with our key',
    'Look at the client id and the key: the Keys page makes a pair, or takes yours.',
  ],
  token_exchange: [
    'Exchange it for a token',
    'The EHR must know the public half of this key, this client id and these scopes. Compare its registration with the Keys page.',
  ],
  fhir_metadata: ["Read the server's metadata", 'Look at the base URL; it ends where /metadata is added.'],
  group: ['Find the Group', 'Look at the Group id, and whether the client may see it.'],
};

const HOSTS =
  'If the host is the EHR\'s, put it into "Further hosts for credentials and token" in the settings.';
const WAY =
  'Look at the base URL, then at the way there from this server: name service, firewall, proxy, certificate.';
const KEYS = 'Make a key pair, or enter credentials, on the Keys page.';

/** What went wrong says more than the step in which it did. */
const TODOS: Readonly<Record<string, string>> = {
  'address-refused':
    'If it is the right server, put this address into "Private addresses that may be reached" in the settings.',
  ...{ 'audience-foreign': HOSTS, 'token-endpoint-foreign': HOSTS, 'token-host-foreign': HOSTS },
  ...{ 'network-unreachable': WAY, 'network-error': WAY, 'network-timeout': WAY, 'certificate-refused': WAY },
  ...{ 'credentials-missing': KEYS, 'credentials-cleared': KEYS, 'private-key-invalid': KEYS },
  'token-invalid-scope': 'Ask in the settings for scopes that the EHR has registered for this client.',
};

function explained({ step, code }: Pick<Step, 'step' | 'code'>): { name: string; todo: string } {
  const [name, whenItFails] = STEPS[step];
  return { name, todo: (code === null ? undefined : TODOS[code]) ?? whenItFails };
}

/** One step, for a list of them. */
export function testStep(of: Step) {
  const { status: how, detail, ms } = of;
  const { name, todo } = explained(of);
  return html`<li><p>${state(how)} <strong>${name}</strong> <span class="quiet">${count(ms)} ms</span><br />${short(detail, 800)}${
    how === 'failed' ? html`<br /><strong>To do:</strong> ${todo}` : ''
  }</p></li>`;
}
