/** The connection `env`: one EHR set up by the environment alone, changed there, and nowhere else. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { unseal } from '../../jobs/connection/secrets.ts';
import { applyEnvironment } from '../../jobs/environment-connection.ts';
import { startEhr } from '../ehr/server.ts';
import { ec } from '../fhir/keys.ts';
import { inLongRun } from '../long-run.ts';
import { startProcess } from '../world/worker-process.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps } = world;
const ehr = await startEhr({ population: { seed: 'env', patients: 2 }, polls: 0 });
ehr.registerClient({
  client_id: 'env-client',
  jwks: { keys: [{ ...world.publicKey, kid: 'env-key' }] },
  scopes: ['system/*.read'],
});
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await ehr.close();
  await world.close();
});

const ENV = {
  EHR_SYNC_ENABLED: 'true',
  EHR_FHIR_BASE_URL: `${ehr.url}/`,
  EHR_CLIENT_ID: 'env-client',
  EHR_PRIVATE_KEY: world.privateKey.replaceAll('\n', '\\n'),
  EHR_KEY_ID: 'env-key',
  EHR_RESOURCE_TYPES: 'Patient, Encounter',
  EHR_IDENTIFIER_SYSTEM: 'http://hospital.example/',
};

const stored = async () => (await sql`select * from connection where site_key = 'env'`)[0];
const events = () => sql`
  select action, actor, via, before, after, details from audit_event where action like 'connection.%' order by event_id`;

inLongRun(it)('goes from nothing to a scheduled sync by variables alone', { timeout: 60_000 }, async () => {
  const { child, log } = await startProcess(world, ['jobs/main.ts'], {
    env: { ...ENV, EHR_SYNC_INTERVAL_MS: '1000' },
  });
  children.push(child);
  for (let runs = 0; runs < 2; ) {
    const [row] = await sql<{ runs: number; failed: number }[]>`
      select count(*) filter (where status = 'completed')::integer as runs,
        count(*) filter (where status = 'failed')::integer as failed, pg_sleep(0.05)
      from run where triggered_by = 'schedule'`;
    if (row?.failed || child.exitCode !== null) throw new Error(log.join('\n'));
    runs = row?.runs ?? 0;
  }
  child.kill('SIGTERM');
  await once(child, 'exit');
  const [persons] = await sql`select count(*)::integer as n from cdm.person`;
  expect(persons?.['n']).toBe(2);
  expect(await stored()).toMatchObject({
    ...{ managed_by: 'environment', site_name: '127.0.0.1', ehr_vendor: 'other', fhir_base_url: ehr.url },
    ...{ export_resource_types: ['Patient', 'Encounter'], is_active: true, networks_to_adopt: false },
    sync_config: {
      allowed_networks: ['127.0.0.1'],
      auth: { key_id: 'env-key' },
      mapping: { person_identifier_prefix: 'http://hospital.example/' },
      schedule: { every_seconds: 1 },
    },
  });
  expect(await events()).toMatchObject([
    { action: 'connection.create', actor: 'environment', details: { private_key: 'set' } },
    {
      action: 'connection.update',
      actor: 'environment',
      after: { 'sync_config.allowed_networks': ['127.0.0.1'] },
    },
  ]);
  expect(JSON.stringify(await sql`select * from audit_event`)).not.toContain(world.privateKey.slice(40, 80));
});

describe('at the next start', () => {
  beforeEach(async () => {
    await applyEnvironment(deps, ENV);
  });

  it('nothing happens when nothing was changed, also without any of the variables', async () => {
    const before = [await stored(), (await events()).length];
    await applyEnvironment(deps, ENV);
    await applyEnvironment(deps, {});
    expect([await stored(), (await events()).length]).toEqual(before);
  });

  it('what was changed is changed, and recorded', async () => {
    const count = (await events()).length;
    const { private_key_sealed } = (await stored()) ?? {};
    await applyEnvironment(deps, { ...ENV, EHR_GROUP_ID: 'g7', EHR_SYNC_INTERVAL_MS: '7200000' });
    expect(await stored()).toMatchObject({ group_id: 'g7', private_key_sealed });
    expect((await events()).slice(count)).toMatchObject([
      {
        action: 'connection.update',
        before: { group_id: null, sync_config: { schedule: { every_seconds: 86_400 } } },
        after: {
          group_id: 'g7',
          sync_config: { allowed_networks: ['127.0.0.1'], schedule: { every_seconds: 7200 } },
        },
      },
    ]);
    expect(await sql`select schedule from sync_schedule`).toEqual([
      { schedule: { every_seconds: 7200, timezone: 'UTC' } },
    ]);
  });

  it('other credentials take the place of those before, and are in no record', async () => {
    const key = ec('P-384').pkcs8;
    const count = (await events()).length;
    await applyEnvironment(deps, { ...ENV, EHR_PRIVATE_KEY: key });
    const row = await stored();
    const place = {
      table: 'connection',
      column: 'private_key_sealed',
      connection: row?.['connection_id'],
    } as const;
    expect((await unseal(deps.keyring, place, row?.['private_key_sealed'])).trim()).toBe(key.trim());
    await applyEnvironment(deps, { ...ENV, EHR_PRIVATE_KEY: '', EHR_CLIENT_SECRET: 'of-the-client' });
    expect(await stored()).toMatchObject({ private_key_sealed: null, public_jwk: null });
    expect((await events()).slice(count)).toMatchObject([
      { before: {}, after: {}, details: { private_key: 'set' } },
      { details: { private_key: 'cleared', client_secret: 'set' } },
    ]);
  });

  it('another server gets the credentials that were given with it, and networks of its own', async () => {
    await applyEnvironment(deps, { ...ENV, EHR_FHIR_BASE_URL: 'http://[::1]:1/fhir' });
    expect(await stored()).toMatchObject({
      ...{ fhir_base_url: 'http://[::1]:1/fhir', credentials_cleared: null },
      sync_config: { allowed_networks: ['::1'] },
    });
  });

  it('it is switched off by EHR_SYNC_ENABLED=false, and handed over by =released', async () => {
    await applyEnvironment(deps, { ...ENV, EHR_SYNC_ENABLED: 'false' });
    expect(await stored()).toMatchObject({ is_active: false, managed_by: 'environment' });
    expect(await sql`select 1 from sync_schedule`).toEqual([]);
    await applyEnvironment(deps, { EHR_SYNC_ENABLED: 'released' });
    expect(await stored()).toMatchObject({ is_active: false, managed_by: null });
  });

  it('does not take over one that was made by hand for another server, whose patients are no others', async () => {
    await applyEnvironment(deps, { EHR_SYNC_ENABLED: 'released' });
    await sql`update connection set fhir_base_url = 'https://other.example/fhir' where site_key = 'env'`;
    const before = [await stored(), (await events()).length];
    await expect(applyEnvironment(deps, ENV)).rejects.toMatchObject({
      code: 'setting-invalid',
      message: expect.stringMatching(/EHR_FHIR_BASE_URL: .*made by hand/),
    });
    expect([await stored(), (await events()).length]).toEqual(before);
    await sql`update connection set fhir_base_url = ${ehr.url} where site_key = 'env'`;
    await applyEnvironment(deps, ENV);
    expect(await stored()).toMatchObject({ managed_by: 'environment' });
  });

  it('several processes at once make one change of it', async () => {
    const count = (await events()).length;
    await Promise.all(
      [1, 2, 3].map(() => applyEnvironment(deps, { ...ENV, EHR_SCOPES: 'system/Patient.read' })),
    );
    expect(await events()).toHaveLength(count + 1);
  });

  it('older names do as well, and further settings as JSON', async () => {
    const old = Object.fromEntries(
      Object.entries(ENV).map(([name, value]) => [name.replace('EHR_', 'PF_'), value]),
    );
    const EHR_SYNC_CONFIG = '{"limits": {"parallel_reads": 1}, "schedule": {"cron": "0 3 * * *"}}';
    await applyEnvironment(deps, {
      ...old,
      EHR_SYNC_CONFIG,
      EHR_FHIR_BASE_URL: 'https://fhir.epic.com/api/FHIR/R4',
    });
    expect(await stored()).toMatchObject({
      ...{ client_id: 'env-client', ehr_vendor: 'epic', incremental_enabled: false },
      sync_config: {
        ...{ limits: { parallel_reads: 1 }, schedule: { cron: '0 3 * * *' } },
        hydrate: { types: ['Medication'] },
      },
    });
  });

  it.each([
    ['EHR_FHIR_BASE_URL: expected beside', { EHR_FHIR_BASE_URL: '' }],
    ['EHR_FHIR_BASE_URL: expected https', { EHR_FHIR_BASE_URL: 'http://fhir.example.org/r4' }],
    [
      'EHR_FHIR_BASE_URL: expected an address that can be shown',
      { EHR_FHIR_BASE_URL: 'https://u:s3cret@fhir.example.org/' },
    ],
    ['EHR_CLIENT_ID: expected', { EHR_CLIENT_ID: '' }],
    ['EHR_PRIVATE_KEY or EHR_CLIENT_SECRET', { EHR_PRIVATE_KEY: '' }],
    [
      'EHR_PRIVATE_KEY: expected',
      { EHR_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----' },
    ],
    ['EHR_RESOURCE_TYPES: .*"Pacient" is none', { EHR_RESOURCE_TYPES: 'Pacient' }],
    ['EHR_SYNC_CONFIG: limits: .*"paralell"', { EHR_SYNC_CONFIG: '{"limits": {"paralell": 1}}' }],
    ['EHR_SYNC_CONFIG: expected a JSON object', { EHR_SYNC_CONFIG: '{s3cret' }],
  ])('what cannot be used is named, and changes nothing: %s', async (message, change) => {
    const before = await stored();
    const applied = applyEnvironment(deps, { ...ENV, ...change });
    await expect(applied).rejects.toThrow(new RegExp(message));
    await applied.catch((error: Error) => expect(error.message).not.toContain('s3cret'));
    expect(await stored()).toEqual(before);
  });
});
