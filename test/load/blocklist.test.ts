/** Who is kept out after a purge, and which lines that concerns. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { type Lines, splitLines } from '../../jobs/lines/read-lines.ts';
import { openHash, readBlocklist, withoutBlocked } from '../../jobs/load/blocklist.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { encounter, observation, patient, practitioner, to } from '../world/record.ts';

describe('the lines of patients who are kept out', () => {
  const told = ({ refused }: Lines) =>
    refused?.map(({ entry, rule }) => ({ type: entry.type, line: entry.line, rule }));
  const isBlocked = (id: string) => ['b1', 'b2'].includes(id);
  const linesOf = (...lines: readonly (object | string)[]) =>
    splitLines(
      Buffer.from(lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')),
      500,
      false,
    );

  it('are taken out with their numbers and types, and nothing of others', () => {
    const all = linesOf(
      patient('p'),
      patient('b1'),
      JSON.stringify(observation('pretty', 'b2'), null, 1),
      observation('o', 'p', { note: [{ text: 'sister of b1' }] }),
      encounter('e', 'b2'),
      practitioner('d'),
    );
    const lines = all.lines.map(({ line }) => line);
    const found = withoutBlocked(all, isBlocked, DEFAULT_SETTINGS);
    const { refused: _, ...left } = found;
    const [, b1 = 0, o2 = 0, , e = 0] = lines;
    expect(told(found)).toEqual([
      { type: 'Patient', line: b1, rule: 'purged' },
      { type: 'Observation', line: o2, rule: 'purged' },
      { type: 'Encounter', line: e, rule: 'purged' },
    ]);
    expect(left).toEqual({
      lines: all.lines.filter(({ line }) => ![b1, o2, e].includes(line)),
      unreadable: all.unreadable,
    });
  });

  it('are also those of which only one of several patients is kept out', () => {
    const both = { resourceType: 'AuditEvent', id: 'a', patient: [to('Patient', 'p'), to('Patient', 'b1')] };
    const left = withoutBlocked(linesOf(both, patient('p')), isBlocked, DEFAULT_SETTINGS);
    expect(told(left)).toEqual([{ type: 'AuditEvent', line: 0, rule: 'purged' }]);
    expect(left.lines.map(({ line }) => line)).toEqual([1]);
  });

  it('leave what cannot be read to be told of', () => {
    const all = linesOf('{"resourceType":"Patient","id":"b1"', patient('b2'), 'x'.repeat(9));
    const left = withoutBlocked(all, isBlocked, DEFAULT_SETTINGS);
    expect(told(left)).toEqual([{ type: 'Patient', line: 1, rule: 'purged' }]);
    expect(left.lines.map(({ line }) => line)).toEqual([0, 2]);
  });

  it('are none where nobody of them is in the chunk', () => {
    const all = linesOf(patient('p'), practitioner('d'));
    expect(withoutBlocked(all, isBlocked, DEFAULT_SETTINGS)).toEqual(all);
  });
});

describe('the list of who is kept out', () => {
  let db: TestDatabase;
  let keyring: Keyring;
  beforeAll(async () => {
    db = await newDatabase();
    keyring = await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 3).toString('base64') });
    await db.sql`insert into connection (site_name, site_key) select 'n' || n, 'n' || n from generate_series(1, 3) n`;
  });
  afterAll(() => db.drop());

  const block = (connectionId: number, patientId: string, lifted: Date | null = null) =>
    db.sql.begin(async (tx) => {
      const hashOf = await openHash(tx, keyring, connectionId);
      const [run] = await tx<{ run_id: number }[]>`
        insert into run (connection_id, kind, mode, status, triggered_by, finished_at)
        values (${connectionId}, 'purge', 'full', 'completed', 'test', now()) returning run_id`;
      const [purge] = await tx<{ purge_id: number }[]>`
        insert into purge (connection_id, run_id, reason, requested_by, requested_at, lifted_at, lifted_by)
        values (${connectionId}, ${run?.run_id ?? 0}, 'opt-out', 'test', now(), ${lifted}, ${lifted && 'test'})
        returning purge_id`;
      await tx`
        insert into purge_patient (purge_id, connection_id, patient_hash)
        values (${purge?.purge_id ?? 0}, ${connectionId}, ${hashOf(patientId)})`;
    });
  const read = (connectionId: number) =>
    db.sql.begin(async (tx) => [await readBlocklist(tx, keyring, connectionId)]);

  it('is none without a purge, and makes no secret then', async () => {
    expect(await read(1)).toEqual([undefined]);
    expect(await db.sql`select 1 from blocklist_secret`).toEqual([]);
  });

  it('names those of the connection whose purge is not lifted', async () => {
    await block(1, 'out');
    await block(1, 'also');
    await block(1, 'back', new Date());
    await block(2, 'theirs');
    const [isBlocked = () => undefined] = await read(1);
    expect(['out', 'also', 'back', 'theirs', 'nobody'].map((id) => isBlocked(id))).toEqual([
      ...[true, true],
      ...[false, false, false],
    ]);
    await block(3, 'back', new Date());
    expect(await read(3)).toEqual([undefined]);
  });

  it('holds other hashes of the same id in each connection, and none that the id alone gives', async () => {
    const hashes = await db.sql.begin(async (tx) => [
      (await openHash(tx, keyring, 1))('same'),
      (await openHash(tx, keyring, 1))('same'),
      (await openHash(tx, keyring, 2))('same'),
    ]);
    const [once, twice, there] = hashes.map((hash) => hash.toString('hex'));
    expect(once).toBe(twice);
    expect(there).not.toBe(once);
    const secrets = await db.sql<{ length: number }[]>`
      select length(secret_sealed) as length from blocklist_secret where connection_id in (1, 2)`;
    expect(secrets).toHaveLength(2);
  });
});
