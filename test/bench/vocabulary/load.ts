/**
 * Loading an Athena download, compared with the bare minimum: COPY of the same files by one plain connection
 * that does nothing else, into tables without indexes, then the same indexes, with the same memory for
 * sorting. Both are durable and run in turns. The best of each counts, since a machine is only ever slowed
 * down.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readLines } from '../../../jobs/vocabulary/load/athena-lines.ts';
import { openBundle } from '../../../jobs/vocabulary/load/bundle.ts';
import { SORT_MEMORY } from '../../../jobs/vocabulary/load/load.ts';
import { connect, type Sql } from '../../../sql/connect.ts';
import { copyIn } from '../../../sql/copy-in.ts';
import { DEFAULT_SCHEMAS } from '../../../sql/default-schemas.ts';
import { startChild } from '../child.ts';
import { postgresCpu } from '../cpu.ts';
import { measureLookUps } from './look-ups.ts';

const Loaded = z.object({
  rows: z.number(),
  seconds: z.number(),
  peakMb: z.number(),
  cpuSeconds: z.number(),
  steps: z.record(z.string(), z.number()),
});
type Loaded = z.infer<typeof Loaded>;

export interface Measured extends Loaded {
  readonly floorSeconds: number;
  readonly floorSteps: Readonly<Record<string, number>>;
  readonly ratio: number;
  /** CPU of client and server beside that of the bare one's server. */
  readonly cpuRatio: number | null;
  /** Milliseconds for a thousand codes that nobody remembers, the median. */
  readonly lookUpMs: number;
}

/**
 * `tell` hears of each load when it is done: a full release takes the better part of an hour with what it is
 * compared to.
 */
export async function measureLoad(
  url: string,
  source: string,
  rounds = 1,
  tell: (text: string) => void = () => {},
): Promise<Measured> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-floor-'));
  try {
    const files = await plainFiles(source, folder);
    const loads: Loaded[] = [];
    const floors: Floor[] = [];
    const cpu = { load: 0, floor: 0 };
    const counted = async <T>(part: 'load' | 'floor', work: () => Promise<T>): Promise<T> => {
      const before = await postgresCpu(sql);
      const result = await work();
      cpu[part] += ((await postgresCpu(sql)) ?? 0) - (before ?? 0);
      return result;
    };
    for (let round = 0; round < rounds; round++) {
      await sql`checkpoint`;
      const loaded = await counted('load', () => load(url, source));
      cpu.load += loaded.cpuSeconds;
      loads.push(loaded);
      tell(
        `loaded ${loaded.rows} rows in ${loaded.seconds.toFixed(1)} s, peak memory ${loaded.peakMb.toFixed(0)} MB`,
      );
      await sql`checkpoint`;
      const floor = await counted('floor', () => bare(sql, files));
      floors.push(floor);
      tell(`bare COPY and indexes took ${floor.seconds.toFixed(1)} s`);
    }
    const [best] = loads.toSorted((a, b) => a.seconds - b.seconds);
    const [floor] = floors.toSorted((a, b) => a.seconds - b.seconds);
    if (!best || !floor) throw new Error('expected at least one round');
    const ratio = best.seconds / floor.seconds;
    const cpuRatio = cpu.floor > 0 ? cpu.load / cpu.floor : null;
    const lookUps = await measureLookUps(sql);
    const lookUpMs = lookUps[Math.floor(lookUps.length / 2)] ?? 0;
    return { ...best, floorSeconds: floor.seconds, floorSteps: floor.steps, ratio, cpuRatio, lookUpMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await sql.end();
  }
}

async function load(url: string, source: string): Promise<Loaded> {
  const child = startChild(new URL('./loader.ts', import.meta.url).pathname);
  const loaded = Loaded.parse(await child.ask('load', { url, source }));
  await child.kill();
  return loaded;
}

interface File {
  readonly table: string;
  readonly path: string;
  readonly columns: string;
}

/** Writes the files as plain text, without the oddities that a bare COPY refuses. */
async function plainFiles(source: string, folder: string): Promise<File[]> {
  const bundle = await openBundle(source);
  const files: File[] = [];
  for (const [table, entry] of bundle.files) {
    const lines = await readLines(await entry.open());
    const path = join(folder, table);
    await using file = await open(path, 'w');
    for await (const piece of lines.pieces()) await file.write(piece);
    files.push({ table, path, columns: lines.header.join(', ') });
  }
  bundle.close();
  return files;
}

interface Floor {
  readonly seconds: number;
  readonly steps: Record<string, number>;
}

async function bare(sql: Sql, files: readonly File[]): Promise<Floor> {
  await sql`create schema floor`;
  await sql`select set_config('maintenance_work_mem', ${SORT_MEMORY}, false)`;
  const steps: Record<string, number> = {};
  const timed = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    const begin = performance.now();
    await work();
    steps[step] = (performance.now() - begin) / 1000;
  };
  for (const { table, path, columns } of files) {
    await sql.unsafe(`create table floor.${table} (like cdm.${table} including defaults)`);
    const indexes = await sql<{ definition: string }[]>`
      select replace(pg_get_indexdef(indexrelid), ' ON cdm.', ' ON floor.') as definition
      from pg_index where indrelid = ${`cdm.${table}`}::regclass`;
    const statement = `copy floor.${table} (${columns}) from stdin with (format csv, header, delimiter E'\\t', quote E'\\b')`;
    await timed(`copy ${table}`, () =>
      sql.begin((tx) => copyIn(tx, statement, createReadStream(path, { highWaterMark: 256 * 1024 }))),
    );
    await timed(`index ${table}`, async () => {
      for (const { definition } of indexes) await sql.unsafe(definition);
    });
  }
  await sql`drop schema floor cascade`;
  return { steps, seconds: Object.values(steps).reduce((sum, seconds) => sum + seconds, 0) };
}
