import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { openEngine } from '../../jobs/engine.ts';
import { runJob } from '../../jobs/workers.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { migrate } from '../../sql/migrate.ts';
import { inLongRun } from '../long-run.ts';
import { holdOpen } from '../world/locks.ts';
import { observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
const { sql, database, deps, clock } = world;
const { url, schemas } = database;
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
  await world.close();
});

function impatient(options: { statementTimeoutMs?: number; lockTimeoutMs?: number }): Sql {
  const client = connect(url, schemas, { max: 3, ...options });
  ends.push(() => client.end({ timeout: 1 }));
  return client;
}

/** Holds a lock on a table, as a person does who has forgotten a transaction; gives what ends it. */
const lock = (table: string) =>
  holdOpen(sql, (tx) => tx.unsafe(`lock table ${table} in access exclusive mode`));

const show = async (client: Sql, name: string) =>
  (await client.unsafe(`select current_setting('${name}') as value`))[0]?.['value'];

describe('a lock that another session holds', () => {
  it('does not hold a step for ever: nothing of it is written, and it is tried again', async () => {
    const site = await world.site();
    site.ehr.put(patient('p'));
    site.ehr.put(observation('o', 'p'));
    const runId = await site.start();
    const worker = { ...world.worker(), sql: impatient({ lockTimeoutMs: 100 }) };
    let unlock: (() => Promise<void>) | undefined;
    let waited = 0;
    await drain(deps, clock, async () => {
      for (let fetched = await fetchOne(deps); fetched; fetched = await fetchOne(deps)) {
        if (fetched.name === 'map' && waited < 2) unlock ??= await lock('measurement');
        await runJob(worker, fetched.name, fetched.job);
        if (fetched.name !== 'map' || !unlock) continue;
        waited++;
        if (waited < 2) continue;
        const [row] =
          await sql`select count(*)::int as n from chunk where run_id = ${runId} and state = 'done'`;
        expect(row?.['n']).toBeLessThan(2);
        await unlock();
        unlock = undefined;
      }
    });
    expect(waited).toBe(2);
    expect(world.logged()).toContain('postgres-55P03');
    expect(await runOf(sql, runId)).toMatchObject({
      ...{ status: 'completed', records_loaded: 2, records_failed: 0, error_code: null },
    });
  });

  it('makes a request of the API end with 503, said as a problem', async () => {
    const app = createApp({
      ...deps,
      sql: impatient({ statementTimeoutMs: 100 }),
      config: { adminToken: 'a-token-of-the-test' },
    });
    const headers = { authorization: 'Bearer a-token-of-the-test' };
    const unlock = await lock('connection');
    const answer = await app.request('/api/v1/admin/fhir-connections', { headers });
    await unlock();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await answer.json()).toMatchObject({
      ...{ code: 'database-busy', status: 503 },
      detail: expect.stringContaining('STATEMENT_TIMEOUT_SECONDS'),
    });
    // On a machine that is busy it may take longer than these statements may.
    await expect
      .poll(async () => (await app.request('/api/v1/admin/fhir-connections', { headers })).status)
      .toBe(200);
  });

  inLongRun(it)(
    'and limits: a minute for steps unless told, none for migrations, whoever makes them',
    async () => {
      const env = { DATABASE_URL: url, ENCRYPTION_KEY: world.encryptionKey };
      const options = { passive: true, log: pino({ level: 'silent' }) };
      for (const [told, expected] of [
        [undefined, '1min'],
        ['0', '0'],
        ['5', '5s'],
      ] as const) {
        const opened = await openEngine({ ...env, LOCK_TIMEOUT_SECONDS: told }, options);
        expect([told, await show(opened.deps.sql, 'lock_timeout')]).toEqual([told, expected]);
        await opened.close();
      }
      await expect(openEngine({ ...env, LOCK_TIMEOUT_SECONDS: 'soon' }, options)).rejects.toThrow(
        'LOCK_TIMEOUT_SECONDS: expected a whole number',
      );

      // Another process migrates, for longer than our statements may take.
      const client = connect(url, schemas, { max: 1, statementTimeoutMs: 100, lockTimeoutMs: 50 });
      ends.push(() => client.end({ timeout: 1 }));
      const migrating = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const other = sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(7204513377::bigint)`;
        migrating.resolve();
        await release.promise;
      });
      await migrating.promise;
      const migrated = migrate(client, schemas);
      await sql`select pg_sleep(0.3)`;
      release.resolve();
      await other;
      expect((await migrated).applied).toEqual([]);
      expect(await show(client, 'lock_timeout')).toBe('50ms');
      expect(await show(client, 'statement_timeout')).toBe('100ms');
    },
  );
});
