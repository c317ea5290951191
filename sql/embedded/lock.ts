/**
 * A lock between processes on one machine: a file that names its holder. A lock whose holder is gone is taken over,
 * so a process that was killed holds up nobody.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Waits for the lock; the function that it resolves to gives the lock back. */
export async function lock(file: string): Promise<() => void> {
  while (!claim(file)) {
    if (isDead(holder(file))) await clear(file);
    else await wait(50);
  }
  return () => rmSync(file, { force: true });
}

/**
 * The file appears with its holder in it. Made empty and filled afterwards, it would for a moment look like the
 * lock of a process that is gone.
 */
function claim(file: string): boolean {
  const own = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  writeFileSync(own, String(process.pid), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Removes a dead process's lock, one remover at a time: of two who saw the same dead holder, the slower one would
 * otherwise remove the lock that the faster one has made meanwhile.
 */
async function clear(file: string): Promise<void> {
  const release = await lock(`${file}.takeover`);
  try {
    if (isDead(holder(file))) rmSync(file, { force: true });
  } finally {
    release();
  }
}

/** Undefined when nobody holds the lock any longer. */
function holder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isDead(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return !(error instanceof Error && Reflect.get(error, 'code') === 'EPERM');
  }
}
