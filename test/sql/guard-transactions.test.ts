/** A process that loses its database connection in the middle of a transaction goes on, and nothing leaks out of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { connect, type Sql, type Tx } from '../../sql/connect.ts';
import { newDatabase } from '../database.ts';

const db = await newDatabase();
const { sql } = db;
await sql`create table public.written (n int)`;
// One connection, so that whoever connects next gets the very client that the transaction had.
const lone = connect(db.url, db.schemas, { max: 1 });
afterAll(async () => {
  // Having lost a connection, the client does not end by itself.
  await lone.end({ timeout: 1 });
  await db.drop();
});

const cut = (pid: number) => sql`select pg_terminate_backend(${pid})`;
const pidOf = async (tx: Tx | Sql) =>
  (await tx<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid ?? 0;
const written = async () =>
  (await sql<{ n: number }[]>`select n from public.written order by n`).map(({ n }) => n);

describe('a transaction whose connection is lost', () => {
  it('fails when a query is under way, without ending the process', async () => {
    await expect(
      lone.begin(async (tx) => {
        const pid = await pidOf(tx);
        await tx`insert into public.written values (1)`;
        const slow = tx`select pg_sleep(30)`;
        slow.catch(() => {});
        await cut(pid);
        await slow;
      }),
    ).rejects.toThrow(/CONNECTION_|terminating connection/);
    expect(await written()).toEqual([]);
    // The client keeps the server's last word for the first query after it, and is well again then.
    await pidOf(lone).catch(() => {});
    expect(await pidOf(lone)).toBeGreaterThan(0);
  });

  it('sends no later query, not even on the connection that came in its place', async () => {
    let later: unknown;
    let done = () => {};
    const ended = new Promise<void>((resolve) => {
      done = resolve;
    });
    const whole = lone.begin(async (tx) => {
      await cut(await pidOf(tx));
      try {
        // The work of another step, meanwhile, opens the client anew.
        while ((await lone`select 1 as n`.catch(() => [])).length === 0) await wait(5);
        await tx`insert into public.written values (2)`;
      } catch (error) {
        later = error;
        throw error;
      } finally {
        done();
      }
    });
    await expect(whole).rejects.toThrow(/CONNECTION_|terminating connection/);
    await ended;
    expect(String(later)).toContain('its connection was lost');
    expect(await written()).toEqual([]);
  });

  it('fails within a savepoint too', async () => {
    await expect(
      lone.begin((tx) =>
        tx.savepoint(async (inner) => {
          await cut(await pidOf(inner as unknown as Tx));
          await inner`insert into public.written values (3)`;
        }),
      ),
    ).rejects.toThrow(/CONNECTION_|terminating connection/);
    expect(await written()).toEqual([]);
  });
});

describe('a transaction that failed', () => {
  it('sends nothing more of what the function had begun besides', async () => {
    // The server's last word of the test before.
    await pidOf(lone).catch(() => {});
    let later: unknown;
    const [failed, beside] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const whole = lone.begin(async (tx) => {
      const goesOn = async () => {
        try {
          // Another has failed by now, and postgres.js rolls back.
          await failed.promise;
          await tx`insert into public.written values (7)`;
        } catch (error) {
          later = error;
        } finally {
          beside.resolve();
        }
      };
      await Promise.all([goesOn(), tx`select 1 / 0`.finally(() => setImmediate(failed.resolve))]);
    });
    await expect(whole).rejects.toMatchObject({ code: '22012' });
    await beside.promise;
    expect(String(later)).toContain('the transaction has ended');
    expect(await lone`select n from public.written where n = 7`).toEqual([]);
  });
});

describe('a transaction that is well', () => {
  it('commits, gives its result, and rolls back what fails', async () => {
    expect(
      await sql.begin(async (tx) => (await tx`insert into public.written values (4) returning n`)[0]?.['n']),
    ).toBe(4);
    await expect(
      sql.begin(async (tx) => {
        await tx`insert into public.written values (5)`;
        await tx.savepoint(async (inner) => inner`select 1 / 0`).catch(() => {});
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await written()).toEqual([4]);
    await sql.begin('isolation level serializable', async (tx) => tx`insert into public.written values (6)`);
    expect(await written()).toEqual([4, 6]);
  });
});
