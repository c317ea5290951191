import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findKeys, openKeys } from '../../jobs/key-provider.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-keys-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = () => mkdtempSync(join(scratch, 'd-'));
const key = () => randomBytes(32).toString('base64');
const KEY = key();
/** A command of words that a program in JavaScript is. */
const command = (code: string) => JSON.stringify([process.execPath, '-e', code]);

describe('the key in a file', () => {
  it('is made once, for its owner alone, and found again', async () => {
    const DATA_DIR = folder();
    const made: string[] = [];
    const starts = [1, 2, 3].map(() => openKeys({ DATA_DIR }, (where) => made.push(where)));
    const ids = (await Promise.all(starts)).map((keyring) => keyring.sealWith);
    expect(new Set(ids).size).toBe(1);
    expect(made).toEqual([join(DATA_DIR, 'encryption.key')]);
    expect(statSync(join(DATA_DIR, 'encryption.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(DATA_DIR)).toEqual(['encryption.key']);
    expect((await findKeys({ DATA_DIR })).sealWith).toBe(ids[0]);
  });

  it.each([0o640, 0o604, 0o620, 0o601])(
    'is refused when its mode is %o, with the command that mends it',
    async (mode) => {
      const DATA_DIR = folder();
      const file = join(DATA_DIR, 'encryption.key');
      writeFileSync(file, KEY);
      chmodSync(file, mode);
      await expect(findKeys({ DATA_DIR })).rejects.toThrow(`chmod 600 '${file}'`);
      expect(readFileSync(file, 'utf8')).toBe(KEY);
    },
  );

  it('is not made by what only looks, nor where there is a database of one’s own', async () => {
    const DATA_DIR = folder();
    await expect(findKeys({ DATA_DIR })).rejects.toMatchObject({ code: 'encryption-key-not-made' });
    const own = { DATA_DIR, DATABASE_URL: 'postgres://db.example/omop' };
    await expect(openKeys(own, () => {})).rejects.toMatchObject({ code: 'encryption-key-missing' });
    expect(readdirSync(DATA_DIR)).toEqual([]);
  });
});

describe('the key that a command gives', () => {
  it('is what it prints, and other keys may stand below it or in ENCRYPTION_KEYS_OLD', async () => {
    const keyring = await findKeys({
      ENCRYPTION_KEY_COMMAND: command(`console.log('2026:${KEY}\\n2025:${key()}')`),
      ENCRYPTION_KEYS_OLD: `2024:${key()}`,
    });
    expect(keyring.sealWith).toBe('2026');
    expect([...keyring.keys.keys()]).toEqual(expect.arrayContaining(['2025', '2024']));
  });

  it('may be of a command in plain words', async () => {
    const file = join(folder(), 'key');
    writeFileSync(file, KEY);
    expect((await findKeys({ ENCRYPTION_KEY_COMMAND: `cat ${file}` })).keys.size).toBe(1);
  });

  it.each([
    ['fails', command(`console.log('${KEY}'); console.error('${KEY}'); process.exit(3)`), /ended with 3/],
    ['prints nothing', command(''), /printed nothing/],
    ['prints too much', command(`process.stdout.write('${KEY}'.repeat(4000))`), /more than 65536 bytes/],
    ['is not there', '/nowhere/at/all', /cannot be run: ENOENT/],
    ['does not end', command('setInterval(() => {}, 1000)'), /did not end within 1 seconds/],
    ['is killed', command('process.kill(process.pid, "SIGTERM")'), /ended by SIGTERM/],
  ])('is refused when it %s; nothing that it printed is repeated', async (_what, text, message) => {
    const error = await findKeys({
      ENCRYPTION_KEY_COMMAND: text,
      ENCRYPTION_KEY_COMMAND_SECONDS: '1',
    }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'encryption-key-command-failed',
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
    expect(Reflect.get(Object(error), 'cause')).toBeUndefined();
  });

  it.each(['echo $HOME', 'cat key | base64 -d', 'sh -c "cat key"', '["unfinished', '[]', '[1]'])(
    'is refused where only a shell would understand it: %s',
    async (text) => {
      await expect(findKeys({ ENCRYPTION_KEY_COMMAND: text })).rejects.toMatchObject({
        code: 'setting-invalid',
      });
    },
  );

  it('is refused beside another setting of the key', async () => {
    const both = { ENCRYPTION_KEY: KEY, ENCRYPTION_KEY_COMMAND: 'cat key' };
    await expect(findKeys(both)).rejects.toMatchObject({ code: 'setting-invalid' });
  });
});
