/** The product's own processes over a world's database, as an operator starts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { World } from './world.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly log: string[];
}

interface StartOptions {
  /** Instead of this node. */
  readonly command?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Resolves when it says that it is ready. */
export async function startProcess(
  world: Pick<World, 'database' | 'encryptionKey'>,
  args: readonly string[],
  { command = process.execPath, env = {} }: StartOptions = {},
): Promise<Started> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: world.database.url },
      ...{ ENCRYPTION_KEY: world.encryptionKey, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' },
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...env,
    },
  });
  const log: string[] = [];
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((ready, fail) => {
    lines.on('line', (line) => {
      log.push(line);
      if (/"(workers|admin API) ready"/.test(line)) ready();
    });
    lines.on('close', () => fail(new Error(`it ended before it was ready:\n${log.join('\n')}`)));
  });
  return { child, log };
}
