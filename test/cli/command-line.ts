/** The command line as a process of its own, over a database: what people type, see and get for an exit code. */
import { spawn } from 'node:child_process';

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

export function commandLine(
  settings: {
    readonly url: string;
    readonly encryptionKey: string;
    readonly logLevel?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
  words: readonly string[],
  { readAll = true, endAt }: Watch = {},
): Promise<Ended> {
  const main = new URL('../../app/cli/main.ts', import.meta.url).pathname;
  const env = {
    ...{ PATH: process.env['PATH'], LOG_LEVEL: settings.logLevel ?? 'silent' },
    ...{ DATABASE_URL: settings.url, ENCRYPTION_KEY: settings.encryptionKey, ...settings.env },
  };
  const child = spawn(process.execPath, [main, ...words], { env });
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
