/** The product as npm starts it, and what becomes of it when npm is told to end. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { startProcess } from '../world/worker-process.ts';

export const encryptionKey = Buffer.alloc(32, 7).toString('base64');
const left = new Set<number>();

/** What a failed test has left. */
export function killThoseLeft(): void {
  for (const pid of left) kill(pid, 'SIGKILL');
}

const CLI = process.env['NPM_CLI'];
const NPM = CLI ? [process.execPath, CLI] : ['npm'];

/** Commands that make what follows the first process of a container. */
export const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--map-root-user'];
export const hasContainers = spawnSync(CONTAINER[0] ?? '', [...CONTAINER.slice(1), 'true']).status === 0;

interface NpmOptions {
  /** What starts npm. */
  readonly before?: readonly string[];
  /** Between npm and node. */
  readonly shell?: string;
}

export async function npmRun(
  database: TestDatabase,
  script: string,
  { before = [], shell = '/bin/sh' }: NpmOptions = {},
) {
  const [command = '', ...args] = [...before, ...NPM, 'run', script];
  const env = { npm_config_script_shell: shell, npm_config_update_notifier: 'false' };
  const { child, log } = await startProcess({ database, encryptionKey }, args, { command, env });
  left.add(child.pid ?? 0);
  const said = log.map((line) => (line.startsWith('{') ? JSON.parse(line) : {}));
  // In a container it has another number.
  if (before.length === 0) left.add(said.find(({ pid }) => pid > 0)?.pid);
  return { child, log, url: said.find(({ url }) => url)?.url as string | undefined };
}

/** Standard error is closed when the last of them has gone: npm, the shell and node. */
export async function ended(
  child: ChildProcess,
  log: readonly string[],
  url: string | undefined,
): Promise<void> {
  const [code] = await once(child, 'close');
  left.clear();
  expect(code).toBe(0);
  expect(log.join('\n')).toMatch(/"signal":"SIGTERM","msg":"stopping.*"msg":"stopped"/s);
  expect(log.join('\n')).not.toContain('did not end within');
  if (url) await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
}

export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch {
    // It has gone by itself.
  }
}
