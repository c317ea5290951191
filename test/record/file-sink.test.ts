import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../jobs/record/actor.ts';
import { sha256 } from '../../jobs/record/events.ts';
import { appendToFile } from '../../jobs/record/file-sink.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { sealEvents } from '../../jobs/record/seal.ts';
import { readRecordSettings } from '../../jobs/record/settings.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun } from '../long-run.ts';

const clock = () => new Date();
let db: TestDatabase;
let folder: string;
let file: string;
beforeAll(async () => {
  db = await newDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  // As whoever owns the server, so that each begins with no event.
  await db.sql.begin((tx) =>
    tx.unsafe(`
      set local session_replication_role = replica;
      delete from audit_event; delete from audit_seal; delete from audit_unsealed; delete from audit_delivery;
      alter sequence audit_event_id restart`),
  );
  folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-audit-'));
  file = join(folder, 'audit.ndjson');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function add(events: number): Promise<void> {
  for (let n = 0; n < events; n++) {
    await db.sql.begin((tx) =>
      recordInTx(tx, { at: clock(), actor: commandLine('ada'), action: 'a.b', object: `x/${n}` }),
    );
  }
}

const append = () => appendToFile({ sql: db.sql, clock }, file);
const seal = () => sealEvents({ sql: db.sql, clock });
const lines = async (name = file) => (await readFile(name, 'utf8')).split('\n').slice(0, -1);
const seals = async (name = file) => (await lines(name)).map((line) => JSON.parse(line).seal_no);

describe('the file of the record', () => {
  inLongRun(it)('holds what is sealed, each once, and what is sealed later behind it', async () => {
    await add(3);
    expect(await append()).toBe(0);
    await seal();
    expect(await append()).toBe(3);
    expect(await append()).toBe(0);
    await add(600);
    await seal();
    expect(await append()).toBe(600);
    expect(await seals()).toEqual(Array.from({ length: 603 }, (_, n) => n + 1));
  });

  it('can be checked by itself: the hash of the event is of its text, the chain of both hashes', async () => {
    await add(2);
    await seal();
    await append();
    let before = '0'.repeat(64);
    for (const line of await lines()) {
      const [, hash, id, at, eventHash, text] =
        /"hash":"(.{64})","version":2,"event_id":(\d+),"event_at":"([^"]+)","event_hash":"(.{64})","event":(.*)\}$/.exec(
          line,
        ) ?? [];
      expect(sha256(text ?? '')).toBe(eventHash);
      expect(sha256(`${before}${eventHash}${id}${at}`)).toBe(hash);
      before = hash ?? '';
    }
  });

  it('goes on after a crash in the middle of a line', async () => {
    await add(3);
    await seal();
    await append();
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.slice(0, -40));
    expect(await append()).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(whole);
  });

  it('goes on where it was when it was moved away', async () => {
    await add(2);
    await seal();
    await append();
    await rename(file, `${file}.1`);
    await add(1);
    await seal();
    await append();
    expect(await seals()).toEqual([3]);
  });

  it('takes no part of another record', async () => {
    await add(1);
    await seal();
    await append();
    const [line = ''] = await lines();
    const foreign = line.replace(/"hash":"./, '"hash":"x').replace('"hash":"x', '"hash":"0');
    await writeFile(file, `${foreign === line ? line.replace('"hash":"0', '"hash":"1') : foreign}\n`);
    await expect(append()).rejects.toThrow(/is not of the record of this database/);
    await appendFile(file, 'no line of ours\n');
    await expect(append()).rejects.toThrow(/is not of the record of this database/);
  });

  it('is written by two at once without a line twice', async () => {
    await add(20);
    await seal();
    const added = await Promise.all([append(), append()]);
    expect(added.sort()).toEqual([0, 20]);
    expect(await seals()).toHaveLength(20);
  });
});

describe('the settings of the record', () => {
  it('are seven years and no file', () => {
    expect(readRecordSettings({})).toEqual({ years: 7, file: undefined });
    expect(readRecordSettings({ AUDIT_YEARS: '', AUDIT_FILE: '' })).toEqual({ years: 7, file: undefined });
    expect(readRecordSettings({ AUDIT_YEARS: '10', AUDIT_FILE: 'a' })).toEqual({ years: 10, file: 'a' });
  });

  it.each(['0', '-1', '1.5', 'seven', '100'])('take no %s years', (years) => {
    expect(() => readRecordSettings({ AUDIT_YEARS: years })).toThrow(/AUDIT_YEARS: expected whole years/);
  });
});
