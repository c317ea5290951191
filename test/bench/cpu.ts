/**
 * CPU seconds that a Postgres on this machine has used, all of its processes together; those that have ended
 * count through their parent. The result is undefined where it runs elsewhere, or where there is no /proc.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from '../../sql/connect.ts';

/** Clock ticks a second: USER_HZ is 100 on every Linux that Node runs on. */
const HZ = 100;

export async function postgresCpu(sql: Sql): Promise<number | undefined> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const backend = await stat(row?.pid ?? 0);
  if (!backend?.name.startsWith('postgres')) return undefined;
  const postmaster = await stat(backend.parent);
  if (!postmaster) return undefined;
  let ticks = postmaster.own + postmaster.ofEnded;
  for (const pid of await readdir('/proc')) {
    const process = /^\d+$/.test(pid) ? await stat(Number(pid)) : undefined;
    if (process?.parent === backend.parent) ticks += process.own;
  }
  return ticks / HZ;
}

/** CPU seconds that all of this machine has used, those that it wanted and was not given (steal) included. */
export async function machineCpu(): Promise<number> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  const [user = Number.NaN, nice = 0, system = 0, , , , , steal = 0] = text
    .split(/\s+/, 9)
    .slice(1)
    .map(Number);
  return (user + nice + system + steal) / HZ;
}

/** CPU seconds of this process and of all that it has started, directly or not, also of those that have ended. */
export async function ourCpu(): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((pid) => /^\d+$/.test(pid)).map(Number);
  const all = new Map<number, Stat>();
  for (const pid of pids) {
    const one = await stat(pid);
    if (one) all.set(pid, one);
  }
  if (!all.has(process.pid)) return Number.NaN;
  const isOurs = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return pid === process.pid || (parent !== undefined && isOurs(parent));
  };
  let ticks = 0;
  for (const [pid, { own, ofEnded }] of all) if (isOurs(pid)) ticks += own + ofEnded;
  return ticks / HZ;
}

/** CPU seconds of one process on this machine; NaN where there is no /proc. */
export async function processCpu(pid: number | undefined): Promise<number> {
  const found = await stat(pid ?? 0);
  return found ? found.own / HZ : Number.NaN;
}

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly own: number;
  readonly ofEnded: number;
}

/** Fields of proc(5): name (2, in brackets), parent (4), utime, stime, cutime, cstime (14 to 17). */
async function stat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const end = text.lastIndexOf(')');
  if (end === -1) return undefined;
  const fields = text
    .slice(end + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, utime = 0, stime = 0, cutime = 0, cstime = 0] = [1, 11, 12, 13, 14].map(
    (n) => fields[n],
  );
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    parent,
    own: utime + stime,
    ofEnded: cutime + cstime,
  };
}
