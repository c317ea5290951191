/**
 * Binds to their rows the secrets that were bound to their table and connection alone. Once none is left this is noted, as
 * in bindSecrets(), and from then on none opens in another row, whoever copied it there.
 */
import type { Sql } from '../../sql/connect.ts';
import type { Keyring } from './keyring.ts';
import { BINDING, ifReadable, type Resealed } from './reseal.ts';
import { ROW_OF, SEALED, seal, unseal } from './secrets.ts';

/** Those of approvals were bound by the migration that asks for them again (0308). */
const TABLES: readonly string[] = ['purge', 'webhook'];

export async function bindRows(sql: Sql, keyring: Keyring): Promise<Resealed> {
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${BINDING}::bigint)`;
    const [bound] = await tx`select 1 from secret_rows_bound`;
    if (bound) return { resealed: 0, unreadable: 0 };
    let [resealed, unreadable] = [0, 0];
    for (const named of SEALED) {
      const { table, column } = named;
      const id = ROW_OF[table];
      if (id === undefined || !TABLES.includes(table)) continue;
      const rows = await tx<{ connection: number; row: number; sealed: string }[]>`
        select connection_id as connection, ${tx(id)} as row, ${tx(column)} as sealed from ${tx(table)}
        where ${tx(column)} is not null for update`;
      for (const { connection, row, sealed } of rows) {
        const place = { ...named, connection, row };
        if ((await ifReadable(() => unseal(keyring, place, sealed))) !== undefined) continue;
        const plaintext = await ifReadable(() => unseal(keyring, { ...named, connection }, sealed));
        if (plaintext === undefined) {
          unreadable += 1;
          continue;
        }
        const fresh = await seal(keyring, place, plaintext);
        await tx`update ${tx(table)} set ${tx(column)} = ${fresh} where ${tx(id)} = ${row}`;
        resealed += 1;
      }
    }
    if (unreadable === 0) await tx`insert into secret_rows_bound (since) values (now())`;
    return { resealed, unreadable };
  });
}
