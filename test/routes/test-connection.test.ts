import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ec } from '../fhir/keys.ts';
import { startServer } from '../fhir/server.ts';
import { CONNECTIONS, startApi } from './api.ts';

const api = await startApi();
const server = await startServer();
afterAll(async () => {
  await api.close();
  await server.close();
});

const capability = {
  resourceType: 'CapabilityStatement',
  fhirVersion: '4.0.1',
  software: { name: 'Test EHR', version: '7.1' },
  rest: [
    { resource: [{ type: 'Group', operation: [{ name: 'export', definition: 'http://x/group-export' }] }] },
  ],
};

beforeEach(() => {
  server.on('/token', { json: { access_token: 'good', expires_in: 300 } });
  server.on('/fhir/.well-known/smart-configuration', { json: { token_endpoint: `${server.url}/token` } });
  server.on('/fhir/metadata', (request) =>
    request.headers.authorization === 'Bearer good' ? { json: capability } : { status: 401, text: '' },
  );
});

const test = async (fields: Record<string, unknown> = {}) => {
  const id = await api.connect({
    fhir_base_url: `${server.url}/fhir`,
    private_key_pem: ec('P-384').pkcs8,
    ...fields,
  });
  const answer = await api.call('POST', `${CONNECTIONS}/${id}/test`);
  expect(answer.status).toBe(200);
  return answer.json;
};
const statuses = (found: { steps: { step: string; status: string }[] }) =>
  Object.fromEntries(found.steps.map((step) => [step.step, step.status]));

describe('the test of a connection', () => {
  it('goes through discovery, assertion, token and metadata, and tells version and software of the server', async () => {
    expect(await test()).toEqual({
      status: 'ok',
      total_ms: expect.any(Number),
      fhir_version: '4.0.1',
      server_version: 'Test EHR 7.1',
      steps: [
        {
          step: 'discovery',
          status: 'ok',
          ms: expect.any(Number),
          code: null,
          detail: `The FHIR server names ${server.url}/token.`,
        },
        {
          step: 'jwt_assertion',
          status: 'ok',
          ms: expect.any(Number),
          code: null,
          detail: expect.stringMatching(/ES384, kid .*, aud http/),
        },
        {
          step: 'token_exchange',
          status: 'ok',
          ms: expect.any(Number),
          code: null,
          detail: 'Token for 300 s, scope system/*.read.',
        },
        {
          step: 'fhir_metadata',
          status: 'ok',
          ms: expect.any(Number),
          code: null,
          detail: 'FHIR 4.0.1, names export at group level.',
        },
      ],
    });
  });

  it('takes R4B for R4, and warns of R5, of drafts of it and of what is no version', async () => {
    const said: Record<string, [status: string, words: string]> = {
      '4.3.0': ['ok', 'FHIR 4.3.0 (R4B, read as R4), '],
      '4.6.0': ['warning', 'FHIR 4.6.0 (R5; R4 or R4B is expected: resources of another shape fail'],
      '5.0.0': ['warning', 'FHIR 5.0.0 (R5; R4 or R4B is expected: resources of another shape fail'],
      '3.0.2': ['warning', 'FHIR 3.0.2 (STU3; R4 or R4B is expected)'],
      four: ['warning', 'FHIR four (R4 or R4B is expected)'],
    };
    for (const [fhirVersion, [status, words]] of Object.entries(said)) {
      server.on('/fhir/metadata', { json: { ...capability, fhirVersion } });
      const found = await test();
      expect([fhirVersion, found.steps.at(-1)]).toMatchObject([
        fhirVersion,
        { step: 'fhir_metadata', status, detail: expect.stringContaining(words) },
      ]);
    }
  });

  it('warns when the metadata are refused although the token is good', async () => {
    server.on('/fhir/metadata', {
      status: 403,
      json: { resourceType: 'OperationOutcome', issue: [{ code: 'forbidden' }] },
    });
    const found = await test();
    expect(found).toMatchObject({ status: 'warning', fhir_version: null, server_version: null });
    expect(statuses(found)).toEqual({
      discovery: 'ok',
      jwt_assertion: 'ok',
      token_exchange: 'ok',
      fhir_metadata: 'warning',
    });
    expect(found.steps[3]).toMatchObject({
      ...{ code: 'metadata-refused' },
      detail: expect.stringContaining('403: OperationOutcome (error forbidden)'),
    });
  });

  it('warns when fewer scopes are granted than asked for', async () => {
    server.on('/token', { json: { access_token: 'good', expires_in: 300, scope: 'system/Patient.read' } });
    const found = await test();
    expect(statuses(found)).toMatchObject({ token_exchange: 'warning', fhir_metadata: 'ok' });
    expect(found.steps[2].detail).toContain('Not granted: system/*.read');
  });

  it('warns of another FHIR version', async () => {
    server.on('/fhir/metadata', { json: { ...capability, fhirVersion: '3.0.2' } });
    expect(statuses(await test())).toMatchObject({ fhir_metadata: 'warning' });
  });

  it('stops at a refused client and says what to check', async () => {
    server.on('/token', { status: 401, json: { error: 'invalid_client' } });
    const found = await test();
    expect(found.status).toBe('failed');
    expect(statuses(found)).toEqual({
      discovery: 'ok',
      jwt_assertion: 'ok',
      token_exchange: 'failed',
      fhir_metadata: 'skipped',
    });
    expect(found.steps[2].detail).toContain('client_id');
  });

  it('stops at once without credentials', async () => {
    expect(statuses(await test({ client_id: null }))).toEqual({
      discovery: 'ok',
      jwt_assertion: 'failed',
      token_exchange: 'skipped',
      fhir_metadata: 'skipped',
    });
  });

  it('fails in the discovery where no token endpoint is to be found', async () => {
    server.on('/fhir/.well-known/smart-configuration', { status: 404, text: '' });
    const found = await test();
    expect(statuses(found)).toEqual({
      discovery: 'failed',
      jwt_assertion: 'skipped',
      token_exchange: 'skipped',
      fhir_metadata: 'skipped',
    });
    expect(found.steps[0].detail).toContain('token endpoint');
  });

  it('says of a host that cannot be reached that the discovery failed, not the assertion', async () => {
    const found = await test({ fhir_base_url: 'http://127.0.0.1:1/fhir' });
    expect(statuses(found)).toMatchObject({ discovery: 'failed', jwt_assertion: 'skipped' });
    expect(found.steps[0].detail).toContain('could not be reached');
  });

  it('asks nobody for a token endpoint that the connection names', async () => {
    server.on('/fhir/.well-known/smart-configuration', { status: 404, text: '' });
    const found = await test({ token_endpoint: `${server.url}/token` });
    expect(statuses(found)).toMatchObject({ discovery: 'skipped', jwt_assertion: 'ok', fhir_metadata: 'ok' });
    expect(found.status).toBe('ok');
  });

  it('fails when the server is down or answers with a page', async () => {
    server.on('/fhir/metadata', { text: '<html>Welcome</html>' });
    expect(statuses(await test())).toMatchObject({ fhir_metadata: 'failed' });
    server.on('/fhir/metadata', { raw: (response) => void response.destroy() });
    expect(statuses(await test())).toMatchObject({ fhir_metadata: 'failed' });
  });

  it('makes no assertion where a client secret is used', async () => {
    const found = await test({ private_key_pem: null, client_secret: 'hush-hush' });
    expect(statuses(found)).toEqual({
      discovery: 'ok',
      jwt_assertion: 'skipped',
      token_exchange: 'ok',
      fhir_metadata: 'ok',
    });
    expect(found.status).toBe('ok');
  });

  it('says how a server without exports can be asked', async () => {
    server.on('/fhir/metadata', { json: { ...capability, rest: [{ resource: [{ type: 'Patient' }] }] } });
    expect(JSON.stringify(await test())).toContain('names no export operation. A server without exports');
  });

  it('looks up the Group that is to be exported, with the token', async () => {
    server.on('/fhir/Group/a%7Cb', ({ headers }) =>
      headers.authorization === 'Bearer good' ? { json: { resourceType: 'Group' } } : { status: 404 },
    );
    expect(statuses(await test({ group_id: 'a|b' }))).toMatchObject({ group: 'ok' });
    expect(statuses(await test({ group_id: 'a|b', sync_config: { level: 'system' } }))).not.toHaveProperty(
      'group',
    );
  });

  it.each([
    [404, 'warning', /with 404: OperationOutcome .*Check group_id/],
    [410, 'warning', /with 410/],
    [403, 'skipped', /could not be looked up \(403/],
    [501, 'skipped', /could not be looked up \(501/],
  ])('tells what it means when that is answered with %i', async (status, expected, words) => {
    const json = { resourceType: 'OperationOutcome', issue: [{ code: 'not-found' }] };
    server.on('/fhir/Group/lost', { status, json });
    const found = await test({ group_id: 'lost' });
    expect(statuses(found)).toMatchObject({ fhir_metadata: 'ok', group: expected });
    expect(found.status).toBe(expected === 'warning' ? 'warning' : 'ok');
    expect(found.steps[4].detail).toMatch(words);
  });

  it('answers 404 for a connection that is not there', async () => {
    expect(await api.call('POST', `${CONNECTIONS}/999999/test`)).toMatchObject({
      status: 404,
      json: { code: 'connection-not-found' },
    });
  });
});
