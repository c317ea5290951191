/**
 * CPU seconds that a Postgres on this machine has used, all its processes, also those that are gone: on a busy machine
 * the only figure that says which of two ways is the cheaper. Nothing where there is no /proc, or the server is elsewhere.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from '../../../sql/connect.ts';

/** USER_HZ, which Linux has fixed for programs. */
const TICKS_A_SECOND = 100;

export async function serverCpu(sql: Sql): Promise<number | undefined> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const own = await statOf(String(backend?.pid));
  if (!own?.name.startsWith('postgres')) return undefined;
  const postmaster = await statOf(own.parent);
  if (!postmaster) return undefined;
  let ticks = postmaster.used + postmaster.usedByEnded;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const process = await statOf(pid);
    if (process?.parent === own.parent) ticks += process.used;
  }
  return ticks / TICKS_A_SECOND;
}

interface Stat {
  readonly name: string;
  readonly parent: string;
  readonly used: number;
  /** By children that ended. */
  readonly usedByEnded: number;
}

/** proc(5): pid (name) state ppid …, times from the 14th field on. */
async function statOf(pid: string): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(text ?? '') ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const fields = rest.split(' ');
  const time = (field: number) => Number(fields[field - 3] ?? 0);
  return {
    ...{ name, parent: fields[1] ?? '' },
    used: time(14) + time(15),
    usedByEnded: time(16) + time(17),
  };
}
