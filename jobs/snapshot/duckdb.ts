/** DuckDB, which writes the files. It is an optional dependency: nothing else of this program needs it. */
import { syncError } from '../step/errors.ts';

export type Duck = Awaited<ReturnType<typeof openDuck>>['duck'];

/** `path`: a database file, or `:memory:`. Memory and threads are bounded, since Postgres works beside it. */
export async function openDuck(path: string) {
  const { DuckDBInstance } = await load();
  const instance = await DuckDBInstance.create(path, { memory_limit: '512MB', threads: '2' });
  const duck = await instance.connect();
  return {
    duck,
    /** The file stays locked, and the memory taken, while the instance lives. */
    close(): void {
      duck.closeSync();
      instance.closeSync();
    },
  };
}

async function load(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    const code = error instanceof Error ? String(Reflect.get(error, 'code') ?? error.name) : 'unknown';
    throw syncError('duckdb-missing', { code });
  }
}
