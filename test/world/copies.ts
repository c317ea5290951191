/** A database as it was at one moment, and that state restored beside it, as a backup is. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import type { Deps } from '../../jobs/step/deps.ts';
import { withDatabase } from '../with-database.ts';
import { type Over, openOver } from './over.ts';
import type { World } from './world.ts';

/** How copies are made: `template` as a base backup or a snapshot of the disk is one, `pg_dump` to a file and back. */
export type Means = 'template' | 'pg_dump';

/** What can be done here: pg_dump refuses servers that are newer than itself, and may not be installed. */
export async function meansHere(): Promise<Means[]> {
  const sql = postgres(inject('postgresUrl'), { max: 1 });
  const [server] = await sql<{ major: number }[]>`
    select current_setting('server_version_num')::int / 10000 as major`;
  await sql.end();
  return pgDumpVersion() >= (server?.major ?? Number.POSITIVE_INFINITY)
    ? ['template', 'pg_dump']
    : ['template'];
}

function pgDumpVersion(): number {
  try {
    return Number(/\d+/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[0]);
  } catch {
    return 0;
  }
}

export interface Copies {
  /** Keeps the state of now. */
  take(): Promise<Copy>;
  /** Ends all that was restored. */
  close(): Promise<void>;
}

export interface Copy {
  /** What a worker works with that is started on the restored database. */
  restore(): Promise<Deps>;
}

export function openCopies(world: World, means: Means): Copies {
  const server = inject('postgresUrl');
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  const source = new URL(world.database.url).pathname.slice(1);
  const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-copies-'));
  const databases: string[] = [];
  const opened: Over[] = [];
  const newName = () => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    databases.push(name);
    return name;
  };
  /** Postgres copies a database only while nobody uses it: whoever does is cut off, and connects again. */
  async function clone(from: string): Promise<string> {
    const name = newName();
    await admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${from}`;
    await admin.unsafe(`create database ${name} template ${from} strategy file_copy`);
    return name;
  }

  async function take(): Promise<() => Promise<string>> {
    if (means === 'template') {
      const kept = await clone(source);
      return () => clone(kept);
    }
    const file = join(folder, newName());
    execFileSync('pg_dump', ['--format=custom', `--file=${file}`, `--dbname=${world.database.url}`]);
    return async () => {
      const name = newName();
      await admin.unsafe(`create database ${name} template template0`);
      execFileSync('pg_restore', ['--exit-on-error', `--dbname=${withDatabase(server, name)}`, file]);
      return name;
    };
  }

  async function open(name: string): Promise<Over> {
    const over = await openOver(world, withDatabase(server, name));
    opened.push(over);
    return over;
  }

  return {
    async take() {
      const restored = await take();
      return { restore: async () => open(await restored()) };
    },
    async close() {
      for (const over of opened) await over.close();
      for (const name of databases) await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
