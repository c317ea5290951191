import { afterAll, expect, it } from 'vitest';
import { rsa } from '../fhir/keys.ts';
import { startServer } from '../fhir/server.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { CONNECTIONS, startApi, TOKEN } from './api.ts';

const api = await startApi();
const server = await startServer();
afterAll(async () => {
  await api.close();
  await server.close();
});

const { pkcs8 } = rsa();
const SECRETS = {
  'private key': pkcs8.split('\n')[3] ?? '',
  'client secret': 'c1ient-s3cret-text',
  'access token': 'acce55-t0ken-text',
  'admin token': TOKEN,
};

it('a secret is in no answer, no log line, no job and no readable column', async () => {
  server.on('/token', { json: { access_token: SECRETS['access token'], expires_in: 300 } });
  server.on('/fhir/metadata', { status: 403, text: `no: ${SECRETS['access token']}` });
  const answers: string[] = [];
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await api.call(method, path, body);
    answers.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  const body = {
    site_name: 'Site',
    site_key: 'site',
    fhir_base_url: `${server.url}/fhir`,
    token_endpoint: `${server.url}/token`,
    client_id: 'us',
    private_key_pem: pkcs8,
    client_secret: SECRETS['client secret'],
    sync_config: { schedule: { cron: '0 3 * * *' }, allowed_networks: LOOPBACK },
  };
  const { connection_id } = (await call('POST', CONNECTIONS, body)).json;
  const path = `${CONNECTIONS}/${connection_id}`;
  expect((await call('GET', path)).json).toMatchObject({ has_private_key: true, has_client_secret: true });
  await call('GET', CONNECTIONS);
  await call('PUT', path, { private_key_pem: pkcs8, client_secret: SECRETS['client secret'] });
  await call('POST', CONNECTIONS, body);
  await call('POST', CONNECTIONS, { ...body, site_key: 'Bad Key', unknown: SECRETS['client secret'] });
  await call('PUT', path, { private_key_pem: `${pkcs8.slice(0, 300)}\n-----END PRIVATE KEY-----` });
  expect((await call('POST', `${path}/test`)).json.status).toBe('warning');
  await call('PUT', path, {
    sync_config: { auth: { token_auth: 'client_secret_post' }, allowed_networks: LOOPBACK },
  });
  expect((await call('POST', `${path}/test`)).json.status).toBe('warning');
  expect((await call('POST', `${path}/sync`)).status).toBe(202);
  await call('GET', `${path}/sync-runs?token=${SECRETS['client secret']}`);

  const jobs = await api.sql`select j::text as row from pgboss.job j`;
  expect(jobs.length).toBeGreaterThan(0);
  const others = await api.sql`
    select c::text as row from connection c
    union all select a::text from audit a
    union all select r::text from run r
    union all select s::text from sync_schedule s`;
  const places = {
    answers: answers.join('\n'),
    log: api.logged(),
    jobs: JSON.stringify(jobs),
    tables: JSON.stringify(others),
  };
  expect(places.log).toContain('"request"');
  for (const [what, secret] of Object.entries(SECRETS)) {
    expect(secret.length).toBeGreaterThan(10);
    for (const [where, text] of Object.entries(places)) {
      expect(text.includes(secret), `${what} in ${where}`).toBe(false);
    }
  }
  // They were really used.
  expect(
    server.seen.some((request) => request.headers.authorization?.includes(SECRETS['access token'])),
  ).toBe(true);
  expect(server.seen.some((request) => request.body.includes(SECRETS['client secret']))).toBe(true);
});
