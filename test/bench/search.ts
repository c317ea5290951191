/**
 * `npm run bench -- --search [--concepts N | --loaded] [--json FILE]`: how long building the search takes,
 * how large it is, and how long queries of several shapes take.
 *
 * It runs on a generated vocabulary (500,000 concepts by default), or with --loaded on what is in
 * DATABASE_URL or DATA_DIR. Each query is timed by the clock and by CPU (its backend's and this process's),
 * with p50 and p95 of both, since other work on the machine only makes the first one longer.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { table } from '../../app/cli/table.ts';
import { systemClock } from '../../jobs/step/clock.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { searchConcepts } from '../../jobs/vocabulary/search/search.ts';
import { buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { databaseSettings, openDatabase } from '../../sql/database.ts';
import { environment } from '../../sql/environment.ts';
import { drawQueries, type Query } from './search-queries.ts';
import { openServer } from './server.ts';
import { generateVocabulary } from './vocabulary/generate.ts';

export interface SearchBench {
  readonly concepts: number;
  readonly loaded: boolean;
  readonly json: string | undefined;
}

const log = pino({ level: 'silent' });
const EACH = 40;

export async function benchSearch(options: SearchBench): Promise<void> {
  const place = options.loaded ? await openLoaded() : await openGenerated(options.concepts);
  const sql = connect(place.url, undefined, { max: 1 });
  try {
    const figures = await measure(sql);
    console.log(table(Object.entries(figures).map(([figure, value]) => ({ figure, value }))));
    if (options.json) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await sql.end();
    await place.close();
  }
}

async function openLoaded() {
  const database = await openDatabase(databaseSettings(environment()));
  return { url: database.url, close: () => database.close() };
}

async function openGenerated(concepts: number) {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-vocabulary-'));
  const server = await openServer();
  const url = await server.create();
  await generateVocabulary(folder, { concepts, relationships: concepts });
  const sql = connect(url);
  await loadVocabulary({ sql, source: folder, clock: systemClock, log });
  await buildSearch({ sql, clock: systemClock, log });
  await sql.end();
  await rm(folder, { recursive: true, force: true });
  return { url, close: () => server.close() };
}

async function measure(sql: Sql): Promise<Record<string, number>> {
  await buildSearch({ sql, clock: systemClock, log });
  const [built] = await sql<
    { release_id: number; texts: number; words: number; seconds: number; megabytes: number }[]
  >`
    select release_id, texts, words, seconds,
      (select sum(pg_total_relation_size(oid)) from pg_class
       where relname in ('search_text_' || release_id, 'search_word_' || release_id)) / 1e6 as megabytes
    from search_index join vocabulary_release using (release_id) where is_current`;
  if (!built) throw new Error('expected a vocabulary, found none: npm run cli -- vocabulary load DIR|ZIP');
  const figures: Record<string, number> = {
    texts: built.texts,
    words: built.words,
    build_seconds: built.seconds,
    megabytes: Math.round(built.megabytes),
  };
  const all: Spent[] = [];
  for (const [shape, queries] of Object.entries(await drawQueries(sql, built.release_id, EACH))) {
    // Each query runs once before, so that what is measured is a server that has been up for a while.
    for (const query of queries) await spend(sql, query);
    const spent: Spent[] = [];
    for (const query of queries) spent.push(await spend(sql, query));
    all.push(...spent);
    put(figures, shape, spent);
    console.error(`  ${shape}`);
  }
  put(figures, 'all', all);
  return figures;
}

interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

function put(figures: Record<string, number>, shape: string, spent: readonly Spent[]): void {
  for (const kind of ['wall', 'cpu'] as const) {
    const sorted = spent.map((one) => one[kind]).sort((a, b) => a - b);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['max', 1],
    ] as const) {
      const value = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      figures[`${shape}: ${kind}_${name}_ms`] = Math.round(value * 100) / 100;
    }
  }
}

let backend = 0;

async function spend(sql: Sql, query: Query): Promise<Spent> {
  if (backend === 0)
    [{ backend } = { backend: 0 }] = await sql<{ backend: number }[]>`select pg_backend_pid() as backend`;
  const before = await serverCpu();
  const own = process.cpuUsage();
  const begin = performance.now();
  await searchConcepts(sql, { ...query, limit: 20, offset: 0 });
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(own);
  return { wall, cpu: (await serverCpu()) - before + (user + system) / 1000 };
}

/** Milliseconds that our backend has been on a CPU, where it is on this Linux; NaN elsewhere. */
async function serverCpu(): Promise<number> {
  const text = await readFile(`/proc/${backend}/schedstat`, 'utf8').catch(() => 'NaN');
  return Number(text.split(' ')[0]) / 1e6;
}
