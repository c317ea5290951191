import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { type Examined, examine } from '../../jobs/operator/doctor.ts';
import { threadsHere } from '../../jobs/operator/examine-machine.ts';
import type { Finding } from '../../jobs/operator/finding.ts';
import { warnOfConcepts } from '../../jobs/vocabulary/check-concepts.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { NAMED_CONCEPTS } from '../../jobs/vocabulary/named-concepts.ts';
import { connect } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun } from '../long-run.ts';
import { bundle, concepts, temporaryFolder, vocabularies, writeFolder } from '../vocabulary/bundle.ts';

const key = () => randomBytes(32).toString('base64');
const KEY = key();
const openKeys = () => openKeyring({ ENCRYPTION_KEY: `ours:${KEY}` });

let db: TestDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  db = await newDatabase();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await db.drop();
  await folder.remove();
});

async function findings(changes: Partial<Examined> = {}): Promise<Record<string, Finding>> {
  const found: Record<string, Finding> = {};
  const examined = { sql: db.sql, schemas: db.schemas, openKeys, ...changes };
  for await (const finding of examine(examined)) found[finding.what] = finding;
  return found;
}

const NAMED = NAMED_CONCEPTS.map(
  ({ id, name, domain = 'Metadata', standard = true }) =>
    `${id}|${name}|${domain}|None|Undefined|${standard ? 'S' : ''}|OMOP${id}|`,
);
async function load(...rows: string[]): Promise<string[]> {
  const files = bundle({
    'CONCEPT.csv': concepts(...rows),
    'VOCABULARY.csv': vocabularies('v5.0 31-AUG-25'),
  });
  const source = await writeFolder(folder.path, files);
  const clock = () => new Date('2026-03-01T08:00:00Z');
  const loaded = await loadVocabulary({ sql: db.sql, source, clock, log: pino({ level: 'silent' }) });
  return [...loaded.warnings];
}

async function logged(): Promise<string> {
  const lines: string[] = [];
  await warnOfConcepts({
    sql: db.sql,
    log: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
  });
  return lines.join('');
}

describe('the doctor', () => {
  it('says how many threads a worker has here, and whether these are too many', () => {
    expect(threadsHere({}, 4)).toMatchObject({ state: 'well', found: expect.stringMatching(/^2 for each/) });
    expect(threadsHere({ WORKER_THREADS: '9' }, 4)).toMatchObject({
      ...{ state: 'advice', found: '9 for each that starts here, which has 4 cores' },
      todo: expect.stringContaining('WORKER_THREADS'),
    });
    expect(threadsHere({ WORKER_THREADS: 'many' }, 4)).toMatchObject({
      ...{ state: 'wrong', found: expect.stringContaining('WORKER_THREADS: expected a whole number') },
    });
  });

  it('finds a database without a vocabulary and without connections, and says what to do', async () => {
    const found = await findings();
    expect(found).toMatchObject({
      database: { state: 'well', found: expect.stringMatching(/^PostgreSQL \d+/) },
      schema: { state: 'well', found: 'current in cdm and ehr_sync' },
      'encryption key': { state: 'well', found: '"ours" seals' },
      vocabulary: { state: 'wrong', todo: expect.stringContaining('vocabulary load DIR|ZIP') },
      connections: { state: 'advice', found: 'none yet' },
    });
    expect(found['pg_trgm']?.state).toMatch(/well|advice/);
    expect(await logged()).toContain('no vocabulary is loaded');
  });

  it('finds a whole release well, and says nothing of it at the start of workers or of a load', async () => {
    const warnings = await load(...NAMED);
    expect(warnings.filter((warning) => warning.includes('doctor'))).toEqual([]);
    expect(await findings()).toMatchObject({
      vocabulary: {
        state: 'well',
        found: `v5.0 31-AUG-25, ${NAMED.length + 1} concepts, 1 relationships, loaded 2026-03-01`,
      },
      'vocabulary search': { state: 'advice', todo: 'npm run cli -- vocabulary index' },
      'named concepts': { state: 'well' },
      'local maps': { state: 'well' },
    });
    expect(await logged()).toBe('');
    await db.sql`
      insert into source_to_concept_map values ('GLU', 0, 'LAB', null, 4711, 'LOINC', '1970-01-01', '2099-12-31')`;
    expect((await findings())['local maps']).toMatchObject({
      state: 'advice',
      found: expect.stringMatching(/^1 lead to concepts that are not/),
    });
    await db.sql`delete from source_to_concept_map`;
  });

  it('finds what the mapping names and the release lacks, with the columns that it costs', async () => {
    const changed = NAMED.filter((row) => !row.startsWith('32902|')).map((row) =>
      row.startsWith('8507|') ? row.replace('|Gender|', '|Race|') : row,
    );
    const warnings = await load(...changed);
    expect(warnings).toContainEqual(expect.stringMatching(/^2 of the concepts.*cli -- doctor/));
    expect((await findings())['named concepts']).toMatchObject({
      state: 'wrong',
      found: '2 are not as expected',
      concepts: [
        {
          ...{ concept_id: 8507, name: 'MALE', uses: 'person.gender_concept_id' },
          problem: 'is in domain Race, expected Gender',
        },
        {
          ...{ concept_id: 32902, name: 'Primary diagnosis', uses: 'condition_status_concept_id' },
          problem: 'is not in the loaded vocabulary',
        },
      ],
    });
    expect(await logged()).toContain('"concepts":2,"concept_ids":[8507,32902]');
  });

  it('only advises where a quality check alone misses a concept', async () => {
    await load(...NAMED.filter((row) => !row.startsWith('3025315|')));
    expect((await findings())['named concepts']).toMatchObject({
      state: 'advice',
      concepts: [{ concept_id: 3025315, uses: 'quality check of vital signs' }],
    });
  });

  it('finds a secret in the URL of a connection that SQL made, and does not repeat it', async () => {
    await db.sql`
      insert into connection (site_key, site_name, fhir_base_url)
      values ('leaky', 'leaky', 'https://ehr.example/fhir?apikey=hunter2')`;
    const { leaky } = await findings();
    expect(leaky).toMatchObject({ state: 'wrong', todo: expect.stringContaining('Set fhir_base_url anew') });
    expect(JSON.stringify(leaky)).not.toContain('hunter2');
    await db.sql`delete from connection where site_key = 'leaky'`;
  });

  it('finds how each connection is doing', async () => {
    const keyring = await openKeys();
    const other = await openKeyring({ ENCRYPTION_KEY: key() });
    const connection = async (site_key: string, sealWith: Keyring | null): Promise<number> => {
      const [row] = await db.sql<{ connection_id: number }[]>`
        insert into connection (site_key, site_name, fhir_base_url)
        values (${site_key}, ${site_key}, ${site_key === 'files' ? null : 'https://ehr.example/fhir'})
        returning connection_id`;
      const id = row?.connection_id ?? 0;
      const place = { table: 'connection', column: 'client_secret_sealed', connection: id } as const;
      const sealed = sealWith && (await seal(sealWith, place, 'x'));
      await db.sql`update connection set client_secret_sealed = ${sealed} where connection_id = ${id}`;
      return id;
    };
    const run = async (id: number, status: string, mapped: number, error: string | null = null) => {
      const [row] = await db.sql<{ run_id: number }[]>`
        insert into run (connection_id, kind, mode, status, triggered_by, finished_at, records_extracted, records_unchanged,
          records_loaded, records_excluded, records_failed, records_parked, records_redriven, records_mapped, error_step,
          error_code, error_message)
        values (${id}, 'export', 'full', ${status}, 'test', now(), 200, 0, 200, 0, 0, 0, 0, ${mapped}, ${error && 'poll'},
          ${error}, ${error && 'What the server said.'})
        returning run_id`;
      return row?.run_id ?? 0;
    };
    await run(await connection('good', keyring), 'completed', 150);
    await run(await connection('bad', null), 'failed', 0, 'kick-off-refused');
    await run(await connection('forgotten', null), 'failed', 0, 'export-gone');
    const trying = await connection('trying', null);
    await run(trying, 'failed', 0, 'kick-off-refused');
    await db.sql`insert into run (connection_id, mode, triggered_by) values (${trying}, 'full', 'test')`;
    const told = await run(await connection('told', null), 'completed', 200);
    await db.sql`update run set held_by = '{file-lost}' where run_id = ${told}`;
    await db.sql`
      insert into run_notice (run_id, code, subject, message, at)
      values (${told}, 'server-remark', 'warning slow', 'The server said this.', now())`;
    await db.sql`
      update connection set is_active = false where connection_id = ${await connection('off', null)}`;
    await connection('new', null);
    await connection('files', null);
    await connection('locked', other);
    const cleared = await connection('cleared', null);
    await db.sql`update connection set credentials_cleared = 'token_endpoint' where connection_id = ${cleared}`;
    const bare = await connection('bare', null);
    await db.sql`
      update connection set client_certificate_cleared = 'token_endpoint' where connection_id = ${bare}`;
    const lockedKey = await connection('locked-key', null);
    const place = { table: 'connection_key', column: 'private_key_sealed', connection: lockedKey } as const;
    await db.sql`
      insert into connection_key (connection_id, kid, algorithm, public_jwk, private_key_sealed, made_at, signs_from)
      values (${lockedKey}, 'k', 'ES384', '{}', ${await seal(other, place, 'x')}, now(), now())`;
    expect(await findings()).toMatchObject({
      good: {
        state: 'well',
        found: expect.stringMatching(
          /^healthy, last run completed .* UTC, 25.0 % of its resources with an unmapped/,
        ),
      },
      bad: {
        ...{ state: 'wrong', todo: 'Then: npm run cli -- retry bad' },
        details: [
          expect.stringMatching(/failed in its step "poll" \(kick-off-refused\)\. What the server said\./),
          expect.stringMatching(/^No sync has been completed yet/),
        ],
      },
      bare: {
        state: 'wrong',
        found: expect.stringContaining('its client certificate was cleared when token_endpoint changed'),
        todo: expect.stringContaining('keys certificate --connection bare'),
      },
      // A retry would only ask for what is gone again.
      forgotten: { state: 'wrong', todo: 'Then: npm run cli -- sync forgotten' },
      trying: { state: 'wrong', todo: undefined },
      told: {
        state: 'advice',
        found: expect.stringMatching(/^degraded, /),
        details: [
          expect.stringMatching(/watermark stays at the beginning/),
          'server-remark (warning slow): The server said this.',
        ],
      },
      off: { state: 'advice', details: expect.arrayContaining([expect.stringContaining('switched off')]) },
      new: { state: 'advice', todo: 'npm run cli -- sync new' },
      files: { state: 'advice', todo: 'npm run cli -- import DIR --site files' },
      locked: { state: 'wrong', found: expect.stringContaining('sealed with another key') },
      'locked-key': { state: 'wrong', found: expect.stringContaining('sealed with another key') },
      cleared: { state: 'wrong', found: expect.stringContaining('cleared when token_endpoint changed') },
    });
  });

  it('finds that nobody works while runs wait, or while scheduled syncs are to start', async () => {
    expect((await findings())['workers']).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(
        /^none runs \(never seen\), so these do not get on: run \d+ of "trying" \(pending\)$/,
      ),
      todo: expect.stringContaining('npm run work'),
    });
    await db.sql`update pgboss.version set cron_on = now() - interval '5 seconds'`;
    expect((await findings())['workers']).toMatchObject({
      state: 'well',
      found: expect.stringMatching(/^running, last seen/),
    });
    await db.sql`update pgboss.version set cron_on = now() - interval '10 minutes'`;
    expect((await findings())['workers']).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(/^none runs \(last seen 20.* UTC\), so these/),
    });
    await db.sql`update run set status = 'cancelled', finished_at = now() where status = 'pending'`;
    expect((await findings())['workers']).toMatchObject({ state: 'well' });
    await db.sql`update connection set sync_config = '{"schedule": {"cron": "0 2 * * *"}}' where site_key = 'new'`;
    expect((await findings())['workers']).toMatchObject({
      ...{ state: 'wrong', found: expect.stringContaining('no scheduled sync starts') },
    });
  });

  it('finds a server whose clock differs from ours, one that is not reached, and schedules that are not planned', async () => {
    let ahead = 0;
    const server = createServer((_, answer) => {
      answer.setHeader('date', new Date(Date.now() + ahead).toUTCString());
      answer.end('{}');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const config = { allowed_networks: ['127.0.0.0/8'], schedule: { cron: '0 2 * * *' } };
    await db.sql`update connection set is_active = false where is_active`;
    await db.sql`
      insert into connection (site_key, site_name, fhir_base_url, sync_config)
      values ('clock', 'clock', ${`http://127.0.0.1:${port}/fhir`}, ${db.sql.json(config)}),
        ('away', 'away', 'http://127.0.0.1:9/fhir', ${db.sql.json({ allowed_networks: ['127.0.0.0/8'] })})`;
    const env = { DATABASE_URL: db.url };
    expect(await findings({ env })).toMatchObject({
      versions: { found: expect.stringMatching(/^fhir-omop-sync \d.*Node v\d/) },
      disk: { state: 'well' },
      'way to EHRs': { state: 'well', found: 'directly; certificates are checked' },
      queue: { state: 'well' },
      schedules: { state: 'wrong', details: ['clock: not planned'] },
      'server of clock': { state: 'well', found: expect.stringContaining('its clock and ours agree') },
      'server of away': { state: 'wrong', todo: 'npm run cli -- connections test away' },
    });
    ahead = -5 * 60_000;
    expect((await findings({ env }))['server of clock']).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(/its clock is (299|300) s behind ours/),
      todo: expect.stringContaining('NTP'),
    });
    ahead = 30_000;
    expect((await findings({ env }))['server of clock']).toMatchObject({
      ...{ state: 'advice', found: expect.stringMatching(/(29|30) s ahead of ours/) },
    });
    expect(await findings({ env, offline: true })).not.toHaveProperty(['server of clock']);
    const proxy = await findings({ env: { ...env, HTTPS_PROXY: 'nonsense' }, offline: true });
    expect(proxy['way to EHRs']).toMatchObject({
      ...{ state: 'wrong', found: expect.stringContaining('HTTPS_PROXY') },
    });
    await new Promise((closed) => server.close(closed));
    await db.sql`delete from connection where site_key in ('clock', 'away')`;
  });

  it('finds a schema that is behind or was tampered with, and reads nothing further', async () => {
    await db.sql`update migration set sha256 = 'other' where name = '0001-cdm-tables.sql'`;
    const tampered = await findings();
    expect(tampered['schema']).toMatchObject({
      state: 'wrong',
      found: 'changed after they were applied: 0001-cdm-tables.sql',
    });
    expect(tampered['vocabulary']).toBeUndefined();
    await db.sql`delete from migration where name in ('0001-cdm-tables.sql', 'views/90-lineage.sql')`;
    expect((await findings())['schema']).toMatchObject({
      ...{ state: 'wrong', todo: 'npm run migrate' },
      found: 'not applied: 0001-cdm-tables.sql, views/90-lineage.sql',
    });
  });

  it('finds a key that is missing or none', async () => {
    const none = await findings({ openKeys: () => openKeyring({}) });
    expect(none['encryption key']).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('openssl rand -base64 32'),
    });
  });

  it('finds a database that does not answer, without its password', async () => {
    const url = new URL(db.url);
    url.port = '1';
    url.password = 'SECRET';
    const sql = connect(url.href);
    const found = await findings({ sql });
    await sql.end();
    expect(Object.keys(found)).toEqual(['database']);
    expect(found['database']).toMatchObject({
      state: 'wrong',
      todo: expect.stringContaining('DATABASE_URL'),
    });
    expect(JSON.stringify(found)).not.toContain('SECRET');
  });

  inLongRun(it)('ends with 1 when something is wrong', async () => {
    const { code, output } = await run({ DATABASE_URL: db.url, ENCRYPTION_KEY: KEY });
    expect(output).toContain('✓ database: PostgreSQL');
    expect(output).toContain('✗ schema: not applied');
    expect(output).toMatch(/1 to mend/);
    expect(code).toBe(1);
  });
});

function run(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const cli = new URL('../../app/cli/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [cli, 'doctor'], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
