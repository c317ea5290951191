import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindRows } from '../../jobs/connection/bind-rows.ts';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { bindSecrets, rotateSecrets, rowsByKey } from '../../jobs/connection/reseal.ts';
import { encrypt, type Place, seal, unseal, writeSealed } from '../../jobs/connection/secrets.ts';
import { commandHere } from '../cli/command-line.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { sealAsBefore } from './seal-as-before.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await newDatabase();
});
afterEach(() => db.drop());

const key = () => randomBytes(32).toString('base64');
const placeOf = (connection: number): Place => ({
  table: 'connection',
  column: 'client_secret_sealed',
  connection,
});

let sites = 0;
async function newConnection(): Promise<number> {
  sites += 1;
  const [row] = await db.sql<{ connection_id: number }[]>`
    insert into connection (site_key, site_name) values (${`s${sites}`}, 's') returning connection_id`;
  return row?.connection_id ?? 0;
}

async function withSecret(keyring: Keyring, secret: string): Promise<number> {
  const id = await newConnection();
  await db.sql`
    update connection set client_secret_sealed = ${await seal(keyring, placeOf(id), secret)} where connection_id = ${id}`;
  return id;
}

/** As only an owner of the tables can: past the triggers. */
async function asOwner(work: () => Promise<unknown>): Promise<void> {
  for (const table of ['connection', 'blocklist_secret', 'purge']) {
    await db.sql.unsafe(`alter table ${table} disable trigger user`);
  }
  await work();
  for (const table of ['connection', 'blocklist_secret', 'purge']) {
    await db.sql.unsafe(`alter table ${table} enable trigger user`);
  }
}

async function withOldSecret(encryptionKey: string, secret: string): Promise<number> {
  const id = await newConnection();
  const sealed = await sealAsBefore(encryptionKey, secret);
  await asOwner(
    () => db.sql`update connection set client_secret_sealed = ${sealed} where connection_id = ${id}`,
  );
  return id;
}

async function stored(id: number): Promise<string> {
  const [row] = await db.sql<{ sealed: string }[]>`
    select client_secret_sealed as sealed from connection where connection_id = ${id}`;
  return row?.sealed ?? '';
}

describe('secrets of the form before', () => {
  it('are bound to their places by the first start, wherever they are, and never opened again', async () => {
    const text = key();
    const keyring = await openKeyring({ ENCRYPTION_KEY: text });
    const [one, other] = [await withOldSecret(text, 'of one'), await withOldSecret(text, 'of other')];
    const before = await stored(one);
    const list = await sealAsBefore(text, 'of the list');
    const ids = await sealAsBefore(text, '["p"]');
    await asOwner(async () => {
      await db.sql`insert into blocklist_secret (connection_id, secret_sealed) values (${one}, ${list})`;
      await db.sql`
        insert into purge (connection_id, reason, requested_by, requested_at, patient_ids_sealed)
        values (${one}, 'r', 'test', now(), ${ids})`;
    });
    expect(await bindSecrets(db.sql, keyring)).toEqual({ resealed: 4, unreadable: 0 });
    expect(await unseal(keyring, placeOf(one), await stored(one))).toBe('of one');
    expect(await unseal(keyring, placeOf(other), await stored(other))).toBe('of other');
    const [purge] = await db.sql<{ ids: string }[]>`select patient_ids_sealed as ids from purge`;
    const place = { table: 'purge', column: 'patient_ids_sealed', connection: one, row: 1 } as const;
    expect(await unseal(keyring, place, purge?.ids ?? '')).toBe('["p"]');
    // An old value comes back from a backup, into another row, by somebody who owns the tables.
    await asOwner(
      () => db.sql`update connection set client_secret_sealed = ${before} where connection_id = ${other}`,
    );
    expect(await bindSecrets(db.sql, keyring)).toEqual({ resealed: 0, unreadable: 0 });
    expect(await stored(other)).toBe(before);
    await expect(unseal(keyring, placeOf(other), before)).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('are taken by no table any more, neither new nor copied from another row', async () => {
    const text = key();
    const [one, other] = [await withOldSecret(text, 'x'), await newConnection()];
    const old = await stored(one);
    const refused = /form before \(v1\)/;
    await expect(
      db.sql`update connection set client_secret_sealed = ${old} where connection_id = ${other}`,
    ).rejects.toThrow(refused);
    await expect(
      db.sql`update connection set private_key_sealed = ${old} where connection_id = ${one}`,
    ).rejects.toThrow(refused);
    await expect(
      db.sql`insert into connection (site_key, site_name, private_key_sealed) values ('n', 'n', ${old})`,
    ).rejects.toThrow(refused);
    await expect(
      db.sql`insert into blocklist_secret (connection_id, secret_sealed) values (${one}, ${old})`,
    ).rejects.toThrow(refused);
    await expect(
      db.sql`
        insert into purge (connection_id, reason, requested_by, requested_at, patient_ids_sealed)
        values (${one}, 'r', 'test', now(), ${old})`,
    ).rejects.toThrow(refused);
    await expect(
      db.sql`
        insert into connection_key (connection_id, kid, algorithm, public_jwk, private_key_sealed, made_at)
        values (${one}, 'k', 'ES384', '{}', ${old}, now())`,
    ).rejects.toThrow(refused);
    // What is there stays usable for all else.
    await db.sql`update connection set site_name = 'renamed' where connection_id = ${one}`;
  });

  it('that do not open stay, and a later start with their key binds them', async () => {
    const [ours, theirs] = [`ours:${key()}`, `theirs:${key()}`];
    const id = await withOldSecret(theirs, 'x');
    const first = await openKeyring({ ENCRYPTION_KEY: ours });
    expect(await bindSecrets(db.sql, first)).toEqual({ resealed: 0, unreadable: 1 });
    const both = await openKeyring({ ENCRYPTION_KEY: ours, ENCRYPTION_KEYS_OLD: theirs });
    expect(await bindSecrets(db.sql, both)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await unseal(first, placeOf(id), await stored(id))).toBe('x');
  });

  it('are bound once by starts at the same moment', async () => {
    const text = key();
    for (let n = 0; n < 5; n++) await withOldSecret(text, 'x');
    const keyring = await openKeyring({ ENCRYPTION_KEY: text });
    const done = await Promise.all([1, 2, 3].map(() => bindSecrets(db.sql, keyring)));
    expect(done.map((one) => one.resealed).sort()).toEqual([0, 0, 5]);
  });

  it('stay closed: the note that none is left cannot be taken back', async () => {
    await bindSecrets(db.sql, await openKeyring({ ENCRYPTION_KEY: key() }));
    await expect(db.sql`delete from secrets_bound`).rejects.toThrow(/stays closed/);
    await expect(db.sql`update secrets_bound set since = now()`).rejects.toThrow(/stays closed/);
    await expect(db.sql`truncate secrets_bound`).rejects.toThrow(/stays closed/);
  });
});

describe('secrets that were bound to their table alone', () => {
  const webhook = async (url_sealed: string) => {
    const [row] = await db.sql<{ webhook_id: number }[]>`
      insert into webhook (name, url_host, url_sealed, secret_sealed, created_at, created_by, updated_at)
      values ('chat', 'chat.example.org', ${url_sealed}, ${url_sealed}, now(), 'test', now()) returning webhook_id`;
    return row?.webhook_id ?? 0;
  };
  const unbound = async (keyring: Keyring, text: string) => {
    const place = ['v2', keyring.sealWith, 'webhook', 'url_sealed', 0];
    const bytes = (value: string) => new TextEncoder().encode(value);
    return writeSealed(keyring.sealWith, await encrypt(keyring, bytes(JSON.stringify(place)), bytes(text)));
  };
  const urlOf = (row: number): Place => ({ table: 'webhook', column: 'url_sealed', connection: 0, row });
  const secretOf = (row: number): Place => ({
    table: 'webhook',
    column: 'secret_sealed',
    connection: 0,
    row,
  });
  const urlIn = async (row: number) => {
    const [found] = await db.sql<{ url: string }[]>`
      select url_sealed as url from webhook where webhook_id = ${row}`;
    return found?.url ?? '';
  };

  it('are bound to their rows by the first start, and open in no other, nor in the form before, from then on', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const id = await webhook(await unbound(keyring, 'https://chat.example.org/x'));
    await db.sql`update webhook set secret_sealed = ${await seal(keyring, secretOf(id), 's')}`;
    expect(await bindRows(db.sql, keyring)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await unseal(keyring, urlOf(id), await urlIn(id))).toBe('https://chat.example.org/x');
    await expect(unseal(keyring, urlOf(id + 1), await urlIn(id))).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
    const late = await webhook(await unbound(keyring, 'https://elsewhere.example.org'));
    expect(await bindRows(db.sql, keyring)).toEqual({ resealed: 0, unreadable: 0 });
    await expect(unseal(keyring, urlOf(late), await urlIn(late))).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
    await expect(db.sql`delete from secret_rows_bound`).rejects.toThrow(/stays closed/);
  });

  it('that do not open stay, and are bound by a later start with their key', async () => {
    const [ours, theirs] = [`ours:${key()}`, `theirs:${key()}`];
    const old = await openKeyring({ ENCRYPTION_KEY: theirs });
    const id = await webhook(await unbound(old, 'https://chat.example.org/x'));
    await db.sql`update webhook set secret_sealed = ${await seal(old, secretOf(id), 's')}`;
    expect(await bindRows(db.sql, await openKeyring({ ENCRYPTION_KEY: ours }))).toEqual({
      ...{ resealed: 0, unreadable: 2 },
    });
    const both = await openKeyring({ ENCRYPTION_KEY: ours, ENCRYPTION_KEYS_OLD: theirs });
    expect(await bindRows(db.sql, both)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await rotateSecrets(db.sql, both)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await unseal(both, urlOf(id), await urlIn(id))).toBe('https://chat.example.org/x');
  });
});

describe('the rotation of encryption keys', () => {
  const [old, young] = [`old:${key()}`, `young:${key()}`];
  const keyrings = Promise.all([
    openKeyring({ ENCRYPTION_KEY: old }),
    openKeyring({ ENCRYPTION_KEY: young, ENCRYPTION_KEYS_OLD: old }),
    openKeyring({ ENCRYPTION_KEY: young }),
  ]);

  it('seals everything with the first key, and says which key has sealed how much', async () => {
    const [before, both, after] = await keyrings;
    const ids: number[] = [];
    // In the long run more than are read at a time.
    const rows = LONG_RUN ? 205 : 25;
    for (let n = 0; n < rows; n++) ids.push(await withSecret(before, `secret ${n}`));
    const place = 'connection.client_secret_sealed';
    expect(await rowsByKey(db.sql)).toEqual([{ key: 'old', place, rows }]);
    expect(await rotateSecrets(db.sql, both)).toEqual({ resealed: rows, unreadable: 0 });
    expect(await rowsByKey(db.sql)).toEqual([{ key: 'young', place, rows }]);
    for (const [n, id] of ids.entries()) {
      expect(await unseal(after, placeOf(id), await stored(id))).toBe(`secret ${n}`);
    }
    expect(await rotateSecrets(db.sql, both)).toEqual({ resealed: 0, unreadable: 0 });
  });

  it('goes on where one that died has ended', async () => {
    const [before, both, after] = await keyrings;
    const ids: number[] = [];
    for (let n = 0; n < 6; n++) ids.push(await withSecret(before, `secret ${n}`));
    await db.sql.unsafe(`
      create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
      create trigger die before update on connection for each row when (old.connection_id = ${ids[3]}) execute function die()`);
    await expect(rotateSecrets(db.sql, both)).rejects.toThrow('killed');
    expect((await rowsByKey(db.sql)).map((row) => row.rows)).toEqual([3, 3]);
    await db.sql`drop trigger die on connection`;
    expect(await rotateSecrets(db.sql, both)).toEqual({ resealed: 3, unreadable: 0 });
    for (const [n, id] of ids.entries()) {
      expect(await unseal(after, placeOf(id), await stored(id))).toBe(`secret ${n}`);
    }
  });

  it('may be run at once with another', async () => {
    const [before, both, after] = await keyrings;
    const ids: number[] = [];
    for (let n = 0; n < 12; n++) ids.push(await withSecret(before, `secret ${n}`));
    const done = await Promise.all([rotateSecrets(db.sql, both), rotateSecrets(db.sql, both)]);
    expect((done[0]?.resealed ?? 0) + (done[1]?.resealed ?? 0)).toBe(12);
    for (const [n, id] of ids.entries()) {
      expect(await unseal(after, placeOf(id), await stored(id))).toBe(`secret ${n}`);
    }
  });

  it('does not undo a secret that is entered meanwhile', async () => {
    const [before, both] = await keyrings;
    const id = await withSecret(before, 'the former');
    const entered = await seal(both, placeOf(id), 'the new');
    const rotating = await db.sql.begin(async (tx) => {
      await tx`update connection set client_secret_sealed = ${entered} where connection_id = ${id}`;
      const started = rotateSecrets(db.sql, both);
      for (;;) {
        const [waiting] = await db.sql`
          select 1 from pg_locks l join pg_stat_activity a using (pid)
          where not l.granted and a.datname = current_database()`;
        if (waiting) return { started };
      }
    });
    expect(await rotating.started).toEqual({ resealed: 0, unreadable: 0 });
    expect(await stored(id)).toBe(entered);
  });

  inLongRun(it)(
    'by command reports rows per key, and ends with 1 where something does not open',
    async () => {
      const [before, , after] = await keyrings;
      await withSecret(before, 'x');
      const both = { url: db.url, encryptionKey: `${young},${old}` };
      const fine = await commandHere(both, ['keys', 'rotate-encryption']);
      expect(fine.code).toBe(0);
      expect(fine.said).toMatch(/old\s+1\s+connection\.client_secret_sealed[\s\S]*young\s+1\s+connection/);
      await withSecret(before, 'y');
      const lacking = await commandHere({ url: db.url, encryptionKey: young }, ['keys', 'rotate-encryption']);
      expect(lacking.code).toBe(1);
      expect(lacking.said).toMatch(/1 does not open: its key is not here, or it was altered\. Add its key/);
      for (const secret of [young, old]) expect(fine.said + lacking.said).not.toContain(secret.split(':')[1]);
      expect(after.sealWith).toBe('young');
      const recorded = await db.sql`
      select action, object, details from audit_event where action like 'key.%' order by event_id`;
      const action = 'key.rotate-encryption';
      expect(recorded).toEqual([
        { action, object: 'key/young', details: { resealed: 1, unreadable: 0 } },
        { action, object: 'key/young', details: { resealed: 0, unreadable: 1 } },
      ]);
    },
  );
});
