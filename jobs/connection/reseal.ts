/**
 * Seals stored secrets again: those of the form before when this version first starts (bindSecrets), and all that
 * another key has sealed when keys are rotated (rotateSecrets). Each secret is one statement that replaces exactly
 * the value that was read. So both may be run while everything works, twice, at once, and may die anywhere.
 */
import type { Sql } from '../../sql/connect.ts';
import { SyncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { ROW_OF, SEALED, seal, unseal, unsealUnbound } from './secrets.ts';

export interface Resealed {
  readonly resealed: number;
  /** What does not open: its key is not here, or it was altered. */
  readonly unreadable: number;
}

/** Advisory lock of whoever binds secrets that were bound to less. */
export const BINDING = 7_204_513_381;

/**
 * Binds the secrets of the form before to their places. Once none is left this is noted, and from then on nothing
 * opens that form, so that nobody can bring an old value back in another place. The tables themselves take none since
 * migration 0170.
 */
export async function bindSecrets(sql: Sql, keyring: Keyring): Promise<Resealed> {
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${BINDING}::bigint)`;
    const [bound] = await tx`select 1 from secrets_bound`;
    if (bound) return { resealed: 0, unreadable: 0 };
    let [resealed, unreadable] = [0, 0];
    for (const named of SEALED) {
      const { table, column } = named;
      const id = ROW_OF[table];
      const rows = await tx<{ connection: number; row_id: number | null; sealed: string }[]>`
        select connection_id as connection, ${id === undefined ? tx`null::bigint` : tx(id)} as row_id,
          ${tx(column)} as sealed
        from ${tx(table)} where ${tx(column)} like 'v1.%' for update`;
      for (const { connection, row_id, sealed } of rows) {
        const plaintext = await ifReadable(() => unsealUnbound(keyring, sealed));
        if (plaintext === undefined) {
          unreadable += 1;
          continue;
        }
        const fresh = await seal(keyring, { ...named, connection, row: row_id ?? undefined }, plaintext);
        await tx`
          update ${tx(table)} set ${tx(column)} = ${fresh}
          where connection_id = ${connection} and ${tx(column)} = ${sealed}`;
        resealed += 1;
      }
    }
    if (unreadable === 0) await tx`insert into secrets_bound (since) values (now())`;
    return { resealed, unreadable };
  });
}

/** How many rows a key has sealed in a column. */
export interface RowsOfKey {
  readonly key: string;
  readonly place: string;
  readonly rows: number;
}

/** In place of a key's name, for data that are not sealed. */
export const IN_CLEAR = '(in clear)';

/** What is sealed with which key, now. */
export async function rowsByKey(sql: Sql): Promise<RowsOfKey[]> {
  const found: RowsOfKey[] = [];
  for (const { table, column } of SEALED) {
    const rows = await sql<{ key: string; rows: number }[]>`
      select split_part(${sql(column)}, '.', 2) as key, count(*)::int as rows from ${sql(table)}
      where ${sql(column)} is not null group by 1 order by 1`;
    found.push(...rows.map((row) => ({ ...row, place: `${table}.${column}` })));
  }
  return found;
}

/** Secrets that are read at a time. */
const BATCH = 100;

/** Seals with the first key whatever another key has sealed. Goes on where another try ended. */
export async function rotateSecrets(sql: Sql, keyring: Keyring): Promise<Resealed> {
  let [resealed, unreadable] = [0, 0];
  for (const named of SEALED) {
    const { table, column } = named;
    const id = ROW_OF[table];
    const row = id === undefined ? sql`null::bigint` : sql`${sql(id)}`;
    let after = { connection: 0, sealed: '' };
    for (;;) {
      const rows = await sql<{ connection: number; row_id: number | null; sealed: string }[]>`
        select connection_id as connection, ${row} as row_id, ${sql(column)} as sealed from ${sql(table)}
        where ${sql(column)} is not null and split_part(${sql(column)}, '.', 2) <> ${keyring.sealWith}
          and (connection_id, ${sql(column)} collate "C") > (${after.connection}, ${after.sealed})
        order by connection_id, ${sql(column)} collate "C" limit ${BATCH}`;
      for (const { connection, row_id, sealed } of rows) {
        const place = { ...named, connection, row: row_id ?? undefined };
        const plaintext = await ifReadable(() => unseal(keyring, place, sealed));
        if (plaintext === undefined) {
          unreadable += 1;
          continue;
        }
        const fresh = await seal(keyring, place, plaintext);
        const { count } = await sql`
          update ${sql(table)} set ${sql(column)} = ${fresh}
          where connection_id = ${connection} and ${sql(column)} = ${sealed}`;
        resealed += count;
      }
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) break;
      after = last;
    }
  }
  return { resealed, unreadable };
}

/** Undefined when it does not open. */
export async function ifReadable(open: () => Promise<string>): Promise<string | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}
