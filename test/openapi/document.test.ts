import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { serveApp } from '../../app/serve.ts';
import { drifted, generate } from '../../openapi/build.ts';
import { createClient, type Schemas } from '../../openapi/client/index.ts';
import { inLongRun } from '../long-run.ts';
import { answerOf, startApi, type TestApi, TOKEN } from '../routes/api.ts';

interface Schema {
  description?: string;
  type?: string;
  minimum?: number;
  maximum?: number;
  default?: unknown;
}
interface Operation {
  operationId: string;
  tags: string[];
  summary?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; description?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<
    string,
    { description: string; headers?: Record<string, unknown>; content?: Record<string, unknown> }
  >;
}
type Document = {
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

const files = await generate();
const document: Document = JSON.parse(files[0]?.content ?? '');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
/** Numbers in paths and queries. */
const numbers = operations.flatMap((one) =>
  (one.operation.parameters ?? [])
    .filter(({ schema }) => schema?.type === 'integer' || schema?.type === 'number')
    .map((parameter) => ({ ...one, ...parameter })),
);
/** Of operations that need one. */
const BODIES: Readonly<Record<string, string>> = {
  'sync-patients': '{"patient_id":"p"}',
  'confirm-reconciliation': '{"vanished":0}',
  'start-purge': '{"patient_id":"p","reason":"opt-out"}',
};

const underToken = operations.filter(({ path }) => path.startsWith('/api/'));

describe('the document', () => {
  it('and the client made from it are current', async () => {
    expect(await drifted(files)).toEqual([]);
  });

  it('is found not to be current when a file differs', async () => {
    const [first] = files;
    if (!first) throw new Error('nothing was generated');
    expect(await drifted([{ ...first, content: '{}' }])).toEqual(['openapi/openapi.json']);
  });

  inLongRun(it)('passes the rules of redocly, recommended and strict', async () => {
    const redocly = fileURLToPath(new URL('../../node_modules/.bin/redocly', import.meta.url));
    const folder = fileURLToPath(new URL('../../openapi', import.meta.url));
    const run = promisify(execFile)(redocly, ['lint', '--format', 'codeframe', 'openapi.json'], {
      cwd: folder,
      env: {
        ...{ PATH: process.env['PATH'], REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    });
    const said = await run.catch((error: { stdout: string; stderr: string }) => error);
    expect(`${said.stdout}${said.stderr}`).toContain('Your API description is valid');
  });

  it('writes patterns that every reader of JSON Schema knows, without flags and unicode classes', () => {
    const patterns = [...(files[0]?.content ?? '').matchAll(/"pattern": "(.*)"/g)].map(([, found]) => found);
    expect(patterns.length).toBeGreaterThan(10);
    expect(patterns.filter((found) => /\/[a-z]*$|\\\\p\{/i.test(found ?? ''))).toEqual([]);
  });

  it('says the least and the greatest value of each number in a path or query', () => {
    expect(numbers.length).toBeGreaterThan(80);
    const bare = numbers.filter(
      ({ schema }) => schema?.minimum === undefined || schema.maximum === undefined,
    );
    expect(bare.map(({ operation, name }) => `${operation.operationId} ${name}`)).toEqual([]);
  });

  it('says what a number in a query is where it is left out', () => {
    const limits = operations.flatMap(({ operation }) =>
      (operation.parameters ?? []).filter(({ name }) => ['limit', 'offset', 'budget_seconds'].includes(name)),
    );
    expect(limits.length).toBeGreaterThan(20);
    expect(limits.filter(({ schema }) => typeof schema?.default !== 'number')).toEqual([]);
  });

  it('names each operation after its file', async () => {
    const names = (await readdir(new URL('../../app/routes/', import.meta.url)))
      .map((name) => name.replace('.ts', ''))
      .filter((name) => name !== 'index');
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(names.sort());
  });

  it('describes the kinds of operations that there are, and no others', () => {
    const described = document.tags.map(({ name }) => name);
    const used = operations.flatMap(({ operation }) => operation.tags);
    expect([...new Set(used)].sort()).toEqual(described.sort());
  });

  it('describes every field, parameter and answer', () => {
    const bare: string[] = [];
    const look = (schema: unknown, at: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('properties' in schema && typeof schema.properties === 'object') {
        for (const [name, field] of Object.entries(schema.properties ?? {})) {
          const described =
            typeof field === 'object' && field !== null && ('description' in field || '$ref' in field);
          if (!described) bare.push(`${at}.${name}`);
        }
      }
      for (const [key, part] of Object.entries(schema)) look(part, `${at}.${key}`);
    };
    look(document.components.schemas, 'schemas');
    for (const { operation } of operations) {
      look(operation.responses, operation.operationId);
      if (!operation.summary) bare.push(operation.operationId);
      for (const parameter of operation.parameters ?? []) {
        if (!parameter.description && !parameter.schema?.description)
          bare.push(`${operation.operationId} ${parameter.name}`);
      }
    }
    expect(bare).toEqual([]);
  });

  it('says of each answer 202 where to follow what was started, and of each 503 when to ask again', () => {
    const lacking = operations.flatMap(({ operation: { operationId, responses } }) => [
      ...(responses['202'] && !responses['202'].headers?.['Location'] ? [`${operationId} 202`] : []),
      ...(responses['503'] && !responses['503'].headers?.['Retry-After'] ? [`${operationId} 503`] : []),
    ]);
    expect(lacking).toEqual([]);
  });

  it('takes an Idempotency-Key wherever a run or a load is started', () => {
    const without = operations
      .filter(({ method, operation }) => method === 'POST' && operation.responses['202'] !== undefined)
      .filter(({ operation }) => !operation.parameters?.some(({ name }) => name === 'idempotency-key'))
      .map(({ operation }) => operation.operationId);
    expect(without).toEqual(['cancel-sync-run']);
  });

  it('takes one of whatever cannot be done twice, and says what it answers because of it', () => {
    const takes = operations.filter(({ operation }) =>
      operation.parameters?.some(({ name }) => name === 'idempotency-key'),
    );
    const names = takes.map(({ operation }) => operation.operationId);
    expect(names).toEqual(
      expect.arrayContaining(['map-unmapped-codes', 'delete-fhir-connection', 'approve-request']),
    );
    for (const { operation } of takes) {
      const { operationId, responses } = operation;
      expect(responses['422']?.description, operationId).toContain('`idempotency-key-reused`');
      expect(responses['409']?.description, operationId).toContain('`idempotency-key-busy`');
      expect(responses['409']?.description, operationId).toContain('`idempotency-answer-lost`');
    }
  });

  it('has the paths that its users know', () => {
    expect(Object.keys(document.paths).sort()).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/jwks/{id}',
      '/api/v1/admin/alerts',
      '/api/v1/admin/alerts/{id}/acknowledge',
      '/api/v1/admin/approvals',
      '/api/v1/admin/approvals/{aid}',
      '/api/v1/admin/approvals/{aid}/approve',
      '/api/v1/admin/approvals/{aid}/refuse',
      '/api/v1/admin/audit',
      '/api/v1/admin/audit/acknowledgements',
      '/api/v1/admin/audit/export',
      '/api/v1/admin/audit/verification',
      '/api/v1/admin/fhir-connections',
      '/api/v1/admin/fhir-connections/{id}',
      '/api/v1/admin/fhir-connections/{id}/ask-again',
      '/api/v1/admin/fhir-connections/{id}/exclusions',
      '/api/v1/admin/fhir-connections/{id}/failures',
      '/api/v1/admin/fhir-connections/{id}/health',
      '/api/v1/admin/fhir-connections/{id}/keys',
      '/api/v1/admin/fhir-connections/{id}/keys/rotate',
      '/api/v1/admin/fhir-connections/{id}/parked',
      '/api/v1/admin/fhir-connections/{id}/patients/sync',
      '/api/v1/admin/fhir-connections/{id}/purges',
      '/api/v1/admin/fhir-connections/{id}/purges/{pid}',
      '/api/v1/admin/fhir-connections/{id}/reconcile',
      '/api/v1/admin/fhir-connections/{id}/reconciliations',
      '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}',
      '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm',
      '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/vanished',
      '/api/v1/admin/fhir-connections/{id}/redrive',
      '/api/v1/admin/fhir-connections/{id}/schedule',
      '/api/v1/admin/fhir-connections/{id}/server-text',
      '/api/v1/admin/fhir-connections/{id}/sync',
      '/api/v1/admin/fhir-connections/{id}/sync-runs',
      '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}',
      '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel',
      '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry',
      '/api/v1/admin/fhir-connections/{id}/test',
      '/api/v1/admin/fhir-sync/dashboard',
      '/api/v1/admin/quality/dqd',
      '/api/v1/admin/quality/dqd/passes',
      '/api/v1/admin/quality/dqd/passes/{pass}',
      '/api/v1/admin/quality/dqd/passes/{pass}/cancel',
      '/api/v1/admin/quality/dqd/thresholds',
      '/api/v1/admin/quality/dqd/thresholds/{check_id}',
      '/api/v1/admin/sync-runs',
      '/api/v1/admin/tokens',
      '/api/v1/admin/tokens/{tid}',
      '/api/v1/admin/vocabulary/loads',
      '/api/v1/admin/vocabulary/loads/{lid}',
      '/api/v1/admin/vocabulary/local-maps',
      '/api/v1/admin/vocabulary/local-maps/export',
      '/api/v1/admin/vocabulary/local-maps/import',
      '/api/v1/admin/vocabulary/local-maps/{map_id}',
      '/api/v1/admin/vocabulary/remap',
      '/api/v1/admin/vocabulary/unmapped',
      '/api/v1/admin/vocabulary/unmapped/export',
      '/api/v1/admin/vocabulary/unmapped/map',
      '/api/v1/admin/vocabulary/unmapped/{code_id}/map',
      '/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions',
      '/api/v1/admin/webhooks',
      '/api/v1/admin/webhooks/{wid}',
      '/api/v1/admin/webhooks/{wid}/deliveries',
      '/api/v1/admin/webhooks/{wid}/test',
      '/api/v1/vocabulary/concepts/{id}',
      '/api/v1/vocabulary/release',
      '/api/v1/vocabulary/search',
      '/api/v1/vocabulary/source-to-standard',
      '/api/v1/vocabulary/source-to-standard/batch',
      '/healthz',
      '/internal/tick',
      '/metrics',
      '/readyz',
    ]);
  });

  it('never shows a secret in an answer', () => {
    expect(JSON.stringify(document.components.schemas['Connection'])).not.toMatch(
      /private_key_pem|"client_secret"/,
    );
  });
});

describe('every route', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const target = (path: string, id: string) => path.replaceAll(/\{[a-z]?id\}/g, id);
  const bearer = { authorization: `Bearer ${TOKEN}` };

  async function answersAsDocumented(
    { path, method, operation }: (typeof operations)[number],
    status: number,
    init: { id?: string; query?: string; headers?: Record<string, string>; body?: string },
  ): Promise<void> {
    const { id = '1', query = '', ...rest } = init;
    const answer = await answerOf(await api.app.request(target(path, id) + query, { method, ...rest }));
    expect(answer.status, `${operation.operationId}: ${answer.text}`).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Object.keys(operation.responses), operation.operationId).toContain(String(status));
    expect(operation.responses[status]?.content).toHaveProperty(['application/problem+json']);
  }

  it('under /api answers 401 without the token', async () => {
    expect(underToken.length).toBeGreaterThan(20);
    for (const one of underToken) await answersAsDocumented(one, 401, {});
  });

  it('with an id answers 400 to one that is no number and 404 to one that is not there', async () => {
    const withId = underToken.filter(({ path }) => path.includes('{id}'));
    expect(withId.length).toBeGreaterThanOrEqual(10);
    for (const one of withId) {
      const example = one.method === 'PUT' ? '{}' : BODIES[one.operation.operationId];
      const body = example ? { body: example } : {};
      const headers = { ...bearer, ...(example ? { 'content-type': 'application/json' } : {}) };
      for (const id of ['abc', '0', '1.5', '99999999999999999999']) {
        await answersAsDocumented(one, 400, { id, headers, ...body });
      }
      await answersAsDocumented(one, 404, { id: '999999', headers, ...body });
    }
  });

  it('answers 400 to a number beyond the bounds that the document says, and names it', async () => {
    for (const one of numbers.filter(({ path, method }) => method === 'GET' && path.startsWith('/api/'))) {
      const { path, name, schema, operation } = one;
      for (const beyond of [(schema?.minimum ?? 0) - 1, (schema?.maximum ?? 0) + 1]) {
        const isInPath = one.in === 'path';
        const filled = target(isInPath ? path.replace(`{${name}}`, String(beyond)) : path, '1');
        const answer = await api.app.request(isInPath ? filled : `${filled}?${name}=${beyond}`, {
          headers: bearer,
        });
        const { errors = [] } = (await answer.json()) as { errors?: { path: string }[] };
        const said = { status: answer.status, names: errors.some((fault) => fault.path === name) };
        expect(said, `${operation.operationId} ${name} ${beyond}`).toEqual({ status: 400, names: true });
      }
    }
  });

  it('with a body answers 400, 413 and 415 to bad ones', async () => {
    const withBody = underToken.filter(
      ({ operation }) => operation.requestBody?.content['application/json'] !== undefined,
    );
    expect(withBody.length).toBeGreaterThanOrEqual(6);
    const headers = { ...bearer, 'content-type': 'application/json' };
    for (const one of withBody) {
      await answersAsDocumented(one, 400, { headers, body: '{"a":' });
      await answersAsDocumented(one, 400, { headers, body: '{"unheard_of":1}' });
      await answersAsDocumented(one, 413, { headers, body: `{"a":"${'x'.repeat(1024 * 1024)}"}` });
      await answersAsDocumented(one, 415, {
        headers: { ...bearer, 'content-type': 'text/plain' },
        body: 'x',
      });
    }
  });

  it('answers 400 to a query parameter that it does not have, and names it', async () => {
    for (const one of underToken) {
      const { path, method, operation } = one;
      const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      await answersAsDocumented(one, 400, { headers: bearer, query: '?nonsense=1' });
      const answer = await api.app.request(`${target(path, '1')}?nonsense=1`, { method, headers: bearer });
      const { detail } = (await answer.json()) as { detail: string };
      expect(detail).toContain('nonsense: Unknown query parameter');
      for (const { name } of known) expect(detail).toContain(name);
    }
  });

  it('that lists answers 400 to a bad page', async () => {
    const lists = underToken.filter(({ operation }) =>
      operation.parameters?.some(({ name }) => name === 'cursor'),
    );
    expect(lists.length).toBeGreaterThanOrEqual(2);
    for (const one of lists) {
      for (const query of ['?limit=0', '?limit=501', '?limit=many', '?cursor=nonsense']) {
        await answersAsDocumented(one, 400, { headers: bearer, query });
      }
    }
  });
});

describe('the client', () => {
  inLongRun(it)('talks to a server over HTTP, typed by the document', async () => {
    const api = await startApi();
    const serving = await serveApp(api.app, { host: '127.0.0.1', port: 0 });
    try {
      const client = createClient({ baseUrl: serving.url, token: TOKEN });
      const created = await client.POST('/api/v1/admin/fhir-connections', {
        body: { site_name: 'Mercy', site_key: 'mercy', sync_config: { limits: { parallel_downloads: 2 } } },
      });
      expectTypeOf(created.data).toEqualTypeOf<Schemas['Connection'] | undefined>();
      expect(created.data).toMatchObject({ site_key: 'mercy', has_private_key: false });
      const missing = await client.GET('/api/v1/admin/fhir-connections/{id}', {
        params: { path: { id: 999_999 } },
      });
      expectTypeOf(missing.error).toEqualTypeOf<Schemas['Problem'] | undefined>();
      expect(missing.error).toMatchObject({ code: 'connection-not-found' });
      const runs = await client.GET('/api/v1/admin/fhir-connections/{id}/sync-runs', {
        params: {
          path: { id: created.data?.connection_id ?? 0 },
          query: { status: ['failed', 'completed'], limit: 5 },
        },
      });
      expect(runs.data).toEqual({ items: [], next_cursor: null, next: null });
    } finally {
      await serving.close();
      await api.close();
    }
  });

  it('is generated from the committed document', async () => {
    const committed = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(document);
  });
});
