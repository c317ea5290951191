/**
 * The command line over a database: what people type, see and get for an exit code. `commandLine` starts a process, as
 * people do. That takes a processor longer than most commands; `commandHere` runs the same words here, for tests of what a
 * verb says and does. Signals, closed pipes, the log, and whether it ends, are seen only of a process.
 */
import { spawn } from 'node:child_process';
import { vi } from 'vitest';
import { run } from '../../app/cli/run.ts';

export interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly errors: string;
}

export interface Watch {
  /** Nobody reads what it says, like `| true`. */
  readonly readAll?: boolean;
  /** Ended by SIGTERM as soon as it has said that. */
  readonly endAt?: RegExp;
}

export interface Settings {
  readonly url: string;
  readonly encryptionKey: string;
  readonly logLevel?: string;
  /** Further ones of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** All that a command is given of the environment. */
const environmentOf = (settings: Settings) => ({
  ...{ PATH: process.env['PATH'], LOG_LEVEL: settings.logLevel ?? 'silent' },
  ...{ DATABASE_URL: settings.url, ENCRYPTION_KEY: settings.encryptionKey, ...settings.env },
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
});

/** One at a time: it has the environment and the outputs of this process. */
export async function commandHere(settings: Settings, words: readonly string[]): Promise<Ended> {
  const texts = { said: '', errors: '' };
  const catching = (key: 'said' | 'errors') => (piece: string | Uint8Array) => {
    texts[key] += Buffer.from(piece as string).toString();
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(catching('said')),
    vi.spyOn(process.stderr, 'write').mockImplementation(catching('errors')),
  ];
  const before = { env: process.env, exitCode: process.exitCode };
  process.env = environmentOf(settings);
  process.exitCode = undefined;
  try {
    await run(words);
    return { code: Number(process.exitCode ?? 0), ...texts };
  } finally {
    Object.assign(process, before);
    for (const spy of spies) spy.mockRestore();
  }
}

export function commandLine(
  settings: Settings,
  words: readonly string[],
  { readAll = true, endAt }: Watch = {},
): Promise<Ended> {
  const main = new URL('../../app/cli/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...words], { env: environmentOf(settings) });
  const texts = { said: '', errors: '' };
  if (readAll)
    child.stdout.on('data', (piece: Buffer) => {
      texts.said += piece.toString('utf8');
      if (endAt?.test(texts.said)) child.kill('SIGTERM');
    });
  else child.stdout.destroy();
  child.stderr.on('data', (piece: Buffer) => {
    texts.errors += piece.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}
