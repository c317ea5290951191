/**
 * Seals stored secrets again: those of the form before when this version first starts (bindSecrets), and all that
 * another key has sealed when keys are rotated (rotateSecrets). Each secret is one statement that replaces exactly
 * the value that was read. So both may be run while everything works, twice, at once, and may die anywhere.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { SyncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { type Place, ROW_OF, SEALED, seal, unseal, unsealUnbound } from './secrets.ts';

export interface Resealed {
  readonly resealed: number;
  /** What does not open: its key is not here, or it was altered. */
  readonly unreadable: number;
}

/**
 * Binds the secrets of the form before to their places. Once none is left this is noted, and from then on nothing
 * opens that form, so that nobody can bring an old value back in another place. The tables themselves take none since
 * migration 0170.
 */
export async function bindSecrets(sql: Sql, keyring: Keyring): Promise<Resealed> {
  return await bind(sql, keyring, {
    note: 'secrets_bound',
    places: SEALED,
    like: 'v1.%',
    open: async (_, sealed) => await ifReadable(() => unsealUnbound(keyring, sealed)),
  });
}

/** Advisory lock of whoever binds secrets that were bound to less. */
const BINDING = 7_204_513_381;
/** A secret that is bound as it should be. */
export const BOUND = Symbol('bound');

interface Binding {
  /** The table that says that all are bound. */
  readonly note: 'secrets_bound' | 'secret_rows_bound';
  readonly places: readonly (typeof SEALED)[number][];
  /** Pattern of what is looked at. */
  readonly like: string;
  /** The secret as it was bound before; undefined when it does not open. */
  open(place: Place, sealed: string): Promise<string | typeof BOUND | undefined>;
}

/** Once none is left that was bound to less this is noted, and nothing is looked at any more. */
export async function bind(
  sql: Sql,
  keyring: Keyring,
  { note, places, like, open }: Binding,
): Promise<Resealed> {
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${BINDING}::bigint)`;
    const [bound] = await tx`select 1 from ${tx(note)}`;
    if (bound) return { resealed: 0, unreadable: 0 };
    let [resealed, unreadable] = [0, 0];
    for (const named of places) {
      const { table, column } = named;
      const rows = await tx<SecretRow[]>`
        select connection_id as connection, ${rowOf(tx, table)} as row, ${tx(column)} as sealed
        from ${tx(table)} where ${tx(column)} like ${like} for update`;
      for (const row of rows) {
        const plaintext = await open(placeOf(named, row), row.sealed);
        if (plaintext === undefined) unreadable += 1;
        else if (plaintext !== BOUND) resealed += await replace(tx, keyring, { named, row, plaintext });
      }
    }
    if (unreadable === 0) await tx`insert into ${tx(note)} (since) values (now())`;
    return { resealed, unreadable };
  });
}

interface SecretRow {
  readonly connection: number;
  readonly row: number | null;
  readonly sealed: string;
}

/** SQL of the id of the row that a secret of this table is bound to. */
function rowOf(sql: Sql | Tx, table: (typeof SEALED)[number]['table']) {
  const id = ROW_OF[table];
  return id === undefined ? sql`null::bigint` : sql`${sql(id)}`;
}

const placeOf = (named: (typeof SEALED)[number], { connection, row }: SecretRow): Place => ({
  ...named,
  connection,
  row: row ?? undefined,
});

/** How many were replaced: none where somebody did so meanwhile. */
async function replace(
  sql: Sql | Tx,
  keyring: Keyring,
  of: { readonly named: (typeof SEALED)[number]; readonly row: SecretRow; readonly plaintext: string },
): Promise<number> {
  const { named, row } = of;
  const fresh = await seal(keyring, placeOf(named, row), of.plaintext);
  const { count } = await sql`
    update ${sql(named.table)} set ${sql(named.column)} = ${fresh}
    where connection_id = ${row.connection} and ${sql(named.column)} = ${row.sealed}`;
  return count;
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
    let after = { connection: 0, sealed: '' };
    for (;;) {
      const rows = await sql<SecretRow[]>`
        select connection_id as connection, ${rowOf(sql, table)} as row, ${sql(column)} as sealed from ${sql(table)}
        where ${sql(column)} is not null and split_part(${sql(column)}, '.', 2) <> ${keyring.sealWith}
          and (connection_id, ${sql(column)} collate "C") > (${after.connection}, ${after.sealed})
        order by connection_id, ${sql(column)} collate "C" limit ${BATCH}`;
      for (const row of rows) {
        const plaintext = await ifReadable(() => unseal(keyring, placeOf(named, row), row.sealed));
        if (plaintext === undefined) unreadable += 1;
        else resealed += await replace(sql, keyring, { named, row, plaintext });
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
