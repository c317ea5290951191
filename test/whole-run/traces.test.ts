/** Traces as a collector receives them: OTLP over HTTP, from two processes that work on one run. */

import { glob, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { openLog } from '../../jobs/log.ts';
import { measured } from '../../jobs/outbound/measured.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { doUnderWay } from '../../jobs/step/under-way.ts';
import { tick } from '../../jobs/tick.ts';
import { openTraces } from '../../jobs/traces.ts';
import { TOKEN } from '../routes/api.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes: { readonly key: string; readonly value: Record<string, unknown> }[];
}

const received: Sent[] = [];
const bodies: string[] = [];
const paths: string[] = [];
const collector = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const whole = Buffer.concat(parts);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString();
    paths.push(`${request.method} ${request.url}`);
    bodies.push(text);
    for (const { scopeSpans } of JSON.parse(text).resourceSpans) {
      for (const { spans } of scopeSpans) received.push(...spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
});

const world = await openTestWorld();
const about = { installation: 'test', version: '1' };
let site: Site;
let endpoint = '';
const attribute = ({ attributes }: Sent, key: string) =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  site = await world.site();
  site.ehr.load([patient('p'), observation('o', 'p')]);
});
afterAll(async () => {
  await world.close();
  await new Promise((resolve) => collector.close(resolve));
});

async function worker(): Promise<Deps> {
  const deps = world.worker();
  const traces = await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, about);
  return { ...deps, traces, outbound: measured(deps.outbound, { traces }) };
}

describe('traces', () => {
  it('of a run are one, through all steps, processes and requests', async () => {
    const workers = [await worker(), await worker()];
    const run_id = await site.start();
    let turn = 0;
    await drain(world.deps, world.clock, async () => {
      turn += 1;
      const deps = workers[turn % 2];
      if (deps) await tick(deps, () => false);
    });
    for (const { traces } of workers) await traces?.stop();
    expect(new Set(paths)).toEqual(new Set(['POST /v1/traces']));
    const ofRun = received.filter((span) => Number(attribute(span, 'fhir_omop.run_id')) === run_id);
    const traceIds = new Set(ofRun.map(({ traceId }) => traceId));
    expect(traceIds.size).toBe(1);
    const [root, ...more] = ofRun.filter(({ name }) => name.startsWith('run '));
    expect(more).toEqual([]);
    expect(root?.parentSpanId || undefined).toBeUndefined();
    expect(attribute(root as Sent, 'fhir_omop.run.status')).toBe('completed');
    const steps = ofRun.filter(({ name }) => name.startsWith('step '));
    expect(new Set(steps.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([root?.spanId]));
    expect([...new Set(steps.map(({ name }) => name))]).toEqual(
      expect.arrayContaining(['step export', 'step poll', 'step download', 'step map', 'step close']),
    );
    const ids = new Set(steps.map(({ spanId }) => spanId));
    const requests = received.filter((span) => span.kind === 3 && span.traceId === root?.traceId);
    expect(requests.length).toBeGreaterThanOrEqual(4);
    for (const span of requests) expect(ids.has(span.parentSpanId ?? '')).toBe(true);
  });

  it('say what a step failed for', async () => {
    received.length = 0;
    const deps = await worker();
    const refused = await world.site({ connection: { client_id: 'nobody' } });
    const run_id = await refused.start();
    await drain(world.deps, world.clock, () => tick(deps, () => false));
    await deps.traces?.stop();
    const root = received.find(({ name }) => name.startsWith('run '));
    expect(Number(attribute(root as Sent, 'fhir_omop.run_id'))).toBe(run_id);
    expect([root?.status?.code, attribute(root as Sent, 'error.type')]).toEqual([2, expect.any(String)]);
    const failed = received.filter((span) => attribute(span, 'fhir_omop.outcome') === 'failed');
    expect(failed.map(({ name }) => name)).toEqual(['step export']);
  });

  it('of the API go on with the trace of the caller, and name the route, not the address', async () => {
    received.length = 0;
    const traces = await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/` }, about);
    const app = createApp({ ...world.deps, traces, config: { adminToken: TOKEN } });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const path = `/api/v1/admin/fhir-connections/${site.id}`;
    const headers = { authorization: `Bearer ${TOKEN}` };
    await app.request(path, { headers: { ...headers, traceparent } });
    await app.request(path, { headers: { ...headers, traceparent: 'nonsense' } });
    await traces?.stop();
    const [first, second] = received;
    expect(first).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      name: 'GET /api/v1/admin/fhir-connections/:id',
    });
    expect(second?.parentSpanId || undefined).toBeUndefined();
    expect(second?.traceId).not.toBe(first?.traceId);
  });

  it('hold no token, address of a resource or id of a patient', () => {
    const all = bodies.join('');
    expect(all).toContain('127.0.0.1');
    expect(all).not.toContain('Bearer');
    expect(all).not.toContain(TOKEN);
    expect(all).not.toMatch(/Patient\/|\$export|_since/);
  });

  it('are absent without an endpoint, and their packages not loaded', async () => {
    expect(await openTraces({}, about)).toBeUndefined();
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' };
    expect(await openTraces(disabled, about)).toBeUndefined();
    const loading: string[] = [];
    for await (const file of glob('{app,jobs,sql}/**/*.ts')) {
      const text = await readFile(file, 'utf8');
      if (/^import (?!type)[^;]*'@opentelemetry/m.test(text)) loading.push(file);
    }
    expect(loading).toEqual([]);
  });
});

describe('the log', () => {
  it('says of each line within a step to which step, run and connection it belongs', async () => {
    const lines: string[] = [];
    const log = openLog({}, false, { write: (line: string) => void lines.push(line) });
    await doUnderWay({ step: 'map', run_id: 7, connection_id: 3 }, async () => {
      await Promise.resolve();
      log.info({ chunk_id: 9 }, 'inside');
      log.child({ more: 1 }).warn('inside as well');
    });
    log.info('outside');
    const read = lines.map((line) => JSON.parse(line));
    expect(read[0]).toMatchObject({ step: 'map', run_id: 7, connection_id: 3, chunk_id: 9, msg: 'inside' });
    expect(read[1]).toMatchObject({ step: 'map', run_id: 7, connection_id: 3, more: 1 });
    expect(read[2]).not.toHaveProperty('run_id');
    expect(pino.levels.labels[read[1].level]).toBe('warn');
  });
});
