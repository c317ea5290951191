/** What jobs/connection/README.md says of one EHR by environment, done as it stands there: nothing but these lines, a database and a vocabulary. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { newDatabase } from '../database.ts';
import { startEhr } from '../ehr/server.ts';
import { ec } from '../fhir/keys.ts';
import { startProcess } from '../world/worker-process.ts';

const PAGE = readFileSync(new URL('../../jobs/connection/README.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'env-by-readme-'));
const database = await newDatabase({ demo: true });
const ehr = await startEhr({ population: { seed: 'readme', patients: 2 }, polls: 0 });
afterAll(async () => {
  await ehr.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** The variables of the block, without its remarks. */
function variables(): Record<string, string> {
  const block = /<a id="env"><\/a>[\s\S]*?```sh\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/^(\w+)=(\S+)/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

it('loads the patients of an EHR at the start, and syncs again when it is due', {
  timeout: 120_000,
}, async () => {
  const said = variables();
  expect(Object.keys(said).sort()).toEqual([
    ...['EHR_CLIENT_ID', 'EHR_FHIR_BASE_URL', 'EHR_PRIVATE_KEY_FILE', 'EHR_SYNC_ENABLED'],
    'EHR_SYNC_RUN_ON_STARTUP',
  ]);
  const key = ec('P-384');
  const jwk = await exportJWK(key.publicKey);
  const file = join(folder, 'ehr-key.pem');
  writeFileSync(file, key.pkcs8, { mode: 0o600 });
  ehr.registerClient({
    client_id: said['EHR_CLIENT_ID'] ?? '',
    jwks: { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk) }] },
    scopes: ['system/*.read'],
  });
  const token = 'a-token-of-this-very-test';
  const { child, log } = await startProcess(
    { database, encryptionKey: Buffer.alloc(32, 9).toString('base64') },
    ['app/main.ts', '--with-workers'],
    {
      env: {
        ...{ ...said, EHR_FHIR_BASE_URL: ehr.url, EHR_PRIVATE_KEY_FILE: file },
        ...{ EHR_SYNC_INTERVAL_MS: '1000', ADMIN_TOKEN: token },
      },
    },
  );
  try {
    // The workers are ready before the API is.
    const address = () =>
      /http:\/\/127\.0\.0\.1:\d+/.exec(log.find((line) => line.includes('admin API ready')) ?? '')?.[0];
    while (address() === undefined && child.exitCode === null) await database.sql`select pg_sleep(0.05)`;
    const url = address();
    const ask = async (path: string) => {
      const answer = await fetch(`${url}/api/v1/admin/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return await answer.json();
    };
    const [connection] = (await ask('fhir-connections')).items;
    expect(connection).toMatchObject({ site_key: 'env', managed_by: 'environment', has_private_key: true });
    for (let completed = 0; completed < 2; ) {
      await database.sql`select pg_sleep(0.05)`;
      const { items } = await ask('sync-runs');
      const failed = items.find(({ status }: { status: string }) => status === 'failed');
      if (failed || child.exitCode !== null) throw new Error(JSON.stringify(failed) + log.join('\n'));
      completed = items.filter(({ status }: { status: string }) => status === 'completed').length;
    }
    const health = await ask(`fhir-connections/${connection.connection_id}/health`);
    expect(health).toMatchObject({ last_success_at: expect.any(String), next_run_at: expect.any(String) });
    expect(await database.sql`select count(*)::int as n from cdm.person`).toEqual([{ n: 2 }]);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
