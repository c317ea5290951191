/**
 * Seals data at rest again (sealed-data.ts): with the first key what another key has sealed, and where SEAL_CHUNKS is on
 * also what is in clear. Each value is one statement that replaces exactly the one that was read; so this may be run while
 * everything works, twice, at once, and may die anywhere, as the rotation of the secrets (reseal.ts).
 */
import type { Sql } from '../../sql/connect.ts';
import { SyncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { IN_CLEAR, type Resealed, type RowsOfKey } from './reseal.ts';
import {
  bodyOf,
  type ContentTable,
  contentOf,
  type DataPlace,
  fileUrlOf,
  lineOf,
  nextPageOf,
  openBytes,
  openText,
  sealBytes,
  sealText,
  statusUrlOf,
  URL_KEY,
} from './sealed-data.ts';

interface Row {
  /** What rows are gone through by, and found again by; as text. */
  readonly key: string;
  readonly run_id: number;
  readonly url_hash: string | null;
  readonly value: unknown;
}

interface Column {
  readonly table: string;
  readonly column: string;
  /** SQL of `key`, and its type. */
  readonly key: string;
  readonly type: 'bigint' | 'text';
  /** SQL of the value as text or bytes, and of a parameter as the column's type. */
  readonly form: 'bytes' | 'text' | 'json';
  /** A sealed URL has a hash beside it, by which it is compared and to which it is bound. */
  readonly hasHash?: true;
  place(row: Row): DataPlace;
}

const content = (table: ContentTable): Column => ({
  ...{ table, column: 'content', key: 'resource_key', type: 'bigint', form: 'json' },
  place: ({ key }) => contentOf(table, Number(key)),
});

/** Every column that may hold sealed data. */
const COLUMNS: readonly Column[] = [
  {
    ...{ table: 'chunk_body', column: 'body', key: 'chunk_id', type: 'bigint', form: 'bytes' },
    place: ({ key }) => bodyOf(Number(key)),
  },
  {
    ...{ table: 'waiting', column: 'line', key: 'resource_key', type: 'bigint', form: 'bytes' },
    place: ({ key }) => lineOf(Number(key)),
  },
  content('medication_content'),
  content('substance_content'),
  content('device_content'),
  content('attachment_content'),
  {
    ...{ table: 'export_file', column: 'url', key: 'file_id', type: 'bigint', form: 'text', hasHash: true },
    place: ({ run_id, url_hash }) => fileUrlOf(run_id, url_hash ?? ''),
  },
  {
    ...{ table: 'manifest_entry', column: 'url', type: 'text', form: 'text', hasHash: true },
    key: `reading || ' ' || lpad(n::text, 10, '0')`,
    place: ({ run_id, url_hash }) => fileUrlOf(run_id, url_hash ?? ''),
  },
  {
    ...{ table: 'run', column: 'status_url', key: 'run_id', type: 'bigint', form: 'text' },
    place: ({ run_id }) => statusUrlOf(run_id),
  },
  {
    ...{ table: 'finished_export', column: 'status_url', type: 'text', form: 'text' },
    key: `lpad(run_id::text, 19, '0') || ' ' || part`,
    place: ({ run_id }) => statusUrlOf(run_id),
  },
  {
    ...{ table: 'crawl_search', column: 'next_url', key: 'search_id', type: 'bigint', form: 'text' },
    place: ({ key }) => nextPageOf(Number(key)),
  },
];

/** SQL of the id of the key with which a value is sealed. */
const keyId = ({ column, form }: Column) =>
  form === 'json' ? `sealed_with(${column} #>> '{}')` : `sealed_with(${column})`;

/** What is sealed with which key, and how much is in clear. */
export async function dataByKey(sql: Sql): Promise<RowsOfKey[]> {
  const found: RowsOfKey[] = [];
  for (const column of COLUMNS) {
    const rows = await sql<{ key: string; rows: number }[]>`
      select coalesce(${sql.unsafe(keyId(column))}, ${IN_CLEAR}) as key, count(*)::int as rows
      from ${sql(column.table)} where ${sql(column.column)} is not null group by 1 order by 1`;
    found.push(...rows.map((row) => ({ ...row, place: `${column.table}.${column.column}` })));
  }
  return found;
}

/** Values that are read at a time: a chunk may have megabytes. */
const BATCH = { bytes: 8, text: 500, json: 500 } as const;

export async function rotateData(sql: Sql, keyring: Keyring): Promise<Resealed> {
  let [resealed, unreadable] = [0, 0];
  for (const column of COLUMNS) {
    let after: string | undefined;
    for (;;) {
      const rows = await due(sql, keyring, column, after);
      for (const row of rows) {
        const fresh = await sealedAgain(keyring, column, row);
        if (fresh === undefined) unreadable += 1;
        else resealed += await replace(sql, column, row, fresh);
      }
      const last = rows.at(-1);
      if (!last || rows.length < BATCH[column.form]) break;
      after = last.key;
    }
  }
  return { resealed, unreadable };
}

async function due(sql: Sql, keyring: Keyring, column: Column, after: string | undefined): Promise<Row[]> {
  const { table, type, form, hasHash = false } = column;
  const of = {
    key: sql.unsafe(column.key),
    id: sql.unsafe(keyId(column)),
    value: sql.unsafe(form === 'json' ? `${column.column}::text` : column.column),
    run: sql.unsafe(hasHash || column.column === 'status_url' ? 'run_id' : '0'),
    hash: sql.unsafe(hasHash ? `encode(${URL_KEY}, 'hex')` : 'null'),
    cast: sql.unsafe(type === 'text' ? 'text collate "C"' : type),
  };
  return await sql<Row[]>`
    select (${of.key})::text as key, ${of.run} as run_id, ${of.hash} as url_hash, ${of.value} as value from ${sql(table)}
    where ${sql(column.column)} is not null and coalesce(${of.id} <> ${keyring.sealWith}, ${keyring.sealsData})
      and ${after === undefined ? sql`true` : sql`(${of.key})::${of.cast} > ${after}::${sql.unsafe(type)}`}
    order by (${of.key})::${of.cast} limit ${BATCH[form]}`;
}

/** Undefined when it does not open. */
async function sealedAgain(keyring: Keyring, column: Column, row: Row): Promise<Buffer | string | undefined> {
  const place = column.place(row);
  const { value } = row;
  try {
    if (Buffer.isBuffer(value))
      return await sealBytes(keyring, place, await openBytes(keyring, place, value));
    const text = String(value);
    if (column.form === 'text') return await sealText(keyring, place, await openText(keyring, place, text));
    const stored: unknown = JSON.parse(text);
    const clear = typeof stored === 'string' ? await openText(keyring, place, stored) : text;
    return JSON.stringify(await sealText(keyring, place, clear));
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}

/** One that has changed or gone meanwhile, or that somebody holds for long, is left to whoever changes it, or to the next try. */
async function replace(sql: Sql, column: Column, row: Row, fresh: Buffer | string): Promise<number> {
  const type = sql.unsafe({ bytes: 'bytea', text: 'text', json: 'text::jsonb' }[column.form]);
  const named = sql(column.column);
  const before = Buffer.isBuffer(row.value) ? row.value : String(row.value);
  try {
    const { count } = await sql`
      update ${sql(column.table)} set ${named} = ${fresh}::${type}${sql.unsafe(column.hasHash ? `, url_hash = ${URL_KEY}` : '')}
      where (${sql.unsafe(column.key)}) = ${row.key}::${sql.unsafe(column.type)} and ${named} = ${before}::${type}`;
    return count;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === LOCK_NOT_AVAILABLE) return 0;
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';
