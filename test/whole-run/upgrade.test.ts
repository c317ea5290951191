/** A database that an older version of the program made, with a run that was live in it (upgrade/README.md). */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportScope, readConnection } from '../../jobs/connection/connection.ts';
import { unseal } from '../../jobs/connection/secrets.ts';
import { verifyRecord } from '../../jobs/record/verify.ts';
import type { Sql } from '../../sql/connect.ts';
import { databaseSettings } from '../../sql/database.ts';
import { migrate } from '../../sql/migrate.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { schemaText } from '../../sql/schema-text.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { type Ehr, startEhr } from '../ehr/server.ts';
import { few } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { type Over, openOver } from '../world/over.ts';
import { patient } from '../world/record.ts';
import { startRun } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf } from '../world/world.ts';

const FOLDER = join(import.meta.dirname, 'upgrade');
const record = JSON.parse(await readFile(join(FOLDER, 'record.json'), 'utf8'));

const world = await openTestWorld({ encryptionKey: Buffer.alloc(32, 7).toString('base64') });
afterAll(() => world.close());

/** By the last migration of the version. */
const VERSIONS = [
  { last: '0177-deid.sql', next: '0190-approvals.sql', ehrWas: 'http://127.0.0.1:37703' },
  { last: '0290-patients-held.sql', next: '0305-attachments.sql', ehrWas: 'http://127.0.0.1:44343' },
];

few(describe, 1).each(VERSIONS)(
  'a database of the version that ended with $last',
  ({ last, next, ehrWas }) => {
    let database: TestDatabase;
    let sql: Sql;
    let ehr: Ehr;
    let deps: Over;

    beforeAll(async () => {
      database = await newDatabase({ empty: true });
      sql = database.sql;
      // Whenever the test is run, it is later than in the dump.
      world.clock.advance(7200);
      let before = true;
      const clock = () => (before ? new Date('2026-11-01T00:00:00Z') : world.clock());
      ehr = await startEhr({ polls: 0, retryAfter: '1', clock });
      ehr.load(record.before);
      ehr.remove('Patient', 'gone');
      for (const resource of record.changes) ehr.put(resource);
      before = false;
      const dump = gunzipSync(await readFile(join(FOLDER, `${last.slice(0, 4)}.sql.gz`))).toString();
      // pg_dump empties the search path of its session.
      const session = postgres(database.url, { max: 1, onnotice: () => {} });
      await session.unsafe(dump.replaceAll('http://ehr.invalid', new URL(ehr.url).origin));
      // The queue goes by the server's clock, and keeps a job for 60 days: by now those of the dump may be gone.
      await session`update pgboss.job set keep_until = now() + interval '60 days'`;
      await session.end();
    });
    afterAll(async () => {
      await deps?.close();
      await ehr?.close();
      await database?.drop();
    });

    it('is migrated beside the run that is live in it, to the schema that a new one has', async () => {
      expect(await live()).toMatchObject({ status: 'processing', waiting: 1 });
      const { applied } = await migrate(sql, database.schemas);
      expect(applied[0]).toBe(next);
      const version = databaseSettings(process.env).cdmVersion;
      if (version) await moveCdm(sql, database.schemas, version);
      expect(await schemaText(sql, database.schemas)).toBe(await schemaText(world.sql, database.schemas));
      expect((await migrate(sql, database.schemas)).applied).toEqual([]);
    });

    it('opens the secrets that were sealed in it', async () => {
      deps = await openOver(world, database.url);
      const [row] = await sql<{ connection_id: number; client_id: string; private_key_sealed: string }[]>`
      select connection_id, client_id, private_key_sealed from connection`;
      const { connection_id: connection = 0, client_id = '', private_key_sealed = '' } = row ?? {};
      const place = { table: 'connection', column: 'private_key_sealed', connection } as const;
      const jwk = await exportJWK(createPublicKey(await unseal(deps.keyring, place, private_key_sealed)));
      const key = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES384', use: 'sig' };
      ehr.registerClient({ client_id, jwks: { keys: [key] }, scopes: ['system/*.read'] });
    });

    it('asks for the same as before, so that its watermark holds', async () => {
      const connection = await readConnection(sql, 1);
      const asked = exportScope({ ...connection, fhir_base_url: `${ehrWas}/fhir` });
      expect(connection.watermark_scope).toBe(asked);
      // The EHR has moved, which would be another matter.
      const now = exportScope(connection);
      await sql`update connection set watermark_scope = ${now}`;
      await sql`update run set export_scope = ${now} where export_scope = ${asked}`;
    });

    it('goes on with that run where it was, and ends it', async () => {
      const { run_id } = await live();
      await drain(deps, world.clock);
      expect(await runOf(sql, run_id)).toMatchObject({
        status: 'completed',
        mode: 'incremental',
        held_by: [],
        records_failed: 0,
      });
      const unequal = await sql`select run_id from run_metrics where not accounted_for`;
      expect([unequal, await orphans(sql), await leftovers(sql)]).toEqual([[], [], []]);
    });

    it('syncs what changes from then on, and holds what a new database would', async () => {
      ehr.put({ ...patient('new'), birthDate: '2001-01-01' });
      expect(await sync()).toMatchObject({ status: 'completed', mode: 'incremental', records_loaded: 1 });
      const full = await sync(true);
      expect(full).toMatchObject({ status: 'completed', records_extracted: ehr.count() });
      const fresh = await world.site({ ehr });
      await fresh.sync();
      const [ours, theirs] = [await contentOf(sql, 1), await contentOf(world.sql, fresh.id)];
      expect(sizes(ours)).toMatchObject({ person: 4, condition_occurrence: 3, drug_exposure: 1 });
      expect(ours).toEqual(theirs);
      expect(await leftovers(sql)).toEqual([]);
    });

    it('has a whole record, in which the older events are sealed too', async () => {
      const { faults, unsealed, seals } = await verifyRecord(deps);
      expect([faults, unsealed]).toEqual([[], []]);
      expect(seals).toBeGreaterThan(2);
    });

    async function live(): Promise<{ run_id: number; status: string; waiting: number }> {
      const [run] = await sql<{ run_id: number; status: string; waiting: number }[]>`
      select r.run_id, r.status, count(*) filter (where k.mapped_at is null)::int as waiting
      from ehr_sync.run r join ehr_sync.chunk k using (run_id)
      where r.finished_at is null group by r.run_id`;
      return run ?? { run_id: 0, status: 'none', waiting: 0 };
    }

    async function sync(force_full = false): Promise<RunRow> {
      world.clock.advance(60);
      const { run_id } = await startRun(deps, { connection_id: 1, triggered_by: 'test', force_full });
      await drain(deps, world.clock);
      return await runOf(sql, run_id);
    }
  },
);
