/**
 * Lets pg-boss write on a postgres.js transaction, so that a job is sent or completed together with the rows.
 *
 * Strings are sent as text (type 25): postgres.js would otherwise quote a JSON string a second time when the
 * statement casts the parameter to json. pg-boss keeps its own `pg` pool for fetching and maintenance; only
 * send, insert and complete are called with this. Their texts are few, so each is prepared once a connection.
 */
import type { Db } from 'pg-boss';
import type { Tx } from './connect.ts';

export function inTransaction(tx: Tx): Db {
  return {
    executeSql: async (text, values = []) => ({
      rows: await tx.unsafe(
        text,
        values.map((value) => (typeof value === 'string' ? tx.typed(value, 25 as never) : value)) as never[],
        { prepare: true },
      ),
    }),
  };
}
