/**
 * Writes what a chunk became, in the chunk's transaction: identities and hashes, CDM rows by COPY, unmapped codes,
 * open links, what waits, failures. New resources need no conflict handling; of changed ones the old rows go first,
 * by their id range, from the tables that are known to hold them.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Unreadable } from '../../lines/read-lines.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { type Finished, type FinishedRow, idOf } from '../assemble.ts';
import { targetId } from '../compare/known.ts';
import type { WriteContext } from '../context.ts';
import { bitOf, CDM_TABLES, IDS_PER_RESOURCE, LOAD_ORDER } from './cdm-tables.ts';
import { type Cell, copyEach, copyRows, writeCell, writeHexCell } from './copy.ts';
import { forgetDetailsInTx, writeRelationsInTx } from './details.ts';
import type { Ledger } from './ledger.ts';

/** The sequence is looked up in a subquery, which is done once; without it, for each key. */
export async function nextKeys(tx: Tx, count: number): Promise<number[]> {
  if (count === 0) return [];
  const [row] = await tx<{ keys: string }[]>`
    select string_agg(nextval((select pg_get_serial_sequence('resource', 'resource_key')::regclass))::text, ',') as keys
    from generate_series(1, ${count})`;
  return row?.keys.split(',').map(Number) ?? [];
}

export async function writeFinished(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
  ledger: Ledger,
): Promise<void> {
  const changed = finished.filter((one) => one.item.known);
  await deleteRowsInTx(
    tx,
    changed.map((one) => ({ key: one.key, row_tables: one.item.known?.row_tables ?? 0 })),
    ledger,
  );
  await forgetDetails(tx, context, changed);
  await insertResources(
    tx,
    context,
    finished.filter((one) => !one.item.known),
  );
  await updateResources(tx, context, changed);
  await copyCdmRows(tx, finished, ledger);
  for (const { rows, personKey } of finished) {
    if (rows.length > 0 && personKey !== undefined) ledger.touched(personKey);
  }
  await writeUnmapped(tx, finished);
  await copyRows(
    tx,
    'open_link',
    ['connection_id', 'target_type', 'target_id', 'resource_key', 'table_name', 'column_name', 'row_id'],
    finished.flatMap((one) =>
      one.openLinks.map((link) => [
        context.connectionId,
        link.target_type,
        link.target_id,
        link.resource_key,
        link.table_name,
        link.column_name,
        link.row_id,
      ]),
    ),
  );
  await writeWaiting(tx, context, finished);
  await writeContents(tx, context, finished);
  await writeContentUses(tx, context, finished);
  await writeRelationsInTx(tx, context.connectionId, finished);
}

const OF_NO_PERSON: ReadonlySet<TableName> = new Set<TableName>([
  'location',
  'care_site',
  'provider',
  'cost',
]);

/** Takes the rows of these resources out of the CDM. */
export async function deleteRowsInTx(
  tx: Tx,
  old: readonly { key: number; row_tables: number }[],
  ledger: Ledger,
): Promise<void> {
  for (const table of LOAD_ORDER.toReversed()) {
    const keys = old.filter((one) => (one.row_tables & bitOf(table)) !== 0).map((one) => one.key);
    if (keys.length === 0) continue;
    const { idColumn, id } = CDM_TABLES[table];
    const whose = OF_NO_PERSON.has(table) ? tx`` : tx`returning person_id`;
    const gone =
      id === 'key'
        ? await tx<{ person_id: number }[]>`
            delete from ${tx(table)} where ${tx(idColumn)} = any(${keys}::bigint[]) ${whose}`
        : await tx<{ person_id: number }[]>`
            delete from ${tx(table)} t using unnest(${keys}::bigint[]) as k(key)
            where t.${tx(idColumn)} >= k.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (k.key + 1) * ${IDS_PER_RESOURCE}
            ${whose}`;
    ledger.rows(table, 0, gone.count);
    for (const row of gone) ledger.touched(row.person_id);
  }
}

async function forgetDetails(tx: Tx, context: WriteContext, changed: readonly Finished[]): Promise<void> {
  if (changed.length === 0) return;
  await forgetDetailsInTx(
    tx,
    changed.map((one) => one.key),
  );
  const failedBefore = changed.filter((one) => one.item.known?.outcome === 'failed');
  if (failedBefore.length > 0) {
    await tx`
      update failure f set resolved_at = ${context.now}
      from unnest(${failedBefore.map((one) => one.item.entry.type)}::text[], ${failedBefore.map((one) => one.item.entry.id)}::text[]) as e(type, id)
      where f.connection_id = ${context.connectionId} and f.resource_type = e.type and f.fhir_id = e.id and f.resolved_at is null`;
  }
}

const RESOURCE_COLUMNS = [
  ...[
    'resource_key',
    'connection_id',
    'resource_type',
    'fhir_id',
    'content_hash',
    'line_hash',
    'mapping_version_id',
    'outcome',
    'reason',
  ],
  ...['row_tables', 'last_updated', 'position', 'chunk_id', 'chunk_line', 'first_run', 'last_run'],
];

async function insertResources(tx: Tx, context: WriteContext, added: readonly Finished[]): Promise<void> {
  const { connectionId, mappingVersionId, chunkId, runId } = context;
  await copyEach(tx, 'resource', RESOURCE_COLUMNS, added, (out, { key, result, reason, rowTables, item }) => {
    const { entry } = item;
    writeCell(out, 0, key);
    writeCell(out, 1, connectionId);
    writeCell(out, 2, entry.type);
    writeCell(out, 3, entry.id);
    writeHexCell(out, 4, entry.hash);
    writeHexCell(out, 5, entry.lineHash);
    writeCell(out, 6, mappingVersionId);
    writeCell(out, 7, result);
    writeCell(out, 8, reason);
    writeCell(out, 9, rowTables);
    writeCell(out, 10, entry.lastUpdated);
    writeCell(out, 11, entry.position);
    writeCell(out, 12, item.origin ?? chunkId);
    writeCell(out, 13, entry.line);
    writeCell(out, 14, runId);
    writeCell(out, 15, runId);
  });
}

async function updateResources(tx: Tx, context: WriteContext, changed: readonly Finished[]): Promise<void> {
  if (changed.length === 0) return;
  const replaced = changed.filter(
    ({ item: { known, entry } }) =>
      known && known.content_hash.length > 0 && known.content_hash.toString('hex') !== entry.hash,
  );
  if (replaced.length > 0) {
    await tx`
      insert into resource_history (resource_key, replaced_hash, replaced_at, run_id)
      select key, decode(hash, 'hex'), ${context.now}, ${context.runId}
      from unnest(${replaced.map((one) => one.key)}::bigint[],
        ${replaced.map((one) => one.item.known?.content_hash.toString('hex') ?? '')}::text[]) as r(key, hash)`;
  }
  await tx`
    update resource set content_hash = decode(c.hash, 'hex'), line_hash = decode(c.line_hash, 'hex'), mapping_version_id = ${context.mappingVersionId},
      outcome = c.outcome, reason = c.reason, row_tables = c.row_tables, last_updated = c.last_updated,
      position = c.position, chunk_id = c.chunk_id, chunk_line = c.line, last_run = ${context.runId}
    from unnest(
      ${changed.map((one) => one.key)}::bigint[], ${changed.map((one) => one.item.entry.hash)}::text[],
      ${changed.map((one) => one.result)}::text[], ${changed.map((one) => one.reason)}::text[],
      ${changed.map((one) => one.rowTables)}::int[], ${changed.map((one) => one.item.entry.lastUpdated)}::text[],
      ${changed.map((one) => one.item.entry.position)}::bigint[], ${changed.map((one) => one.item.entry.line)}::int[],
      ${changed.map((one) => one.item.origin ?? context.chunkId)}::bigint[],
      ${changed.map((one) => one.item.entry.lineHash)}::text[]
    ) as c(key, hash, outcome, reason, row_tables, last_updated, position, line, chunk_id, line_hash)
    where resource.resource_key = c.key`;
}

interface Sheet {
  readonly columns: Set<string>;
  readonly rows: { readonly id: number; readonly values: FinishedRow['values'] }[];
}

async function copyCdmRows(tx: Tx, finished: readonly Finished[], ledger: Ledger): Promise<void> {
  const sheets = new Map<TableName, Sheet>();
  for (const { rows, key } of finished) {
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      if (row) addRow(sheets, row, idOf(row.table, key, index));
    }
  }
  for (const table of LOAD_ORDER) {
    const sheet = sheets.get(table);
    if (!sheet) continue;
    const columns = [...sheet.columns];
    await copyEach(tx, table, [CDM_TABLES[table].idColumn, ...columns], sheet.rows, (out, { id, values }) => {
      writeCell(out, 0, id);
      for (let n = 0; n < columns.length; n++) writeCell(out, n + 1, values[columns[n] ?? '']);
    });
    ledger.rows(table, sheet.rows.length, 0);
  }
}

function addRow(sheets: Map<TableName, Sheet>, { table, values }: FinishedRow, id: number): void {
  let sheet = sheets.get(table);
  if (!sheet) {
    sheet = { columns: new Set(), rows: [] };
    sheets.set(table, sheet);
  }
  sheet.rows.push({ id, values });
  for (const column in values) if (!sheet.columns.has(column)) sheet.columns.add(column);
}

async function writeUnmapped(tx: Tx, finished: readonly Finished[]): Promise<void> {
  const codes = new Map<string, { system: string; code: string; display: string | null }>();
  const uses: { name: string; key: number; element: string; person: number | null }[] = [];
  for (const one of finished) {
    const { outcome } = one.item;
    if (one.result !== 'loaded' || outcome.kind !== 'rows') continue;
    const seen = new Set<string>();
    for (const unmapped of outcome.unmapped) {
      const name = `${unmapped.system}\n${unmapped.code}`;
      if (seen.has(`${name}\n${unmapped.element}`)) continue;
      seen.add(`${name}\n${unmapped.element}`);
      codes.set(name, { system: unmapped.system, code: unmapped.code, display: unmapped.display ?? null });
      uses.push({ name, key: one.key, element: unmapped.element, person: one.personKey ?? null });
    }
  }
  if (uses.length === 0) return;
  // Sorted, so that two chunks that meet the same new codes take turns instead of blocking each other.
  const sorted = [...codes.values()].sort((a, b) => compare(a.system, b.system) || compare(a.code, b.code));
  const given = [
    sorted.map((c) => c.system),
    sorted.map((c) => c.code),
    sorted.map((c) => c.display),
  ] as const;
  await tx`
    insert into source_code (system, code, display)
    select * from unnest(${given[0]}::text[], ${given[1]}::text[], ${given[2] as string[]}::text[])
    on conflict (system, code) do nothing`;
  const ids = new Map<string, number>();
  for (const row of await tx<{ code_id: number; system: string; code: string }[]>`
    select s.code_id, s.system, s.code from source_code s
    join unnest(${given[0]}::text[], ${given[1]}::text[]) as g(system, code) on g.system = s.system and g.code = s.code`) {
    ids.set(`${row.system}\n${row.code}`, row.code_id);
  }
  await copyRows(
    tx,
    'unmapped_use',
    ['resource_key', 'code_id', 'element', 'person_id'],
    uses.map((use) => [use.key, ids.get(use.name), use.element, use.person]),
  );
}

async function writeWaiting(tx: Tx, context: WriteContext, finished: readonly Finished[]): Promise<void> {
  const waiting = finished.filter((one) => one.awaits);
  await copyRows(
    tx,
    'waiting',
    ['resource_key', 'connection_id', 'target_type', 'target_id', 'parked', 'line', 'since_run', 'since'],
    waiting.map((one) => [
      ...[
        one.key,
        context.connectionId,
        one.awaits?.types[0],
        one.awaits && targetId(one.awaits),
        one.result === 'parked',
      ],
      ...[one.item.entry.bytes, context.runId, context.now.toISOString()],
    ]),
  );
}

/** What other resources are mapped with: Medications, Devices. */
async function writeContents(tx: Tx, context: WriteContext, finished: readonly Finished[]): Promise<void> {
  for (const kind of ['medication', 'device'] as const) {
    const cells = finished.flatMap((one): Cell[][] => {
      const { outcome, entry } = one.item;
      const content = one.result === 'loaded' && outcome.kind === 'rows' ? outcome[kind] : undefined;
      return content ? [[one.key, context.connectionId, entry.id, JSON.stringify(content)]] : [];
    });
    await copyRows(tx, `${kind}_content`, ['resource_key', 'connection_id', 'fhir_id', 'content'], cells);
  }
}

/** Excluded and parked ones as well: with another content they may be loaded, or be excluded, e.g. for want of a code. */
async function writeContentUses(tx: Tx, context: WriteContext, finished: readonly Finished[]): Promise<void> {
  const settled = finished.filter((one) => one.result !== 'failed');
  await copyRows(
    tx,
    'content_use',
    ['resource_key', 'connection_id', 'content_type', 'content_id', 'content_hash'],
    settled.flatMap((one) =>
      one.item.contents.map(({ type, id, hash }) => [one.key, context.connectionId, type, id, hash]),
    ),
  );
}

export async function writeFailures(
  tx: Tx,
  context: WriteContext,
  unreadable: readonly Unreadable[],
  finished: readonly Finished[],
): Promise<void> {
  const cells: Cell[][] = [
    ...unreadable.map((one) => [context.chunkId, one.line, one.type, one.id, one.reason, null]),
    ...finished
      .filter((one) => one.result === 'failed')
      .map(({ item: { entry, origin }, reason, field }) => [
        ...[origin ?? context.chunkId, entry.line, entry.type, entry.id, reason, field],
      ]),
  ];
  await copyRows(
    tx,
    'failure',
    ['connection_id', 'run_id', 'chunk_id', 'chunk_line', 'resource_type', 'fhir_id', 'reason', 'field'],
    cells.map((cell) => [context.connectionId, context.runId, ...cell]),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
