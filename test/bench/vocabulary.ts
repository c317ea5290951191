/**
 * Loading an Athena bundle against the bare minimum: COPY of the same rows into tables without indexes, then the same
 * indexes built on them.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../jobs/deps.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load.ts';
import { connect, DEFAULT_SCHEMAS, type Sql, type Tx } from '../../sql/connect.ts';
import { copyIn } from '../../sql/copy-in.ts';
import { copyOut } from './copy-out.ts';

export async function vocabularyLoad(url: string, source: string) {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 4 });
  try {
    await sql`checkpoint`;
    const begin = performance.now();
    const release = await loadVocabulary({ sql, source, clock: systemClock, log: pino({ level: 'silent' }) });
    const seconds = (performance.now() - begin) / 1000;
    const names = release.tables.map((table) => table.name);
    const floorSeconds = await bare(sql, url, names);
    return { seconds, floorSeconds, rows: release.tables.reduce((sum, table) => sum + table.rows, 0) };
  } finally {
    await sql.end();
  }
}

async function bare(sql: Sql, url: string, names: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-floor-'));
  let milliseconds = 0;
  try {
    await sql`create schema floor`;
    for (const name of names) {
      await copyOut(url, `cdm.${name}`, join(folder, name));
      await sql.unsafe(`create table floor.${name} (like cdm.${name} including defaults)`);
    }
    await sql`checkpoint`;
    for (const name of names) {
      const indexes = await sql<{ definition: string }[]>`
        select replace(pg_get_indexdef(indexrelid), ' ON cdm.', ' ON floor.') as definition
        from pg_index where indrelid = ${`cdm.${name}`}::regclass`;
      const begin = performance.now();
      const pieces = createReadStream(join(folder, name), { highWaterMark: 256 * 1024 });
      await sql.begin((tx) => copyIn(tx as Tx, `copy floor.${name} from stdin`, pieces));
      for (const { definition } of indexes) await sql.unsafe(definition);
      milliseconds += performance.now() - begin;
    }
    await sql`drop schema floor cascade`;
    return milliseconds / 1000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
