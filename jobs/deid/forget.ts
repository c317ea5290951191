/** Takes persons out of the de-identified copy at once, when they are purged: the next refresh may be far. */
import type { Schemas, Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { deidSchemas, hasCopy } from './copy.ts';
import { keyedId } from './keyed-id.ts';
import { openDeidKeys } from './secret.ts';

/**
 * `ids`: ids that the CDM has of what is purged, of persons and of what is theirs alone (visits, their location). Rows that
 * are theirs by one of these or by a row of theirs go.
 */
export async function forgetInCopyInTx(
  tx: Tx,
  deps: { readonly schemas: Schemas; readonly keyring: Keyring },
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0 || !(await hasCopy(tx, deps.schemas))) return;
  const { store } = deidSchemas(deps.schemas);
  const { id: key } = await openDeidKeys(tx, deps.keyring);
  const gone = new Set(ids.map((id) => keyedId(id, key)));
  const tables = await tx<{ name: string; table: string; columns: string[] }[]>`
    select table_name as name, regexp_replace(table_name, '_[0-9]+$', '') as table, array_agg(column_name::text) as columns
    from information_schema.columns where table_schema = ${store} group by 1`;
  for (const { name, table, columns } of tables) {
    if (!columns.includes('person_id')) continue;
    const own = columns.includes(`${table}_id`) ? `${table}_id` : 'person_id';
    const rows = await tx<{ id: number }[]>`
      delete from ${tx(`${store}.${name}`)} where person_id = any(${[...gone]}::bigint[]) returning ${tx(own)} as id`;
    for (const { id } of rows) gone.add(id);
  }
  for (const { name, table } of tables) {
    for (const column of BY_ID[table] ?? []) {
      await tx`delete from ${tx(`${store}.${name}`)} where ${tx(column)} = any(${[...gone]}::bigint[])`;
    }
  }
}

/** Tables without a person: by which columns their rows are one's. */
const BY_ID: Readonly<Record<string, readonly string[]>> = {
  location: ['location_id'],
  note_nlp: ['note_id'],
  cost: ['cost_event_id'],
  fact_relationship: ['fact_id_1', 'fact_id_2'],
  episode_event: ['episode_id', 'event_id'],
};
