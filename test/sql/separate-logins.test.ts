/** The program under a login for each role, as an installation with a URL for each has it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { openEngine } from '../../jobs/engine.ts';
import { examine } from '../../jobs/operator/doctor.ts';
import type { Finding } from '../../jobs/operator/finding.ts';
import { runTick } from '../../jobs/tick.ts';
import { buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { connect } from '../../sql/connect.ts';
import { removeEmbedded } from '../../sql/embedded.ts';
import { loginOf, makeLoginsInTx, urlAs } from '../../sql/logins.ts';
import { migrate } from '../../sql/migrate.ts';
import { grantRolesInTx, missingGrants, roleName } from '../../sql/roles.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { dropRoles, ownSchemas } from './own-roles.ts';

const schemas = ownSchemas();
const log = pino({ level: 'silent' });
const worker = loginOf('worker', schemas, 'secret');
const api = loginOf('api', schemas, 'secret');

let db: TestDatabase;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  db = await newDatabase({ empty: true, schemas });
  env = {
    ...{ CDM_SCHEMA: schemas.cdm, SYNC_SCHEMA: schemas.sync, QUEUE_SCHEMA: schemas.queue },
    ...{ WORKER_DATABASE_URL: urlAs(db.url, worker), API_DATABASE_URL: urlAs(db.url, api) },
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  await migrate(db.sql, schemas);
  await db.sql.begin(async (tx) => {
    await grantRolesInTx(tx, schemas);
    await makeLoginsInTx(tx, schemas, [worker, api]);
  });
}, 120_000);

afterAll(async () => {
  const admin = postgres(db.url, { max: 1, onnotice: () => {} });
  for (const { name } of [worker, api]) await admin.unsafe(`drop role ${name}`);
  await dropRoles(admin, schemas);
  await admin.end();
  await db.drop();
});

const whoIs = 'select current_user::text as name, rolsuper from pg_roles where rolname = current_user';

describe('the program', () => {
  it('works by the login of its role, and has the owner make the queue and what else is missing', async () => {
    const engine = await openEngine({ ...env, DATABASE_URL: db.url }, { passive: true, log });
    try {
      expect(await engine.deps.sql.unsafe(whoIs)).toEqual([{ name: worker.name, rolsuper: false }]);
      expect(await runTick(engine.deps, () => false)).toMatchObject({ idle: true });
      expect(await engine.deps.owner?.unsafe(whoIs)).not.toEqual([{ name: worker.name, rolsuper: false }]);
    } finally {
      await engine.close();
    }
  });

  it.each(['worker', 'api'] as const)('needs no URL of the owner: %s', async (role) => {
    const engine = await openEngine(env, { passive: true, log, role });
    try {
      const { name } = role === 'worker' ? worker : api;
      expect(await engine.deps.sql.unsafe(whoIs)).toEqual([{ name, rolsuper: false }]);
      expect(engine.deps.owner).toBeUndefined();
      await engine.deps.sql.begin((tx) => engine.deps.queue.sendInTx(tx, 'watch', {}));
    } finally {
      await engine.close();
    }
  });

  it('goes on after rights are granted anew, the queue with its partitions too', async () => {
    await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
    const engine = await openEngine(env, { passive: true, log });
    try {
      await engine.deps.sql.begin((tx) => engine.deps.queue.sendInTx(tx, 'watch', {}));
      expect(await engine.deps.queue.boss.fetch('sync-watch')).toHaveLength(1);
      expect(await runTick(engine.deps, () => false)).toMatchObject({ idle: true });
    } finally {
      await engine.close();
    }
  });

  it.each(['api', 'worker'] as const)(
    'lacks nothing where the owner has built the search of a vocabulary: %s',
    async (role) => {
      const sql = connect(urlAs(db.url, role === 'api' ? api : worker), schemas, { max: 1 });
      try {
        await db.sql`update vocabulary_release set is_current = false`;
        await db.sql`
          insert into vocabulary_release (version, source, concepts, relationships) values (${role}, 'test', 0, 0)`;
        const built = await buildSearch({ sql: db.sql, clock: () => new Date(), log });
        expect(built).toMatchObject({ state: 'built' });
        expect(await missingGrants(sql, schemas, role)).toEqual([]);
        await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
        expect(await missingGrants(sql, schemas, role)).toEqual([]);
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
  );

  few(it, 1).each([
    ['api', 'revoke insert on ', 'run', 'insert'],
    ['worker', 'revoke delete on ', 'chunk_body', 'delete'],
  ] as const)(
    'is not ready where the login of %s lacks a right, and the doctor names it',
    async (role, revoke, table, right) => {
      const engine = await openEngine(env, { passive: true, log, role: 'worker' });
      const sql = connect(urlAs(db.url, api), schemas, { max: 1 });
      const logins = [{ role: 'api', sql } as const, { role: 'worker', sql: engine.deps.sql } as const];
      const app = createApp({ ...engine.deps, sql, logins, config: { adminToken: undefined } });
      const findings = async () => {
        const found = new Map<string, Finding>();
        const examined = {
          sql: db.sql,
          schemas,
          openKeys: () => Promise.resolve(engine.deps.keyring),
          logins,
        };
        for await (const one of examine(examined)) found.set(one.what, one);
        return (['api', 'worker'] as const).map((one) => found.get(`rights of the ${one}'s login`));
      };
      try {
        expect(await (await app.request('/readyz')).json()).toEqual({ status: 'ready' });
        if (LONG_RUN) expect((await findings()).map((one) => one?.state)).toEqual(['well', 'well']);
        await db.sql.unsafe(`${revoke} ${schemas.sync}.${table} from ${roleName(schemas, role)}`);
        const missing = `${right} on ${schemas.sync}.${table}`;
        const answer = await app.request('/readyz');
        expect(answer.status).toBe(503);
        const { detail } = (await answer.json()) as { detail: string };
        expect(detail).toContain('lacks rights');
        expect(detail).not.toContain(missing);
        expect((await findings()).find((one) => one?.state === 'wrong')).toMatchObject({
          what: `rights of the ${role}'s login`,
          found: expect.stringContaining(missing),
          todo: expect.stringContaining('npm run migrate -- --roles'),
        });
        await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
        expect(await (await app.request('/readyz')).json()).toEqual({ status: 'ready' });
      } finally {
        await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
        await sql.end({ timeout: 1 });
        await engine.close();
      }
    },
  );

  it('says what to do when nobody has migrated, and it may not', async () => {
    await db.sql`delete from migration where name like 'views/%'`;
    await expect(openEngine(env, { passive: true, log })).rejects.toThrow(/npm run migrate/);
    await migrate(db.sql, schemas);
  });
});

describe('with the embedded server the program', () => {
  inLongRun(it)(
    'is no superuser',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-roles-'));
      const engine = await openEngine({ DATA_DIR: dataDir }, { passive: true, log });
      try {
        expect(await engine.deps.sql.unsafe(whoIs)).toEqual([
          { name: 'ehr_sync_worker_login', rolsuper: false },
        ]);
        await expect(engine.deps.sql`delete from audit_event`).rejects.toThrow(/permission denied/);
        expect(await runTick(engine.deps, () => false)).toMatchObject({ idle: true });
      } finally {
        await engine.close();
        removeEmbedded(dataDir);
      }
    },
    120_000,
  );
});
