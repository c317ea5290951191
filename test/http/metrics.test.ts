/** What Prometheus is given, by whom it may be asked for, and what dashboards and alerts rely on. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { METRICS, type MetricName, seriesOf } from '../../app/metrics/names.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { measuringTokens } from '../../jobs/measure-tokens.ts';
import { measured } from '../../jobs/outbound/measured.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openMeters } from '../../jobs/step/meters.ts';
import { inLongRun } from '../long-run.ts';
import { startApi, TOKEN } from '../routes/api.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';

const METRICS_TOKEN = 'a-token-for-the-scraper-1';
const NAMES = Object.keys(METRICS) as MetricName[];

const world = await openTestWorld();
const { sql } = world;
/** Two workers and an API process, each with figures of its own. */
const processes = [worker(), worker()] as const;
const apiMeters = openMeters({ sql });
const app = createApp({
  ...world.deps,
  meters: apiMeters,
  config: { adminToken: TOKEN, metricsToken: METRICS_TOKEN },
});
afterAll(async () => {
  await Promise.all([apiMeters.stop(), ...processes.map(({ meters }) => meters?.stop())]);
  await world.close();
});

function worker(): Deps {
  const deps = world.worker();
  const meters = openMeters({ sql });
  const outbound = measured(deps.outbound, { meters });
  const { keyring, clock } = deps;
  const tokens = measuringTokens(meters, createTokens({ keyring, clock, outbound }));
  return { ...deps, meters, outbound, tokens };
}

interface Read {
  readonly text: string;
  value(series: string): number | undefined;
  sum(name: string, label?: string): number;
}

async function scrape(): Promise<Read> {
  for (const { meters } of processes) await meters?.flush();
  const response = await app.request('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
  return {
    text,
    value: (series) => values.get(series),
    sum: (name, label = '') =>
      [...values]
        .filter(([series]) => series.replace(/\{.*/, '') === name && series.includes(label))
        .reduce((sum, [, value]) => sum + value, 0),
  };
}

describe('/metrics', () => {
  let site: Awaited<ReturnType<typeof world.site>>;
  let key = '';
  beforeAll(async () => {
    site = await world.site({ population: { seed: 'metrics', patients: 4 } });
    const [row] = await sql`select site_key from connection where connection_id = ${site.id}`;
    key = row?.['site_key'];
    site.ehr.load([patient('p'), observation('parked', 'nobody-yet')]);
    await site.start();
    let turn = 0;
    await drain(world.deps, world.clock, async () => {
      const { tick } = await import('../../jobs/tick.ts');
      turn += 1;
      let jobs = 0;
      // Each process takes a few jobs, then the other.
      await tick(
        processes[turn % 2] ?? processes[0],
        () => false,
        () => void jobs++,
      );
    });
    await app.request('/api/v1/admin/fhir-sync/dashboard', { headers: { authorization: `Bearer ${TOKEN}` } });
  });

  it('gives what views and table say of runs, resources, rows and connections', async () => {
    const read = await scrape();
    const [run] = await sql`select * from run_metrics where connection_id = ${site.id}`;
    expect(run?.['status']).toBe('completed');
    expect(read.value(`fhir_omop_runs_total{site_key="${key}",kind="export",status="completed"}`)).toBe(1);
    expect(read.value(`fhir_omop_resources_extracted_total{site_key="${key}"}`)).toBe(
      run?.['records_extracted'],
    );
    for (const [outcome, column] of [
      ['loaded', 'records_loaded'],
      ['excluded', 'records_excluded'],
      ['failed', 'records_failed'],
      ['parked', 'records_parked'],
      ['unchanged', 'records_skipped'],
    ] as const) {
      const series = `fhir_omop_resources_total{site_key="${key}",outcome="${outcome}"}`;
      expect([outcome, read.value(series)]).toEqual([outcome, run?.[column]]);
    }
    expect(read.value(`fhir_omop_rows_written_total{site_key="${key}"}`)).toBe(run?.['records_written']);
    expect(read.value(`fhir_omop_open_resources{site_key="${key}",state="parked"}`)).toBe(1);
    const [health] = await sql`select health from connection_health where connection_id = ${site.id}`;
    expect(read.value(`fhir_omop_connection_health{site_key="${key}",health="${health?.['health']}"}`)).toBe(
      1,
    );
    expect(read.sum('fhir_omop_connection_health', `site_key="${key}"`)).toBe(1);
    expect(read.value(`fhir_omop_data_age_seconds{site_key="${key}"}`)).toBeGreaterThanOrEqual(0);
    expect(read.value(`fhir_omop_run_duration_seconds_count{site_key="${key}",kind="export"}`)).toBe(1);
    expect(read.value('fhir_omop_database_bytes')).toBeGreaterThan(1_000_000);
  });

  it('adds up what several processes measured, and loses nothing when one ends', async () => {
    const read = await scrape();
    const [chunks] = await sql`select count(*)::int as n from chunk`;
    expect(read.value('fhir_omop_step_duration_seconds_count{step="map",outcome="done"}')).toBe(
      chunks?.['n'],
    );
    const buckets = 'fhir_omop_step_duration_seconds_bucket{step="map",outcome="done",le="+Inf"}';
    expect(read.value(buckets)).toBe(chunks?.['n']);
    expect(read.value('fhir_omop_step_duration_seconds_count{step="close",outcome="done"}')).toBe(1);
    const asked = read.sum('fhir_omop_ehr_request_duration_seconds_count', `site_key="${key}"`);
    expect(asked).toBeGreaterThanOrEqual(5);
    const api = 'fhir_omop_api_request_duration_seconds_count{operation="get-dashboard",answer="2xx"}';
    expect(read.value(api)).toBe(1);
    const later = openMeters({ sql });
    later.observe({ name: 'step', label: 'map', outcome: 'done' }, 0.02);
    later.observe({ name: 'step', label: 'map', outcome: 'done' }, 7200);
    await later.stop();
    const again = await scrape();
    expect(again.value('fhir_omop_step_duration_seconds_count{step="map",outcome="done"}')).toBe(
      chunks?.['n'] + 2,
    );
    const last = 'fhir_omop_step_duration_seconds_bucket{step="map",outcome="done",le="1800"}';
    expect(again.value(last)).toBe(chunks?.['n'] + 1);
  });

  it('counts tokens that were not to be had by their code', async () => {
    const refused = await world.site({ connection: { client_id: 'nobody' } });
    await refused.start();
    const { tick } = await import('../../jobs/tick.ts');
    await tick(processes[0], () => false);
    const read = await scrape();
    const [row] = await sql`select site_key from connection where connection_id = ${refused.id}`;
    expect(read.sum('fhir_omop_token_errors_total', `site_key="${row?.['site_key']}"`)).toBeGreaterThan(0);
  });

  it('is text that Prometheus reads: HELP and TYPE before the lines, labels as declared, one line a series', async () => {
    const { text } = await scrape();
    const told = new Set<string>();
    const seen = new Set<string>();
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
      if (type?.[1]) told.add(type[1]);
      if (line.startsWith('#')) continue;
      const match = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? -?[0-9.e+-]+$/.exec(line);
      expect(match, line).not.toBeNull();
      const [, name = '', labels = ''] = match ?? [];
      const metric = NAMES.find((one) => seriesOf(one).includes(name));
      expect(metric && told.has(metric), line).toBe(true);
      const names = [...labels.matchAll(/([a-z_]+)="/g)]
        .map(([, label]) => label)
        .filter((label) => label !== 'le');
      expect(names, line).toEqual([...METRICS[metric ?? 'fhir_omop_build_info'].labels]);
      expect(seen.has(line.slice(0, line.lastIndexOf(' '))), line).toBe(false);
      seen.add(line.slice(0, line.lastIndexOf(' ')));
    }
    expect([...told].sort()).toEqual([...NAMES].sort());
  });

  it('tells nothing of patients, servers or secrets', async () => {
    const { text } = await scrape();
    expect(text).not.toContain('nobody-yet');
    expect(text).not.toContain('127.0.0.1');
    expect(text).not.toContain(TOKEN);
  });

  it('forgets the figures of a connection that is deleted', async () => {
    const gone = await world.site();
    const meters = openMeters({ sql });
    meters.observe({ name: 'ehr-request', connection_id: gone.id, outcome: '2xx' }, 0.1);
    await meters.flush();
    await sql`delete from connection where connection_id = ${gone.id}`;
    meters.observe({ name: 'ehr-request', connection_id: gone.id, outcome: '2xx' }, 0.1);
    await meters.stop();
    expect((await sql`select count(*)::int as n from meter where connection_id = ${gone.id}`)[0]).toEqual({
      n: 0,
    });
  });
});

describe('whoever asks for /metrics', () => {
  it('needs METRICS_TOKEN where there is one, and no other token will do', async () => {
    const api = await startApi({ adminToken: TOKEN, metricsToken: METRICS_TOKEN });
    try {
      for (const token of [undefined, TOKEN, await api.tokenOf('admin')]) {
        expect((await api.send('GET', '/metrics', { token })).status).toBe(401);
      }
      expect((await api.send('GET', '/metrics', { token: METRICS_TOKEN })).status).toBe(200);
      // A scraper that was told of no token guesses nothing: it neither raises an alert nor locks out its neighbours.
      const [wrong] = await api.sql`select coalesce(sum(times), 0)::int as n from wrong_credential`;
      for (let i = 0; i < 3; i++) await api.send('GET', '/metrics', { address: '10.1.2.3' });
      const [still] = await api.sql`select coalesce(sum(times), 0)::int as n from wrong_credential`;
      expect(wrong?.['n']).toBeGreaterThan(0);
      expect(still).toEqual(wrong);
      expect((await api.send('GET', '/api/v1/admin/sync-runs', { token: METRICS_TOKEN })).status).toBe(401);
    } finally {
      await api.close();
    }
  });

  inLongRun(it)(
    'is counted as one who guesses where the token is wrong, and then no longer listened to',
    async () => {
      const api = await startApi({ metricsToken: METRICS_TOKEN });
      try {
        const ask = async (token: string, address: string) =>
          (await api.send('GET', '/metrics', { token, address })).status;
        for (let n = 0; n < 6; n++) expect(await ask(`${METRICS_TOKEN}${n}`, '10.1.2.3')).toBe(401);
        expect(await ask(METRICS_TOKEN, '10.1.2.3')).toBe(429);
        expect(await ask(METRICS_TOKEN, '10.1.2.4')).toBe(200);
      } finally {
        await api.close();
      }
    },
  );

  it('must be on the same machine where there is none, and not behind a proxy', async () => {
    const api = await startApi({ names: new Set(['omop.example.org']) });
    try {
      const ask = async (address?: string, headers: Record<string, string> = {}) =>
        (await api.send('GET', '/metrics', { headers, ...(address ? { address } : {}) })).status;
      expect(await ask('127.0.0.1')).toBe(200);
      expect(await ask('10.1.2.3')).toBe(404);
      expect(await ask()).toBe(404);
      for (const header of ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'via'])
        expect(await ask('127.0.0.1', { [header]: 'localhost' }), header).toBe(404);
      // A proxy on this machine that says nothing of itself, but hands on the name that was asked for.
      expect(await ask('127.0.0.1', { host: 'omop.example.org' })).toBe(404);
      expect(await ask('127.0.0.1', { host: 'localhost:8080' })).toBe(200);
      expect(await ask('::1', { host: '[::1]:8080' })).toBe(200);
    } finally {
      await api.close();
    }
  });
});

describe('the dashboard and the alert rules', () => {
  const series = new Set(NAMES.flatMap(seriesOf));
  const labels = new Set<string>(NAMES.flatMap((name) => [...METRICS[name].labels]));
  const read = (name: string) => readFile(new URL(`../../app/metrics/${name}`, import.meta.url), 'utf8');

  function unknown(expressions: readonly string[]): string[] {
    const found = expressions.flatMap((expression) => [
      ...[...expression.matchAll(/\b(?:fhir_omop|process)_[a-z_]+\b/g)].map(([name]) => ({
        name,
        of: series,
      })),
      ...[...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(',').map((name) => ({ name: name.trim(), of: labels })),
      ),
      ...[...expression.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => ({
        name,
        of: labels,
      })),
    ]);
    return found.filter(({ name, of }) => name !== 'le' && !of.has(name)).map(({ name }) => name);
  }

  it('ask only for metrics and labels that there are', async () => {
    const dashboard = JSON.parse(await read('grafana.json'));
    const asked = dashboard.panels.flatMap((panel: { targets?: { expr: string }[] }) =>
      (panel.targets ?? []).map(({ expr }) => expr),
    );
    expect(asked.length).toBeGreaterThan(15);
    expect(unknown(asked)).toEqual([]);
    const rules = await read('alerts.yml');
    const expressions = [...rules.matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm)].map(
      ([, folded, plain]) => folded ?? plain ?? '',
    );
    expect(expressions.length).toBe([...rules.matchAll(/- alert:/g)].length);
    expect(unknown(expressions)).toEqual([]);
    expect(unknown(['fhir_omop_nonsense{nobody="1"}', 'sum by (nowhere) (x)'])).toEqual([
      'fhir_omop_nonsense',
      'nobody',
      'nowhere',
    ]);
  });

  it('name states and codes that there are', async () => {
    const rules = await read('alerts.yml');
    const named = [...rules.matchAll(/health=~"([^"]+)"/g)].flatMap(([, list = '']) => list.split('|'));
    const { text } = await scrape();
    for (const state of named) expect(text).toContain(`health="${state}"`);
  });
});
