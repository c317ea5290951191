import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { few } from '../long-run.ts';
import { contentOf, leftovers } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { startProcess } from '../world/worker-process.ts';
import { drain, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

const LINES = 60;

/** A file of some 120 kB in chunks of 16. */
async function site(): Promise<Site> {
  const made = await world.site({ gzip: false, config: { limits: { chunk_bytes: 16_384 } } });
  made.ehr.put(patient('p'));
  for (let n = 0; n < LINES; n++)
    made.ehr.put(observation(`o${n}`, 'p', { note: [{ text: 'x'.repeat(1800) }] }));
  return made;
}

describe('SIGTERM in the middle of a download from a server that has fallen silent', () => {
  few(it, 1).each([
    { process: 'API and workers', args: ['app/main.ts', '--with-workers'], after: 70_000 },
    { process: 'the workers', args: ['jobs/main.ts'], after: 70_000 },
    { process: 'workers that have received nothing of it', args: ['jobs/main.ts'], after: 0 },
  ])('ends $process at once, and another worker goes on where they were', async ({ args, after }) => {
    const one = await site();
    const speak = Promise.withResolvers<void>();
    one.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('Observation'),
      do: after > 0 ? { stall: { after, until: speak.promise } } : { hold: speak.promise },
    });
    const { child, log } = await startProcess(world, args);
    children.push(child);
    const runId = await one.start();
    const asked = () => one.ehr.requests.length > 0 && one.ehr.faults.length === 0 && child.exitCode === null;
    for (let there = false; !there; ) {
      const [row] = await sql<{ bytes: number }[]>`
        select coalesce(max(bytes_done), 0) as bytes, pg_sleep(0.02) from export_file
        where run_id = ${runId} and url like '%Observation%'`;
      there = asked() && (row?.bytes ?? 0) >= (after > 0 ? 49_152 : 0);
      if (child.exitCode !== null) throw new Error(`it ended by itself:\n${log.join('\n')}`);
    }

    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    // In order, and not because the time for that was up.
    expect(log.join('\n')).not.toContain('did not end within');
    const [file] = await sql`
      select state, bytes_done from export_file where run_id = ${runId} and url like '%Observation%'`;
    expect(file?.['state']).toBe('queued');
    const open = await sql`
      select name, state::text as state, data ? 'attempt' as tried_in_vain from pgboss.job
      where name like 'sync-%' and state in ('created', 'retry', 'active') and name <> 'sync-watch'`;
    expect(open).toContainEqual({ name: 'sync-download', state: 'created', tried_in_vain: false });
    expect(open.filter(({ state }) => state !== 'created')).toEqual([]);
    expect((await runOf(sql, runId))['status']).toBe('downloading');
    speak.resolve();

    const before = one.ehr.requests.length;
    await drain(world.worker(), world.clock);
    expect(await runOf(sql, runId)).toMatchObject({
      ...{ status: 'completed', records_extracted: LINES + 1, records_loaded: LINES + 1, records_failed: 0 },
    });
    // The other file may be left as well: the signal came at once.
    const files = one.ehr.requests
      .slice(before)
      .filter(({ kind, path }) => kind === 'file' && path.includes('Observation'));
    const range = Number(file?.['bytes_done']) > 0 ? `bytes=${file?.['bytes_done']}-` : undefined;
    expect(files.map((request) => request.range)).toEqual([range]);
    const undisturbed = await site();
    await undisturbed.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, undisturbed.id));
    expect(await leftovers(sql)).toEqual([]);
  });
});
