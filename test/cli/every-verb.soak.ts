/**
 * Every verb as a process, with --json: those that the API knows on a server, without any database of their own; those
 * that need the machine of the database over it. They share one world and build on each other, in this order.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { buildProgram } from '../../app/cli/program.ts';
import { verbsOf } from '../../app/cli/tree.ts';
import { serveApp } from '../../app/serve.ts';
import { openReceiver, type Receiver } from '../alerts/receiver.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';
import { commandLine, type Ended } from './command-line.ts';

const TOKEN = 'token-for-the-command-line';
const world = await openTestWorld();
const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-verbs-'));
const serving = await serveApp(
  createApp({ ...world.deps, config: { adminToken: TOKEN, vocabularyDir: folder } }),
  { host: '127.0.0.1', port: 0 },
);
afterAll(async () => {
  await serving.close();
  await world.close();
  rmSync(folder, { recursive: true });
});

const local = { code: { text: 'house glucose', coding: [{ system: 'https://house.example', code: 'GLU' }] } };
const one = await world.site({ config: { unmapped_text_persons: 1 } });
one.ehr.load([patient('p'), patient('q'), observation('o', 'p', local), observation('x', 'q')]);
await one.sync({ full: true });
const KEY = join(folder, 'key.pem');
writeFileSync(KEY, world.privateKey, { mode: 0o600 });

const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';
const SERVER = { FHIR_OMOP_URL: serving.url, FHIR_OMOP_TOKEN: TOKEN };

function onServer(...words: string[]): Promise<Ended> {
  return commandLine({ url: NOWHERE, encryptionKey: 'none', env: SERVER }, words);
}

function here(...words: string[]): Promise<Ended> {
  return commandLine({ url: world.database.url, encryptionKey: world.encryptionKey }, words);
}

// biome-ignore lint/suspicious/noExplicitAny: answers are compared with what is expected, not computed with.
async function json(ended: Promise<Ended>, code = 0): Promise<any> {
  const { said, errors, ...rest } = await ended;
  expect({ ...rest, errors }).toEqual({ code, errors });
  return JSON.parse(said);
}

let receiver: Receiver | undefined;
const asked = (...words: string[]) => json(onServer(...words, '--json'));
const work = () => drain(world.deps, world.clock);

async function lastRun(): Promise<number> {
  const { items } = await asked('runs', 'site-1', '--limit', '1');
  return items[0].run_id;
}

/** In order. */
const VERBS: Readonly<Record<string, () => Promise<void>>> = {
  'connections add': async () => {
    const flags = ['--url', one.ehr.url, '--token-endpoint', one.ehr.tokenEndpoint, '--client-id', 'ward'];
    const made = await asked(
      ...['connections', 'add', 'ward', ...flags, '--private-key-file', KEY, '--no-active'],
      ...['--config', 'allowed_networks=["127.0.0.0/8"]', '--config', 'schedule.cron=30 2 * * *'],
    );
    expect(made).toMatchObject({
      ...{ site_key: 'ward', site_name: 'ward', has_private_key: true, is_active: false },
      sync_config: { allowed_networks: ['127.0.0.0/8'], schedule: { cron: '30 2 * * *' } },
    });
    const again = await onServer('connections', 'add', 'ward');
    expect(again).toMatchObject({ code: 1, errors: expect.stringContaining('Failed (site-key-taken)') });
    const without = await onServer('connections', 'add', 'folder');
    expect(without.said).toContain('It has no server, so it is fed with files');
    expect(without.said).toContain('connections set folder --url URL');
    await onServer('connections', 'rm', 'folder');
  },
  'connections list': async () => {
    const { items } = await asked('connections');
    expect(items.map((row: { site_key: string }) => row.site_key).sort()).toEqual(['site-1', 'ward']);
  },
  'connections set': async () => {
    const flags = ['--types', 'Patient,Encounter', '--config', 'limits.parallel_downloads=4', '--active'];
    const changed = await asked('connections', 'set', 'ward', ...flags, '--config', 'schedule=null');
    expect(changed).toMatchObject({
      ...{ export_resource_types: ['Patient', 'Encounter'], is_active: true, client_id: 'ward' },
      sync_config: { allowed_networks: ['127.0.0.0/8'], limits: { parallel_downloads: 4 } },
    });
    expect(changed.sync_config).not.toHaveProperty('schedule');
    expect(await onServer('connections', 'set', 'ward')).toMatchObject({ code: 2 });
  },
  'connections show': async () => {
    expect(await asked('connections', 'show', 'ward')).toMatchObject({ has_private_key: true });
    const { said } = await onServer('connections', 'show', 'ward');
    expect(said).toMatch(/ehr_vendor +other\n/);
    expect(said).toMatch(/credentials +key\n/);
    expect(said).not.toContain('PRIVATE KEY');
    const unknown = await onServer('connections', 'show', 'wrad');
    expect(unknown).toMatchObject({ code: 1, errors: expect.stringContaining('Known: site-1, ward') });
  },
  'connections test': async () => {
    expect(await asked('connections', 'test', 'site-1')).toMatchObject({ status: 'ok' });
    // Another client than the key is registered for.
    expect(await json(onServer('connections', 'test', 'ward', '--json'), 1)).toMatchObject({
      status: 'failed',
    });
  },
  token: async () => {
    const facts = {
      ...{ endpoint: one.ehr.tokenEndpoint, endpoint_from: 'connection', method: 'private_key_jwt' },
      ...{ key_id: expect.any(String), expires_in: 300, scopes_not_granted: [] },
      scopes: expect.arrayContaining([expect.stringMatching(/^system\//)]),
    };
    expect(await json(here('token', 'site-1', '--json'))).toEqual(facts);
    const told = await here('token', 'site-1');
    expect(told.said).toMatch(
      /^endpoint +http.*\nproof +private_key_jwt, key .*\nexpires in +300 s\nscopes /,
    );
    const shown = await here('token', 'site-1', '--show');
    expect(shown.errors).toContain('Whoever has this token reads the data of patients');
    const secret = shown.said.trim();
    const read = await fetch(`${one.ehr.url}/Patient/p`, { headers: { authorization: `Bearer ${secret}` } });
    expect(read.status).toBe(200);
    expect(told.said + told.errors).not.toContain(secret);
    const events = await world.sql`
      select details from audit_event where action = 'connection.token' order by event_id`;
    expect(events.map(({ details }) => details)).toEqual([
      { shown: false },
      { shown: false },
      { shown: true },
    ]);
    // The key is registered for another client.
    expect(await here('token', 'ward')).toMatchObject({
      code: 1,
      said: '',
      errors: expect.stringContaining('Failed (token-invalid-client)'),
    });
  },
  'connections apply': async () => {
    const file = join(folder, 'connections.yaml');
    const text = (types: string) => `
connections:
  - site_key: ward
    export_resource_types: [${types}]
    private_key_file: key.pem
    sync_config: { allowed_networks: [127.0.0.0/8], limits: { parallel_downloads: 4 } }
  - { site_key: files, site_name: Files, ehr_vendor: other }
`;
    writeFileSync(file, text('Patient, Encounter'));
    const outcomes = async (...flags: string[]) => {
      const { items } = await asked('connections', 'apply', file, ...flags);
      return items.map((row: { site: string; outcome: string; fields: string[] }) => Object.values(row));
    };
    const [created, same] = [
      ['files', 'created', expect.anything()],
      ['ward', 'unchanged', []],
    ];
    expect(await outcomes()).toEqual([same, created]);
    expect(await outcomes()).toEqual([same, ['files', 'unchanged', []]]);
    writeFileSync(file, text('Patient'));
    const changes = ['export_resource_types', 'private_key_pem'];
    expect(await outcomes('--dry-run')).toEqual([
      ['ward', 'would be changed', changes],
      ['files', 'would be unchanged', []],
    ]);
    expect(await outcomes()).toEqual([
      ['ward', 'changed', changes],
      ['files', 'unchanged', []],
    ]);
    writeFileSync(file, 'connections:\n  - site_key: ward\n    client_secret: hunter2\n', { mode: 0o644 });
    const open = await onServer('connections', 'apply', file);
    expect(open).toMatchObject({ code: 1, errors: expect.stringContaining('chmod 600') });
    expect(open.errors).not.toContain('hunter2');
  },
  'keys create': async () => {
    const { items } = await asked('keys', 'create', '--connection', 'ward');
    expect(items).toMatchObject([{ algorithm: 'ES384' }]);
  },
  'keys list': async () => {
    expect((await asked('keys', 'list', '--connection', 'ward')).items).toHaveLength(1);
    const { said } = await onServer('keys', 'list', '--connection', 'ward');
    expect(said).toContain('ES384');
  },
  'keys rotate': async () => {
    const { items } = await asked('keys', 'rotate', '--connection', 'ward', '--overlap-days', '3');
    expect(items.length).toBeGreaterThan(1);
  },
  'keys certificate': async () => {
    const flags = ['keys', 'certificate', '--connection', 'ward'];
    expect(await asked(...flags, '--remove')).toMatchObject({ client_certificate_expires_at: null });
    expect(await onServer(...flags, '--remove', '--key', KEY)).toMatchObject({ code: 2 });
  },
  jwks: async () => {
    expect((await asked('jwks', 'ward')).keys.length).toBeGreaterThan(0);
    expect(await onServer('jwks', 'files')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('keys create --connection files') },
    });
  },
  'connections rm': async () => {
    expect(await asked('connections', 'rm', 'ward')).toMatchObject({ run_id: null });
    expect(await onServer('connections', 'rm', 'site-1')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('connection-has-runs') },
    });
  },
  sync: async () => {
    const started = await asked('sync', 'site-1', '--full');
    expect(started).toMatchObject({ mode: 'full' });
    expect(await onServer('sync', 'site-1')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('Failed (sync-already-running)') },
    });
  },
  cancel: async () => {
    await asked('cancel', 'site-1');
    await work();
  },
  retry: async () => {
    one.ehr.faults.push({ on: 'file', times: 99, do: { status: 404 } });
    await asked('sync', 'site-1', '--full');
    await work();
    one.ehr.faults.length = 0;
    expect(await asked('retry', 'site-1')).toMatchObject({ run_id: await lastRun() });
  },
  watch: async () => {
    const watching = onServer('watch', 'site-1', '--json');
    await work();
    expect(await json(watching)).toMatchObject({ status: 'completed', by_type: expect.anything() });
    const after = await onServer('watch', 'site-1');
    expect(after.said).toContain(' extracted = ');
  },
  runs: async () => {
    const { items, next_cursor } = await asked('runs', '--limit', '1');
    expect(items).toMatchObject([{ status: 'completed' }]);
    expect((await asked('runs', '--limit', '1', '--cursor', next_cursor)).items).toHaveLength(1);
    const { said } = await onServer('runs', 'site-1', '--status', 'completed');
    expect(said).toMatch(/site-1 +completed +full/);
    for (const limit of ['0', '501', 'all']) {
      const wrong = await onServer('runs', '--limit', limit);
      expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('whole number from 1 to 500') });
    }
  },
  run: async () => {
    const run = String(await lastRun());
    expect(await asked('run', 'site-1', run)).toMatchObject({ run_id: Number(run), by_table: [] });
    expect((await onServer('run', 'site-1', run)).said).toContain('4 extracted = 4 unchanged');
    const none = await onServer('run', 'site-1', '99');
    expect(none).toMatchObject({ code: 1, errors: expect.stringContaining('"site-1" has no run 99.') });
    expect(none.errors).toContain('runs site-1');
    expect(await onServer('run', 'files', run)).toMatchObject({ code: 1 });
  },
  status: async () => {
    const dashboard = await asked('status', 'site-1');
    expect(dashboard.connections).toHaveLength(1);
    expect((await onServer('status')).said).toContain(serving.url);
  },
  health: async () => {
    expect(await asked('health', 'site-1')).toMatchObject({ healthy: true });
    expect(await json(onServer('health', 'files', '--json'), 1)).toMatchObject({ health: 'never-synced' });
  },
  redrive: async () => {
    expect(await asked('redrive', 'site-1', '--type', 'Observation')).toHaveProperty('run_id');
    await work();
  },
  'ask-again': async () => {
    expect(await asked('ask-again', 'site-1', '--type', 'Medication')).toEqual({ resources: 0 });
  },
  reconcile: async () => {
    expect(await asked('reconcile', 'site-1')).toHaveProperty('run_id');
    await work();
    expect(await onServer('reconcile', 'site-1', '--confirm', '1')).toMatchObject({
      ...{ code: 2, errors: expect.stringContaining('needs --vanished N') },
    });
    expect(await onServer('reconcile', 'site-1', '--override')).toMatchObject({ code: 2 });
  },
  purge: async () => {
    const purge = await asked('purge', 'site-1', 'q', '--reason', 'opt-out');
    expect(purge).toMatchObject({ reason: 'opt-out' });
    await work();
    expect((await asked('purge', 'site-1')).items).toMatchObject([{ state: 'done' }]);
    expect(await asked('purge', 'site-1', '--lift', String(purge.purge_id))).toMatchObject({
      state: 'lifted',
    });
    const unknown = await onServer('purge', 'site-1', 'nobody', '--reason', 'opt-out');
    expect(unknown).toMatchObject({ code: 1, errors: expect.stringContaining('patient-unknown') });
    expect(await onServer('purge', 'site-1', 'q')).toMatchObject({ code: 2 });
  },
  remap: async () => {
    expect(await asked('remap', '--report')).toHaveProperty('changes_total');
    expect(await asked('remap', '--site', 'site-1')).toHaveProperty('started');
    await work();
  },
  cohort: async () => {
    const file = join(folder, 'cohort.txt');
    writeFileSync(file, 'p\nurn:mrn|7\n');
    expect(await asked('cohort', 'site-1', file)).toMatchObject({
      cohort_size: { patients: 1, identifiers: 1 },
    });
  },
  'server-text': async () => {
    expect(await asked('server-text', 'site-1')).toMatchObject({ items: [] });
  },
  'vocabulary search': async () => {
    const { items } = await asked('vocabulary', 'search', 'glucose', '--limit', '1');
    expect(items).toHaveLength(1);
  },
  'vocabulary concept': async () => {
    expect(await asked('vocabulary', 'concept', '8507')).toMatchObject({ concept_name: 'MALE' });
  },
  'vocabulary map': async () => {
    const words = ['vocabulary', 'map', 'http://loinc.org', '2339-0', '--site', 'site-1'];
    expect(await asked(...words)).toMatchObject({ vocabularies: ['LOINC'] });
  },
  'vocabulary release': async () => {
    expect(await asked('vocabulary', 'release')).toHaveProperty('current.version');
  },
  'vocabulary load': async () => {
    const outside = await onServer('vocabulary', 'load', '../elsewhere.zip');
    expect(outside).toMatchObject({ code: 1, errors: expect.stringContaining('vocabulary-path-refused') });
  },
  'unmapped list': async () => {
    const { items } = await asked('unmapped', '--site', 'site-1');
    expect(items).toMatchObject([{ code: 'GLU' }]);
    expect((await onServer('unmapped', '--csv')).said).toMatch(/^.*code.*\n.*GLU/s);
  },
  'unmapped suggest': async () => {
    const [{ code_id }] = (await asked('unmapped')).items;
    expect(await asked('unmapped', 'suggest', String(code_id))).toMatchObject({ text: 'GLU' });
  },
  'unmapped map': async () => {
    const [{ code_id }] = (await asked('unmapped')).items;
    const [{ concept }] = (await asked('vocabulary', 'search', 'glucose', '--standard', 'S')).items;
    const words = ['unmapped', 'map', String(code_id), String(concept.concept_id)];
    expect(await asked(...words)).toMatchObject({ map: { source_code: 'GLU' } });
    await work();
  },
  'maps list': async () => {
    expect((await asked('maps', 'list', '--state', 'in-force')).items).toHaveLength(1);
  },
  'maps export': async () => {
    expect((await onServer('maps', 'export')).said).toMatch(/source_code.*\n.*GLU/s);
  },
  'maps import': async () => {
    const file = join(folder, 'house.csv');
    writeFileSync(file, 'source_code,target_concept_id\nGLU-2,8507\n');
    const words = ['maps', 'import', file, '--system', 'https://house.example'];
    expect(await json(onServer(...words, '--json'))).toMatchObject({ applied: false, new: 1 });
    expect(await json(onServer(...words, '--apply', '--json'))).toMatchObject({ applied: true, new: 1 });
  },
  'alerts list': async () => {
    expect(await asked('alerts')).toHaveProperty('items');
  },
  'alerts seen': async () => {
    expect(await onServer('alerts', 'seen', '999')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('alert-not-found') },
    });
  },
  'webhooks add': async () => {
    const address = join(folder, 'receiver');
    receiver = await openReceiver();
    writeFileSync(address, `${receiver.url}\n`, { mode: 0o600 });
    const words = ['--url-file', address, '--events', 'run.failed, alert.raised', '--sites', 'site-1'];
    const made = await asked('webhooks', 'add', 'on call', ...words, '--networks', '127.0.0.0/8');
    expect(made).toMatchObject({
      ...{ name: 'on call', events: ['run.failed', 'alert.raised'], is_active: true },
      ...{ connections: [1], allowed_networks: ['127.0.0.0/8'], secret: expect.stringMatching(/^whsec_/) },
    });
    const plain = await onServer(
      'webhooks',
      'add',
      'spare',
      '--url',
      'https://hooks.example/',
      '--no-active',
    );
    expect(plain.said).toMatch(/^whsec_\S+\n$/);
    expect(await onServer('webhooks', 'add', 'x')).toMatchObject({ code: 2 });
    const wrong = await onServer(
      'webhooks',
      'add',
      'x',
      '--url',
      'https://a.example',
      '--events',
      'run.ended',
    );
    expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('got "run.ended"') });
  },
  'webhooks list': async () => {
    expect(await asked('webhooks', '--limit', '1')).toMatchObject({
      ...{ items: [{ name: 'spare', is_active: false, events: [] }], next: expect.any(String) },
    });
    const { said } = await onServer('webhooks');
    expect(said).toMatch(/on call +127.0.0.1:\d+ +run.failed, alert.raised +site-1/);
    expect(said).not.toContain(receiver?.url);
  },
  'webhooks edit': async () => {
    const changed = await asked('webhooks', 'edit', '1', '--name', 'night', '--events', '', '--sites', '');
    expect(changed).toMatchObject({ name: 'night', events: [], connections: null, is_active: true });
    expect(await onServer('webhooks', 'edit', '1')).toMatchObject({ code: 2 });
  },
  'webhooks test': async () => {
    expect(await asked('webhooks', 'test', '1')).toMatchObject({ type: 'webhook.test', status: 204 });
    const { items } = await asked('webhooks', 'list');
    const spare = items.find(({ name }: { name: string }) => name === 'spare').webhook_id;
    await asked('webhooks', 'edit', String(spare), '--url', receiver?.url ?? '');
    const refused = await json(onServer('webhooks', 'test', String(spare), '--json'), 1);
    expect(refused).toMatchObject({ delivered_at: null, error: 'webhook-address-refused' });
  },
  'webhooks deliveries': async () => {
    expect(await asked('webhooks', 'deliveries', '1')).toMatchObject({
      items: [{ status: 204, attempts: 1 }],
    });
  },
  'webhooks remove': async () => {
    expect(await asked('webhooks', 'remove', '1')).toEqual({ webhook_id: 1 });
    const gone = await onServer('webhooks', 'remove', '1');
    expect(gone).toMatchObject({ code: 1, errors: expect.stringContaining('Failed (webhook-not-found)') });
    await receiver?.close();
  },
  'approvals list': async () => {
    expect(await asked('approvals')).toMatchObject({ items: [] });
  },
  ...Object.fromEntries(
    ['show', 'approve', 'refuse'].map((verb) => [
      `approvals ${verb}`,
      async () => {
        expect(await onServer('approvals', verb, '9')).toMatchObject({
          ...{ code: 1, errors: expect.stringContaining('approval-not-found') },
        });
      },
    ]),
  ),
  'audit list': async () => {
    const { items } = await asked('audit', 'list', '--action', 'connection.create', '--limit', '5');
    expect(items[0]).toMatchObject({ action: 'connection.create' });
  },
  'audit export': async () => {
    const { said } = await onServer('audit', 'export', '--csv');
    expect(said).toContain('connection.create');
  },
  'audit verify': async () => {
    expect(await asked('audit', 'verify')).toMatchObject({ intact: true });
  },
  'audit acknowledge': async () => {
    const words = ['audit', 'acknowledge', '--reason', 'none'];
    expect(await onServer(...words)).toMatchObject({ code: 2 });
    expect(await onServer(...words, '--events', '1-2')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('audit-range-whole') },
    });
  },
  'tokens create': async () => {
    const words = ['tokens', 'create', '--role', 'viewer', '--note', 'hall', '--site', 'site-1'];
    const made = await onServer(...words);
    expect(made.said).toMatch(/^fos_\w{36}\n$/);
    const seen = await commandLine(
      { url: NOWHERE, encryptionKey: '', env: { ...SERVER, FHIR_OMOP_TOKEN: made.said.trim() } },
      ['sync', 'site-1'],
    );
    expect(seen).toMatchObject({ code: 1, errors: expect.stringContaining('Failed (forbidden)') });
    // Figures are for more people than settings are.
    const figures = await commandLine(
      { url: NOWHERE, encryptionKey: '', env: { ...SERVER, FHIR_OMOP_TOKEN: made.said.trim() } },
      ['status'],
    );
    expect(figures).toMatchObject({ code: 0, said: expect.stringContaining('site-1') });
  },
  'tokens list': async () => {
    expect((await asked('tokens', 'list')).items).toMatchObject([{ note: 'hall' }]);
    expect((await onServer('tokens', 'list')).said).toMatch(/viewer +site-1 +in force/);
  },
  'tokens revoke': async () => {
    const [{ token_id }] = (await asked('tokens', 'list')).items;
    expect(await asked('tokens', 'revoke', String(token_id))).toHaveProperty('revoked_at');
  },
  'tokens sign-in': async () => {
    expect(await json(here('tokens', 'sign-in', '--json'))).toHaveProperty('url');
  },
  import: async () => {
    const file = join(folder, 'Patient.ndjson');
    writeFileSync(file, `${JSON.stringify(patient('r'))}\n`);
    const finished = await json(here('import', file, '--site', 'files', '--json'));
    expect(finished).toMatchObject({ status: 'completed', records_loaded: 1 });
    expect(await here('import', file)).toMatchObject({ code: 2 });
  },
  'vocabulary index': async () => {
    expect(await json(here('vocabulary', 'index', '--json'))).toHaveProperty('state');
  },
  'keys rotate-encryption': async () => {
    expect(await json(here('keys', 'rotate-encryption', '--json'))).toMatchObject({ left: 0 });
  },
  quality: async () => {
    const ended = await here('quality', '--json');
    const { checks, failed } = JSON.parse(ended.said);
    expect(checks).toBeGreaterThan(50);
    expect(ended.code).toBe(failed === 0 ? 0 : 1);
    const dqd = await json(here('quality', '--dqd', join(folder, 'dqd.json'), '--json'));
    expect(dqd.passed + dqd.failed + dqd.not_applicable).toBeGreaterThan(2000);
    expect(JSON.parse(readFileSync(join(folder, 'dqd.json'), 'utf8')).Overview.countOverallFailed).toEqual([
      dqd.failed,
    ]);
    expect(await here('quality', '--concept-level', 'x.csv')).toMatchObject({ code: 2 });
  },
  'dqd start': async () => {
    const started = await asked('dqd', 'start');
    expect(started).toMatchObject({ state: 'queued', requested_by: expect.stringContaining('api:') });
    expect(await onServer('dqd', 'start')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('dqd-pass-running') },
    });
  },
  'dqd cancel': async () => {
    const [{ dqd_run_id }] = (await asked('dqd', 'passes')).items;
    expect(await asked('dqd', 'cancel', String(dqd_run_id))).toMatchObject({ state: 'cancelled' });
    const again = await onServer('dqd', 'cancel', String(dqd_run_id));
    expect(again).toMatchObject({ code: 1, errors: expect.stringContaining('dqd-pass-ended') });
    await work();
  },
  'dqd watch': async () => {
    // Over the database here the command works on what it follows.
    const made = await json(here('dqd', 'start', '--watch', '--json'));
    expect(made).toMatchObject({ state: 'ended', tables_done: 39 });
    const seen = await onServer('dqd', 'watch', String(made.dqd_run_id));
    expect(seen).toMatchObject({ code: 0, said: expect.stringContaining(`${made.counts.failed} fail`) });
    expect(await onServer('dqd', 'watch', '999999')).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining('dqd-pass-not-found') },
    });
  },
  'dqd passes': async () => {
    const { items } = await asked('dqd');
    expect(items.map(({ state }: { state: string }) => state)).toEqual(['ended', 'cancelled', 'ended']);
    expect((await onServer('dqd', 'passes', '--limit', '1')).said).toContain('There are more: --cursor');
  },
  'dqd results': async () => {
    const file = join(folder, 'dqd-of-server.json');
    const { checks } = await asked('dqd', 'results', file);
    expect(JSON.parse(readFileSync(file, 'utf8')).CheckResults).toHaveLength(checks);
    expect(checks).toBeGreaterThan(2000);
  },
  'dqd set': async () => {
    const words = ['dqd', 'set', 'table_cdmtable_person', '2.5'];
    expect(await asked(...words, '--note', 'agreed')).toMatchObject({ threshold: 2.5, note: 'agreed' });
    expect(await onServer(...words)).toMatchObject({ code: 2 });
    const wrong = await onServer('dqd', 'set', 'table_cdmtable_person', '101', '--note', 'x');
    expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('from 0 to 100') });
  },
  'dqd thresholds': async () => {
    expect((await asked('dqd', 'thresholds')).items).toMatchObject([{ check_id: 'table_cdmtable_person' }]);
    expect((await onServer('dqd', 'thresholds')).said).toMatch(/table_cdmtable_person +2\.5 .*agreed/);
  },
  'dqd reset': async () => {
    const words = ['dqd', 'reset', 'table_cdmtable_person'];
    expect(await asked(...words)).toEqual({ check_id: 'table_cdmtable_person' });
    expect(await onServer(...words)).toMatchObject({ code: 1 });
  },
  snapshot: async () => {
    const taken = await json(
      here('snapshot', '--out', join(folder, 'study'), '--tables', 'person', '--json'),
    );
    expect(taken).toMatchObject({ complete: true, format: 'parquet', tables: [{ table: 'person' }] });
    const again = await here('snapshot', '--out', join(folder, 'study'));
    expect(again).toMatchObject({ code: 1, errors: expect.stringContaining('snapshot-exists') });
  },
  'cohorts import': async () => {
    const file = join(folder, 'members.csv');
    writeFileSync(file, 'subject_id,cohort_start_date\n999999999,2021-01-01\n');
    const words = ['cohorts', 'import', file, '--id', '7', '--name', 'all', '--json'];
    expect(await json(here(...words), 1)).toMatchObject({ members: 1, faults: 1, written: false });
    expect(await here('cohorts', 'import', '--id', '7', '--name', 'all')).toMatchObject({ code: 2 });
  },
  'cohorts list': async () => {
    expect(await json(here('cohorts', '--json'))).toEqual({ items: [] });
  },
  'cohorts export': async () => {
    const ended = await here(
      'cohorts',
      'export',
      '7',
      '--site',
      'site-1',
      '--out',
      join(folder, 'group.json'),
    );
    expect(ended).toMatchObject({ code: 1, errors: expect.stringContaining('cohort-empty') });
  },
  doctor: async () => {
    const { wrong, findings } = JSON.parse((await here('doctor', '--json')).said);
    expect(findings.filter(({ state }: { state: string }) => state === 'wrong')).toHaveLength(wrong);
    expect(findings).toContainEqual(expect.objectContaining({ what: 'database', state: 'well' }));
    // The clock of the simulated EHR stands still while these tests run.
    const server = { what: 'server of site-1', found: expect.stringContaining('answers with 200') };
    expect(findings).toContainEqual(expect.objectContaining(server));
  },
  'deid create': async () => {
    expect(await json(here('deid', 'create', '--json'))).toMatchObject({ schema: 'cdm_deid' });
  },
  'deid refresh': async () => {
    expect(await json(here('deid', 'refresh', '--json'))).toMatchObject({ schema: 'cdm_deid' });
  },
  'deid drop': async () => {
    expect(await json(here('deid', 'drop', '--json'))).toMatchObject({ key_forgotten: false });
  },
  completion: async () => {
    expect((await onServer('completion', 'bash')).said).toContain('complete -o bashdefault');
    expect(await onServer('completion', 'tcsh')).toMatchObject({ code: 2 });
  },
  'database url': async () => {
    expect(await here('database', 'url')).toEqual({ code: 0, said: `${world.database.url}\n`, errors: '' });
  },
  'database psql': async () => {
    const query = 'select count(*) > 0 from ehr_sync.run';
    const asked = await here('database', 'psql', '--', '-Atc', query);
    // Where there is no psql, it says how to get it.
    expect([asked.code, asked.said + asked.errors]).toEqual(
      asked.errors.includes('not installed') ? [1, expect.stringContaining('apt install')] : [0, 't\n'],
    );
  },
};

it('knows every verb that there is', () => {
  const all = verbsOf(buildProgram()).map(({ path }) => path);
  expect(Object.keys(VERBS).sort()).toEqual(all.sort());
});

describe('as a process', () => {
  it.each(Object.keys(VERBS))('%s', async (path) => {
    await VERBS[path]?.();
  });
});

describe('a server', () => {
  const on = (env: Record<string, string>, ...words: string[]) =>
    commandLine({ url: NOWHERE, encryptionKey: 'none', env }, words);

  it('that does not answer is told by exit code 3, and so is a database', async () => {
    const away = await on({ FHIR_OMOP_TOKEN: TOKEN }, 'status', '--server', 'http://127.0.0.1:9');
    expect(away).toMatchObject({
      code: 3,
      said: '',
      errors: expect.stringContaining('server-not-reachable'),
    });
    const database = await on({}, 'database', 'psql', '--', '-c', 'select 1');
    expect(database.code).not.toBe(0);
  });

  it('wants a token from the environment or a private file, and gets it by https alone, or on this machine', async () => {
    const without = await on({ FHIR_OMOP_URL: serving.url }, 'status');
    expect(without).toMatchObject({ code: 2, errors: expect.stringContaining('FHIR_OMOP_TOKEN_FILE') });
    const file = join(folder, 'token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
    const fromFile = await on({ FHIR_OMOP_URL: serving.url, FHIR_OMOP_TOKEN_FILE: file }, 'connections');
    expect(fromFile).toMatchObject({ code: 0 });
    const wrong = await on({ FHIR_OMOP_URL: serving.url, FHIR_OMOP_TOKEN: 'wrong' }, 'status');
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('Failed (unauthorized)') });
    const clear = await on({ FHIR_OMOP_TOKEN: TOKEN }, 'status', '--server', 'http://omop.example.org');
    expect(clear).toMatchObject({ code: 2, errors: expect.stringContaining('expected https') });
    expect(clear.errors).not.toContain(TOKEN);
    const within = await on(
      { FHIR_OMOP_URL: 'http://:hidden@127.0.0.1:1', FHIR_OMOP_TOKEN: TOKEN },
      'status',
    );
    expect(within).toMatchObject({ code: 2, errors: expect.not.stringContaining('hidden') });
  });

  it('cannot do what needs the machine of the database', async () => {
    const asked = await on(SERVER, 'quality');
    expect(asked).toMatchObject({
      code: 2,
      errors: expect.stringContaining('needs the machine of the database'),
    });
  });
});
