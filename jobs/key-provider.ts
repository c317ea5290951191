/**
 * Where the encryption keys come from: the environment (ENCRYPTION_KEY), a command that asks a KMS or a vault
 * (ENCRYPTION_KEY_COMMAND), or for the embedded database a file beside it, made at the first start. In all three
 * ENCRYPTION_KEYS_OLD adds keys that only open.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { namesDatabase } from '../sql/database.ts';
import { makeFolder } from '../sql/make-folder.ts';
import { readPrivate } from '../sql/private-file.ts';
import { DATABASE } from '../sql/settings/database.ts';
import { KEYS } from '../sql/settings/program.ts';
import type { Environment } from '../sql/settings/setting.ts';
import { type Keyring, openKeyring } from './connection/keyring.ts';
import { syncError } from './step/errors.ts';
import { readSettings, settingFault } from './step/settings.ts';

export interface KeyProvider {
  /** For people: where the keys are. */
  readonly described: string;
  /** The keys as text (keyring.ts); undefined when there is none yet. */
  read(): Promise<string | undefined>;
  /** Makes the first key, where that can be done; true when it did. */
  make?(): boolean;
}

/** Chooses by what is set. Two settings at once are refused: which one is meant is not for us to guess. */
export function keyProvider(env: Environment): KeyProvider {
  const read = readSettings({ ...KEYS, DATA_DIR: DATABASE.DATA_DIR }, env);
  const { ENCRYPTION_KEY: key, ENCRYPTION_KEY_COMMAND: command } = read;
  if (key && command) {
    throw settingFault('ENCRYPTION_KEY and ENCRYPTION_KEY_COMMAND are both set; expected one of them');
  }
  if (command) return fromCommand(command, read.ENCRYPTION_KEY_COMMAND_SECONDS);
  if (key || namesDatabase(env)) return { described: 'ENCRYPTION_KEY', read: async () => key || undefined };
  return inFile(join(resolve(read.DATA_DIR), 'encryption.key'));
}

/** The keys that are there; makes none. */
export async function findKeys(env: Environment): Promise<Keyring> {
  const text = await keyProvider(env).read();
  if (text === undefined && !namesDatabase(env)) throw syncError('encryption-key-not-made');
  const { ENCRYPTION_KEYS_OLD, SEAL_CHUNKS } = env;
  return openKeyring({ ENCRYPTION_KEY: text, ENCRYPTION_KEYS_OLD, SEAL_CHUNKS });
}

/**
 * The keys, and a first one where there is none. With a database of one's own the key must be given: two processes
 * that made one each could not read each other's secrets.
 */
export async function openKeys(env: Environment, onMade: (where: string) => void): Promise<Keyring> {
  const provider = keyProvider(env);
  if (provider.make?.()) onMade(provider.described);
  return findKeys(env);
}

function inFile(file: string): KeyProvider {
  return {
    described: file,
    read: async () => (existsSync(file) ? readPrivate(file) : undefined),
    make: () => !existsSync(file) && makeFile(file),
  };
}

/** The file appears with its key in it, and the first of several processes makes it. */
function makeFile(file: string): boolean {
  makeFolder(dirname(file));
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(unfinished, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(unfinished, file);
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Room for a thousand keys. */
const MOST_BYTES = 64 * 1024;

/**
 * Runs the command without a shell, so that nothing in it is expanded. What it prints is the keys, and what it says
 * on its way may hold a token: neither is repeated anywhere.
 */
function fromCommand(command: string, seconds: number): KeyProvider {
  const [program = '', ...words] = wordsOf(command);
  const read = () =>
    new Promise<string>((done, fail) => {
      const options = { timeout: seconds * 1000, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES } as const;
      execFile(program, words, options, (error, stdout) => {
        if (error) fail(syncError('encryption-key-command-failed', { reason: reasonOf(error, seconds) }));
        else if (stdout.trim() === '')
          fail(syncError('encryption-key-command-failed', { reason: 'it printed nothing' }));
        else done(stdout);
      });
    });
  return { described: 'ENCRYPTION_KEY_COMMAND', read };
}

/** A JSON list of words, or words with blanks between. What only a shell would understand is refused. */
function wordsOf(command: string): string[] {
  const text = command.trim();
  const faulty = (fault: string) => settingFault(`ENCRYPTION_KEY_COMMAND: ${fault}`);
  if (text.startsWith('[')) {
    const list = parse(text);
    if (Array.isArray(list) && list.length > 0 && list.every((word) => typeof word === 'string')) return list;
    throw faulty(
      'expected a JSON list of words, such as ["vault", "kv", "get", "-field=key", "secret/omop"]',
    );
  }
  if (/["'`$|;&<>(){}*?\\~]/.test(text)) {
    throw faulty(
      'no shell runs it, so quotes, variables and pipes mean nothing. Give the words as a JSON list, or name a script',
    );
  }
  return text.split(/\s+/);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(
  error: Error & { code?: unknown; killed?: unknown; signal?: unknown },
  seconds: number,
): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${MOST_BYTES} bytes`;
  if (error.killed === true) return `it did not end within ${seconds} seconds`;
  if (typeof error.code === 'string') return `it cannot be run: ${error.code}`;
  return typeof error.code === 'number'
    ? `it ended with ${error.code}`
    : `it was ended by ${String(error.signal)}`;
}
