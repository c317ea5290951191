/** Manifests and status answers as servers really give them, beside what the guide says. */
import { setDefaultCACertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../ehr/certificate.ts';
import type { FaultRule } from '../ehr/server.ts';
import { few } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld, type RunRow, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

const watermarkOf = async (one: Site) =>
  (await sql`select watermark from connection where connection_id = ${one.id}`)[0]?.['watermark'];
const failuresOf = (run: RunRow) => sql`
  select reason, resource_type, field, file_no, line, resolved_at is not null as resolved
  from failures where run_id = ${run['run_id']} order by failure_id`;
const noticesOf = (run: RunRow) =>
  sql`select code, amount from run_notice where run_id = ${run['run_id']} order by code`;
const requests = (one: Site, kind: string) => one.ehr.requests.filter((request) => request.kind === kind);

/** A change to each manifest from now on. */
const manifest = (change: (manifest: Record<string, unknown>) => unknown, times = 9): FaultRule => ({
  ...{ on: 'status', times },
  do: { manifest: change },
});
const entries = (value: unknown): Record<string, unknown>[] => [value].flat().map((one) => Object(one));

describe('a manifest without a list of files', () => {
  few(it, 1).each<[string, (manifest: Record<string, unknown>) => unknown]>([
    ['without output', ({ output: _, ...others }) => others],
    ['whose output is null', (whole) => ({ ...whole, output: null })],
  ])('(%s) says that nothing is new to an incremental sync', async (_, change) => {
    const one = await site();
    await one.sync();
    clock.advance(60);
    one.ehr.faults.push(manifest(change));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'incremental', records_extracted: 0 });
    expect([await failuresOf(run), await noticesOf(run)]).toEqual([[], []]);
    expect(await watermarkOf(one)).toBe(run['transaction_time']);
  });

  it('is not believed where all was asked for: the watermark is held, and the next sync asks again', async () => {
    const one = await site();
    one.ehr.faults.push(manifest(({ output: _, ...others }) => others, 1));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'full', records_extracted: 0 });
    const failure = { resource_type: null, field: null, file_no: null, line: null };
    expect(await failuresOf(run)).toEqual([
      { ...failure, reason: 'manifest-without-output', resolved: false },
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'manifest-without-output', amount: 1 }]);
    expect(await watermarkOf(one)).toBeNull();
    expect(await one.sync()).toMatchObject({ mode: 'full', records_loaded: 2 });
    expect(await failuresOf(run)).toEqual([
      { ...failure, reason: 'manifest-without-output', resolved: true },
    ]);
  });

  it('is not believed of one page of several either', async () => {
    const one = await site({ pageSize: 1 });
    one.ehr.faults.push(manifest(({ output: _, ...others }) => others, 1));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: 1 });
    expect(await failuresOf(run)).toMatchObject([{ reason: 'manifest-without-output' }]);
    expect(await watermarkOf(one)).toBeNull();
  });

  it('but with another shape in its place is no manifest', async () => {
    const one = await site();
    one.ehr.faults.push(manifest((whole) => ({ ...whole, output: {} })));
    expect(await one.sync()).toMatchObject({ status: 'failed', error_code: 'manifest-unreadable' });
  });
});

describe('an entry of a manifest that does not say where its file is', () => {
  few(it, 1).each([
    { type: 'OperationOutcome' },
    { type: 'OperationOutcome', url: null },
    { url: '' },
    null,
    'text',
  ])('holds the watermark as an error of which no more is known: %j', async (entry) => {
    const one = await site();
    one.ehr.faults.push(manifest((whole) => ({ ...whole, error: [entry] })));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2, records_failed: 0 });
    expect(await failuresOf(run)).toMatchObject([
      {
        reason: 'server-reported-error',
        resource_type: 'OperationOutcome',
        field: 'no-url',
        file_no: null,
      },
    ]);
    expect(await watermarkOf(one)).toBeNull();
  });

  it('holds it as output or deletions, and the other files are loaded', async () => {
    const one = await site();
    one.ehr.faults.push(
      manifest(({ output, ...others }) => ({
        ...others,
        output: [...entries(output), { type: 'Condition', count: 3 }],
        deleted: [{ type: 'Bundle' }],
      })),
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await failuresOf(run)).toMatchObject([
      { reason: 'manifest-entry-without-url', resource_type: 'Condition', field: 'output' },
      { reason: 'manifest-entry-without-url', resource_type: 'Bundle', field: 'deleted' },
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'manifest-entry-without-url', amount: 2 }]);
    expect(await watermarkOf(one)).toBeNull();
  });

  it('and has a count of nothing stands for nothing', async () => {
    const one = await site();
    const none = [{ type: 'OperationOutcome', count: 0 }];
    one.ehr.faults.push(manifest((whole) => ({ ...whole, error: none, deleted: none })));
    const run = await one.sync();
    expect(await failuresOf(run)).toEqual([]);
    expect(await watermarkOf(one)).toBe(run['transaction_time']);
  });

  it('fails the run when that is true of all output', async () => {
    const one = await site();
    one.ehr.faults.push(
      manifest(({ output, ...others }) => ({
        ...others,
        output: entries(output).map(({ url: _, ...e }) => e),
      })),
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'manifest-without-urls' });
    expect(run['error_message']).toContain('of none where it is');
  });
});

describe('files that are not on the web', () => {
  few(it, 2).each([
    's3://bucket/Patient.ndjson',
    'file:///export/Patient.ndjson',
    'gs://b/p',
    'C:\\export\\p.ndjson',
  ])('fail the run with scheme and place, before anything is fetched: %s', async (url) => {
    const one = await site();
    one.ehr.faults.push(
      manifest(({ output, ...others }) => ({
        ...others,
        output: entries(output).map((entry, n) => (n === 1 ? { ...entry, url } : entry)),
      })),
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'named-url-not-http' });
    expect(run['error_message']).toMatch(
      /^Output 2 of the manifest \((Patient|Observation)\) is named by \w+:, /,
    );
    expect(run['error_message']).toContain('cli import');
    expect(run['error_message']).not.toContain('bucket');
    expect(requests(one, 'file')).toEqual([]);
  });
});

describe('a status that redirects', () => {
  const redirect = (status: number, location: string, times = 1): FaultRule => ({
    ...{ on: 'status', times, match: ({ path }) => !path.includes('result') },
    do: { status, headers: { location } },
  });

  few(it, 2).each([301, 302, 303, 307, 308])(
    '(%i) to the own host is followed, with the token',
    async (status) => {
      const one = await site({ polls: 1 });
      // Twice: while the export goes on, and when it is complete.
      one.ehr.faults.push(redirect(status, '?result', 2));
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2 });
      expect(
        requests(one, 'status').map((request) => [request.path.includes('result'), request.status]),
      ).toEqual(
        [false, true, false, true].map((there, n) => [there, there ? (n === 1 ? 202 : 200) : status]),
      );
      expect(requests(one, 'status').every(({ authorization }) => authorization)).toBe(true);
    },
  );

  it('once: one that leads on and on fails the run, and the words do not say that the export ended', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'status', times: 9, do: { status: 303, headers: { location: '?result' } } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_code: 'export-status-redirected' });
    expect(run['error_message']).not.toContain('ended');
    expect(requests(one, 'status')).toHaveLength(2);
  });

  it('nowhere fails the run', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'status', do: { status: 303 } });
    expect(await one.sync()).toMatchObject({ status: 'failed', error_code: 'export-status-redirected' });
  });

  it('to another host does not take the token there: the run says that the export is complete, and on which host', async () => {
    const one = await site();
    one.ehr.faults.push(redirect(303, 'https://results.example/export/1?signature=secret'));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'token-host-foreign' });
    expect(run['error_message']).toContain('The export is complete, but its manifest is at results.example');
    expect(run['error_message']).toContain('sync_config.token_hosts');
    expect(run['error_message']).not.toContain('secret');
  });
});

describe('a server behind a proxy that ends TLS', () => {
  it('is asked by https although it names itself with http: token endpoint, status, pages, redirects, files', async () => {
    const certificate = selfSigned();
    setDefaultCACertificates([certificate.cert]);
    const one = await site({
      ...{ certificate, namesItselfWithHttp: true, pageSize: 1, config: { allow_http: true } },
      connection: { token_endpoint: null },
    });
    one.ehr.faults.push({
      ...{ on: 'status', match: ({ path }) => !path.includes('?') },
      do: { status: 307, headers: { location: '?result' } },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2, error_code: null });
    const [named] =
      await sql`select status_url, (select min(url) from export_file where run_id = r.run_id) as url
      from run r where run_id = ${run['run_id']}`;
    expect(named).toEqual({ status_url: null, url: expect.stringMatching(/^https:/) });
  });

  it('is refused when it names another host with http, without advice to allow that', async () => {
    const one = await site();
    one.ehr.faults.push(
      manifest((whole) =>
        JSON.parse(JSON.stringify(whole).replaceAll(new URL(one.ehr.url).origin, 'http://10.0.0.7:8080')),
      ),
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'named-url-insecure' });
    expect(run['error_message']).toContain('Output 1 of the manifest');
    expect(run['error_message']).toContain('10.0.0.7:8080');
    expect(run['error_message']).not.toContain('allow_http');
  });
});
