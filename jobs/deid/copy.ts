/**
 * The de-identified copy of the CDM, for researchers: a schema of views (`cdm_deid`) over tables that are made anew by
 * each refresh in a store beside it (`cdm_deid_store`). Tables and not views of the CDM, because each id costs some
 * microseconds of hashing, which no query should pay a second time, because they can be indexed, and because a study needs
 * a data set that holds still. A refresh is one transaction over one snapshot: until it commits, researchers read the old
 * copy. It takes as much room again as the CDM has.
 *
 * It is made of the CDM as it stood for each person on a day of their own (as-of.ts).
 *
 * The keys are settings of that transaction alone. Researchers are granted the views and nothing of the store.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Schemas, Sql, Tx } from '../../sql/connect.ts';
import { isDistributed } from '../../sql/distribute.ts';
import { quoted } from '../../sql/quoted.ts';
import { replaceViewInTx } from '../../sql/replace-view.ts';
import { renewGrantsInTx, researchSchema, researchStore } from '../../sql/roles.ts';
import type { Keyring } from '../connection/keyring.ts';
import { demandUnchanged, stateInTx } from '../step/cdm-state.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import { type Columns, openAsOfInTx } from './as-of.ts';
import { AS_THEY_ARE, COPIED, type Treatment, treatmentsOf } from './decisions.ts';
import { gatherInTx, readFromInTx } from './gather.ts';
import { openDeidKeys } from './secret.ts';

export interface DeidDeps {
  readonly sql: Sql;
  readonly schemas: Schemas;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface Refreshed {
  readonly persons: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly seconds: number;
}

/** Names of its schemas. */
export function deidSchemas(schemas: Schemas): { readonly views: string; readonly store: string } {
  return { views: researchSchema(schemas), store: researchStore(schemas) };
}

/** Whether there is a copy. */
export async function hasCopy(sql: Sql | Tx, schemas: Schemas): Promise<boolean> {
  const [found] = await sql`
    select 1 from pg_namespace where nspname = ${deidSchemas(schemas).store}`;
  return found !== undefined;
}

const LOCK = 7_204_513_380;

/** Told in the transaction that makes or drops the copy, so that nothing becomes of it without its record. */
interface Recording<Of> {
  readonly record?: (tx: Tx, of: Of) => Promise<void>;
}

/** Makes the copy, or makes it anew. */
export async function refreshCopy(deps: DeidDeps, { record }: Recording<Refreshed> = {}): Promise<Refreshed> {
  const started = deps.clock().getTime();
  const functions = await readFile(join(import.meta.dirname, '../../sql/deid/functions.sql'), 'utf8');
  const { views, store } = deidSchemas(deps.schemas);
  return await deps.sql.begin('isolation level repeatable read', async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK}::bigint)`;
    await refuseLoggedKeys(tx);
    const keys = await openDeidKeys(tx, deps.keyring);
    await tx`
      select set_config('deid.id_key', ${keys.id.toString('hex')}, true),
        set_config('deid.inner_key', ${keys.inner.toString('hex')}, true),
        set_config('deid.outer_key', ${keys.outer.toString('hex')}, true),
        set_config('statement_timeout', '0', true)`;
    const distributed = await isDistributed(tx);
    const before = distributed ? await stateInTx(tx) : '';
    // The copy lies on the coordinator alone.
    if (distributed) await tx`select set_config('citus.enable_ddl_propagation', 'off', true)`;
    await tx.unsafe(`create schema if not exists ${quoted(store)}`);
    await tx.unsafe(`create schema if not exists ${quoted(views)}`);
    await readFromInTx(tx, store, deps.schemas.cdm, deps.schemas.sync);
    await tx.unsafe(functions).simple();
    await tx.unsafe(`revoke all on schema ${quoted(store)} from public`);
    await tx.unsafe(`revoke all on all functions in schema ${quoted(store)} from public`);

    const number = await nextNumber(tx, deps.schemas.sync);
    const there = await columnsOf(tx, deps.schemas.cdm);
    const today = deps.clock().toISOString().slice(0, 10);
    const gathered = distributed ? await gatherInTx(tx, deps.schemas, there) : undefined;
    const close = await openAsOfInTx(tx, { schemas: gathered?.schemas ?? deps.schemas, today, there });
    const tables: { table: string; rows: number }[] = [];
    for (const table of Object.keys(COPIED)) {
      const columns = there.get(table);
      if (columns) tables.push(await copyTable(tx, views, { table, columns, number }));
    }
    for (const table of AS_THEY_ARE) {
      if (!there.has(table)) continue;
      const source = `${quoted(deps.schemas.cdm)}.${quoted(table)}`;
      await showInTx(tx, views, table, source);
    }
    await close();
    await gathered?.drop();
    await dropOthers(tx, store, number);
    if (distributed) await demandUnchanged(deps.sql, before);
    const persons = tables.find(({ table }) => table === 'person')?.rows ?? 0;
    const seconds = Math.round((deps.clock().getTime() - started) / 1000);
    await tx`
      insert into ${tx(`${deps.schemas.sync}.deid_copy`)} (number, refreshed_at, persons, row_count, seconds)
      values (${number}, ${deps.clock()}, ${persons}, ${tables.reduce((sum, one) => sum + one.rows, 0)}, ${seconds})
      on conflict (only_one) do update set number = excluded.number, refreshed_at = excluded.refreshed_at,
        persons = excluded.persons, row_count = excluded.row_count, seconds = excluded.seconds`;
    await renewGrantsInTx(tx, deps.schemas);
    const made = { persons, tables, seconds };
    await record?.(tx, made);
    return made;
  });
}

/** Drops the copy. Without its secret a later copy has other ids and other dates. */
export async function dropCopy(
  deps: DeidDeps,
  options: Recording<void> & { readonly forgetKey: boolean },
): Promise<void> {
  const { views, store } = deidSchemas(deps.schemas);
  await deps.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK}::bigint)`;
    await tx.unsafe(`drop schema if exists ${quoted(views)} cascade`);
    await tx.unsafe(`drop schema if exists ${quoted(store)} cascade`);
    await tx`delete from deid_copy`;
    if (options.forgetKey) await tx`delete from deid_secret`;
    await options.record?.(tx);
  });
}

/** A server that logs every statement would log the keys with their parameters. */
async function refuseLoggedKeys(tx: Tx): Promise<void> {
  const [logs] = await tx<{ statement: string; duration: string }[]>`
    select current_setting('log_statement') as statement, current_setting('log_min_duration_statement') as duration`;
  const setting =
    logs?.statement === 'all'
      ? 'log_statement = all'
      : logs?.duration === '0'
        ? 'log_min_duration_statement = 0'
        : undefined;
  if (setting) throw syncError('deid-key-would-be-logged', { setting });
}

async function nextNumber(tx: Tx, sync: string): Promise<number> {
  const [last] = await tx<{ number: number }[]>`select number from ${tx(`${sync}.deid_copy`)}`;
  return (last?.number ?? 0) + 1;
}

/** Columns of the CDM's tables, in order. */
async function columnsOf(tx: Tx, cdm: string): Promise<ReadonlyMap<string, Columns>> {
  const rows = await tx<{ table_name: string; column_name: string; required: boolean; type: string }[]>`
    select table_name, column_name, is_nullable = 'NO' as required, data_type as type
    from information_schema.columns where table_schema = ${cdm} order by table_name, ordinal_position`;
  const tables = new Map<string, Map<string, { isRequired: boolean; isText: boolean }>>();
  for (const { table_name, column_name, required, type } of rows) {
    const columns = tables.get(table_name) ?? new Map();
    columns.set(column_name, { isRequired: required, isText: /char|text/.test(type) });
    tables.set(table_name, columns);
  }
  return tables;
}

interface Table {
  readonly table: string;
  readonly columns: Columns;
  readonly number: number;
}

/** Of the view that stands for the table as of each person's cut, where there is one. */
async function copyTable(tx: Tx, views: string, { table, columns, number }: Table) {
  const treatments = treatmentsOf(table);
  const copied = [...columns].flatMap(([name, column]) => {
    const treatment = treatments.get(name);
    return treatment ? [`${expression(name, treatment, column)} as ${quoted(name)}`] : [];
  });
  const target = quoted(`${table}_${number}`);
  // In the order of the new ids: rows in the order of the CDM would tell which id was which.
  const key = [`${table}_id`, 'person_id', 'note_id'].find(
    (name) => treatments.get(name) === 'id' && columns.has(name),
  );
  const made = await tx.unsafe(
    `create table ${target} as select ${copied.join(', ')} from ${quoted(table)} t${personOf(table, columns)}
     ${key ? `order by ${quoted(key)}` : 'order by random()'}`,
  );
  for (const [name, treatment] of treatments) {
    const isIndexed =
      name === 'person_id' || name === `${table}_id` || (table === 'note_nlp' && name === 'note_id');
    if (treatment === 'id' && isIndexed && columns.has(name)) {
      await tx.unsafe(`create index on ${target} (${quoted(name)})`);
    }
  }
  await tx.unsafe(`analyze ${target}`);
  await showInTx(tx, views, table, target);
  return { table, rows: made.count };
}

/** Shows what a table holds. Where the table lacks a column that the view had, the view is another one. */
async function showInTx(tx: Tx, views: string, table: string, source: string): Promise<void> {
  const view = `${quoted(views)}.${quoted(table)}`;
  const [lacking] = await tx`
    select from pg_attribute a
    where a.attrelid = to_regclass(${view}) and a.attnum > 0 and not exists (
      select from pg_attribute b
      where b.attrelid = ${source}::regclass and b.attname = a.attname and not b.attisdropped
    ) limit 1`;
  if (lacking) await replaceViewInTx(tx, { schema: views, name: table }, source);
  else await tx.unsafe(`create or replace view ${view} as select * from ${source}`);
}

/** Rows without a person of theirs are not copied: nothing says by how much they are to be moved. */
function personOf(table: string, columns: Columns): string {
  if (columns.has('person_id')) return ' join working_person w on w.person_id = t.person_id';
  if (table === 'note_nlp') {
    return ` join note n on n.note_id = t.note_id join working_person w on w.person_id = n.person_id`;
  }
  return '';
}

function expression(
  name: string,
  treatment: Treatment,
  { isRequired, isText }: { readonly isRequired: boolean; readonly isText: boolean },
): string {
  const column = `t.${quoted(name)}`;
  switch (treatment) {
    case 'keep':
      return column;
    case 'id':
      return name === 'person_id' ? 'w.new_id' : `keyed_id(${column})`;
    case 'date':
    case 'moment':
      return `moved(${column}, w.days, w.earliest)`;
    case 'birth-year':
      return 'w.birth_year';
    case 'time-of-day':
      return `case when ${column} ~ '^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$' then ${column} end`;
    case 'state':
      return `case when ${column} ~ '^[A-Z]{2}$' then ${column} end`;
    case 'zip3':
      return `zip3(${column}, t.country_concept_id)`;
    case 'withhold':
      // Its type stays; what the CDM requires is empty.
      return isRequired && isText ? `left(${column}, 0)` : `nullif(${column}, ${column})`;
  }
}

/** Tables of earlier refreshes, which no view reads any more. */
async function dropOthers(tx: Tx, store: string, number: number): Promise<void> {
  const old = await tx<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = ${store} order by 1`;
  for (const { name } of old) {
    if (!name.endsWith(`_${number}`)) await tx.unsafe(`drop table ${quoted(store)}.${quoted(name)}`);
  }
}
