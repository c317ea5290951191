/**
 * Binds to their rows the secrets that were bound to their table and connection alone. Once none is left this is noted, as
 * in bindSecrets(), and from then on none opens in another row, whoever copied it there.
 */
import type { Sql } from '../../sql/connect.ts';
import type { Keyring } from './keyring.ts';
import { BOUND, bind, ifReadable, type Resealed } from './reseal.ts';
import { SEALED, unseal } from './secrets.ts';

/** Those of approvals were bound by the migration that asks for them again (0308). */
const TABLES: readonly string[] = ['purge', 'webhook'];

export async function bindRows(sql: Sql, keyring: Keyring): Promise<Resealed> {
  return await bind(sql, keyring, {
    note: 'secret_rows_bound',
    places: SEALED.filter(({ table }) => TABLES.includes(table)),
    like: '%',
    open: async (place, sealed) => {
      if ((await ifReadable(() => unseal(keyring, place, sealed))) !== undefined) return BOUND;
      return await ifReadable(() => unseal(keyring, { ...place, row: undefined }, sealed));
    },
  });
}
