import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { population } from '../ehr/population.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { drain, openTestWorld, returnJobsOfTheDead, runOf } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-kill-'));
  const files = Map.groupBy(population({ seed: 'kill', patients: 10 }), ({ resourceType }) => resourceType);
  for (const [type, resources] of files)
    await writeFile(
      join(folder, `${type}.ndjson`),
      resources.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
  for (const site_key of ['killed', 'undisturbed'])
    await sql`
      insert into connection (site_key, site_name, sync_config)
      values (${site_key}, ${site_key}, ${sql.json({ limits: { chunk_bytes: 32_768 } })})`;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world.close();
});

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: world.database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      LOG_LEVEL: 'silent',
    },
  });
}

describe('kill -9 of the workers in the middle of an import', () => {
  it('and another process that goes on end in the content of an undisturbed one', async () => {
    const imported = await startImport(world.deps, {
      paths: [folder],
      site_key: 'killed',
      new_site: true,
      actor: commandLine('test'),
    });
    const worker = start('jobs/main.ts');
    const exited = once(worker, 'exit');
    // As soon as some chunks are mapped and others are not.
    for (let done = 0; done < 4; ) {
      const [row] = await sql<{ n: number }[]>`
        select count(*) filter (where state = 'done')::int as n, pg_sleep(0.01) from chunk where run_id = ${imported.run_id}`;
      done = row?.n ?? 0;
      if (worker.exitCode !== null)
        throw new Error(`the workers ended by themselves with ${worker.exitCode}`);
    }
    worker.kill('SIGKILL');
    expect((await exited)[1]).toBe('SIGKILL');
    expect((await runOf(sql, imported.run_id))['status']).toMatch(/^(downloading|processing)$/);

    await returnJobsOfTheDead(world.deps);
    await sql`update pgboss.job set start_after = now() where state = 'retry'`;
    const [code] = await once(start('jobs/tick.ts', '--budget', '60s'), 'exit');
    expect(code).toBe(0);
    const run = await runOf(sql, imported.run_id);
    expect(run).toMatchObject({ status: 'completed', records_failed: 0, error_code: null });

    const undisturbed = await startImport(world.deps, {
      paths: [folder],
      site_key: 'undisturbed',
      new_site: true,
      actor: commandLine('test'),
    });
    await drain(world.deps, world.clock);
    const other = await runOf(sql, undisturbed.run_id);
    for (const name of Object.keys(run).filter((key) => /^(records|rows)_/.test(key)))
      expect([name, run[name]]).toEqual([name, other[name]]);
    const content = await contentOf(sql, imported.connection_id);
    expect(sizes(content)['measurement']).toBeGreaterThan(100);
    expect(content).toEqual(await contentOf(sql, undisturbed.connection_id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  });
});
