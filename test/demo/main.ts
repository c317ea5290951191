/**
 * `npm run demo`: the whole thing on real parts, in under a minute. It starts an embedded Postgres and a
 * simulated EHR that verifies every signature, loads a vocabulary in Athena's format, and makes and tests a
 * connection through the API. Then come a full sync, a day at the hospital, an incremental sync, and the
 * answers in plain SQL. `--keep` leaves it up to play with.
 *
 * It has a database of its own (.data/demo), created anew each time.
 */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { createApp } from '../../app/app.ts';
import { makeSignInCode, SIGN_IN_MINUTES, signInAddress } from '../../app/auth/sign-in-code.ts';
import { accountLine, type Run, watchRun } from '../../app/cli/watch.ts';
import { openEngine } from '../../jobs/engine.ts';
import { type Deps, ownerOf } from '../../jobs/step/deps.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { type ApiClient, createClient } from '../../openapi/client/index.ts';
import { connect as connectDatabase } from '../../sql/connect.ts';
import { removeEmbedded, stopUnused } from '../../sql/embedded.ts';
import { type Ehr, startEhr } from '../ehr/server.ts';
import { writeVocabulary } from '../ehr/vocabulary.ts';
import { showAnswers } from './answers.ts';
import { listen, PortFault } from './listen.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    patients: { type: 'string', default: '200' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(
    'Usage: npm run demo -- [--patients N] [--keep]\n\n  --keep   leave it up, with an address to sign in at; at the port PORT, or the first free from 8080 on',
  );
  process.exit(0);
}
const patients = Number(values.patients);
if (!Number.isInteger(patients) || patients < 1) {
  console.error(`--patients takes a whole number from 1 on, and got ${JSON.stringify(values.patients)}.`);
  process.exit(2);
}
const started = Date.now();
const dataDir = resolve('.data', 'demo');
const BY_VARIABLES = 'client-by-variables';

/** Says by itself what to do. */
class DemoError extends Error {}

const heading = (text: string) => console.log(`\n\x1b[1m${text}\x1b[0m`);
const say = (text: string) => console.log(`  ${text}`);
const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;

/** What has been started, to be ended in the opposite order however the demo ends. */
const opened: (() => Promise<unknown>)[] = [];
let ending = false;
async function end(code: number): Promise<never> {
  ending = true;
  for (const close of opened.splice(0).reverse()) await close().catch(() => {});
  // Where that was cut short, or nothing was opened yet, the server may still run.
  await stopUnused(dataDir).catch(() => {});
  process.exit(code);
}

const interrupted = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
});
// Of `demo | head` nothing may stay behind either.
process.stdout.on('error', () => void end(1));
const outcome = await Promise.race([demo(), interrupted.then(() => 'interrupted' as const)]).catch(
  (error: unknown) => {
    // What fails because all is being closed is no news.
    if (!ending)
      console.error(error instanceof DemoError || error instanceof PortFault ? error.message : error);
    return 'failed' as const;
  },
);
await end(outcome === 'done' ? 0 : outcome === 'failed' ? 1 : 130);

async function demo(): Promise<'done' | 'failed'> {
  heading('1 · Postgres, vocabulary, EHR');
  if (!(await stopUnused(dataDir))) {
    throw new DemoError(
      `Another demo uses ${dataDir}, which this one would begin anew. End it first (Ctrl-C, where it runs).`,
    );
  }
  removeEmbedded(dataDir);
  const token = randomBytes(24).toString('hex');
  const engine = await openEngine({ PATH: process.env['PATH'], DATA_DIR: dataDir, LOG_LEVEL: 'error' });
  opened.push(() => engine.close());
  const { deps } = engine;
  say(engine.database.described);
  const vocabulary = await loadDemoVocabulary(deps);
  say(
    `vocabulary "${vocabulary.version}": ${count(vocabulary.tables.find((one) => one.name === 'concept')?.rows ?? 0)} concepts, loaded from files in Athena's format`,
  );
  const ehr = await startEhr({ population: { seed: 'demo', patients }, polls: 2, retryAfter: '1' });
  opened.push(() => ehr.close());
  say(
    `simulated EHR at ${ehr.url}: ${count(ehr.count('Patient'))} patients, ${count(ehr.count())} resources`,
  );

  const workers = await startWorkers(deps, engine);
  opened.push(() => workers.stop());
  // As `npm start` does: requests have a login of their own, the workers' may not read tokens and sign-ins.
  const sql = connectDatabase(engine.database.urls.api, engine.database.schemas, { max: 4 });
  opened.push(() => sql.end({ timeout: 5 }));
  const app = createApp({ ...deps, sql, config: { adminToken: token } });
  const serving = await listen(app, values.keep ? process.env['PORT'] : '0');
  opened.push(() => serving.close());
  const api = createClient({ baseUrl: serving.url, token });
  say(`admin API at ${serving.url}`);

  heading('2 · A connection, made and tested through the API');
  const connectionId = await connect(api, ehr);

  heading('3 · Full sync');
  const full = await sync(api, connectionId);

  heading('4 · A day at the hospital, then an incremental sync');
  const changes = ehr.change('day-1', { patients: 12 });
  say(`at the EHR: ${changes.put} resources written, ${changes.removed} deleted`);
  const incremental = await sync(api, connectionId);

  heading('5 · The answers, in plain SQL');
  await showAnswers(deps.sql, incremental);

  const good = [full, incremental].every((run) => run.status === 'completed');
  heading(`${good ? 'Done' : 'FAILED'} in ${seconds()}`);
  if (!good) return 'failed';
  if (values.keep) {
    say(`pages       ${serving.url}/admin   (stop with Ctrl-C)`);
    say(`EHR         ${ehr.url}`);
    const code = await makeSignInCode(ownerOf(deps), deps.clock());
    say(`sign in     ${signInAddress(serving.url, code)}   (once, within ${SIGN_IN_MINUTES} minutes)`);
    ehr.registerClient({
      ...{ client_id: 'your-client', scopes: ['system/*.read'] },
      jwks_url: `${serving.url}/.well-known/jwks.json`,
    });
    say(`try it      a connection of your own, to the EHR above: client id "your-client", private addresses`);
    say('            127.0.0.0/8. The EHR reads the key that you make with it from the server.');
    const keyFile = await registerByVariables(ehr);
    say('            Or by variables, beside the demo in its database:');
    say(
      `            DATA_DIR=${dataDir} PORT=0 EHR_SYNC_ENABLED=true EHR_FHIR_BASE_URL=${ehr.url} EHR_CLIENT_ID=${BY_VARIABLES} EHR_PRIVATE_KEY_FILE=${keyFile} EHR_SYNC_RUN_ON_STARTUP=true npm start`,
    );
    say(`database    ${engine.database.url}`);
    say(
      `API         curl -H "Authorization: Bearer ${token}" ${serving.url}/api/v1/admin/fhir-sync/dashboard`,
    );
    say(
      `sync again  curl -X POST -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" -d '{}' ${serving.url}/api/v1/admin/fhir-connections/${connectionId}/sync`,
    );
    await interrupted;
  }
  return 'done';
}

/** The file of a key of which the EHR knows the public half. */
async function registerByVariables(server: Ehr): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const keys = [{ ...jwk, kid, alg: 'ES384', use: 'sig' }];
  server.registerClient({ client_id: BY_VARIABLES, scopes: ['system/*.read'], jwks: { keys } });
  const file = join(dataDir, 'client-by-variables.pem');
  await writeFile(file, await exportPKCS8(privateKey), { mode: 0o600 });
  return file;
}

async function loadDemoVocabulary(deps: Deps) {
  const folder = await mkdtemp(join(tmpdir(), 'demo-vocabulary-'));
  try {
    await writeVocabulary(folder);
    return await loadVocabulary({ sql: ownerOf(deps), source: folder, clock: deps.clock, log: deps.log });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function connect(client: ApiClient, server: Ehr): Promise<number> {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  server.registerClient({
    client_id: 'demo-client',
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'demo-key', alg: 'ES384', use: 'sig' }] },
    scopes: ['system/*.read'],
  });
  const created = await client.POST('/api/v1/admin/fhir-connections', {
    body: {
      ...{
        site_key: 'demo-hospital',
        site_name: 'Demo Hospital',
        ehr_vendor: 'other',
        fhir_base_url: server.url,
      },
      ...{
        client_id: 'demo-client',
        private_key_pem: await exportPKCS8(privateKey),
        sync_config: { auth: { key_id: 'demo-key' }, allowed_networks: ['127.0.0.0/8'] },
      },
    },
  });
  if (!created.data) throw new Error(`the connection was refused: ${JSON.stringify(created.error)}`);
  const { connection_id: id, site_key } = created.data;
  say(
    `connection ${id} "${site_key}", private key stored encrypted (has_private_key: ${created.data.has_private_key})`,
  );
  const tested = await client.POST('/api/v1/admin/fhir-connections/{id}/test', { params: { path: { id } } });
  for (const step of tested.data?.steps ?? [])
    say(`${step.status === 'ok' ? '✓' : '✗'} ${step.step.padEnd(14)} ${step.detail} (${step.ms} ms)`);
  if (tested.data?.status !== 'ok') throw new Error('the connection test did not pass');
  return id;
}

async function sync(client: ApiClient, id: number): Promise<Run> {
  const { data, error } = await client.POST('/api/v1/admin/fhir-connections/{id}/sync', {
    params: { path: { id } },
    body: {},
  });
  if (!data) throw new Error(`the sync was refused: ${JSON.stringify(error)}`);
  const run = await watchRun(client, { connection_id: id, run_id: data.run_id });
  say(accountLine(run));
  if (run.since) say(`asked for what changed since ${run.since}`);
  if (run.error) say(`failed in ${run.error.step}: ${run.error.message}`);
  return run;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
