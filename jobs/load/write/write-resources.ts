/** Identities and hashes of a chunk's resources: new ones by COPY, those that changed by one update. */
import type { Tx } from '../../../sql/connect.ts';
import type { Finished } from '../assemble.ts';
import type { WriteContext } from '../context.ts';
import { copyEach, writeCell, writeHexCell } from './copy.ts';

/** The subquery looks the sequence up once; without it that would be done for each key. */
export async function nextKeys(tx: Tx, count: number): Promise<number[]> {
  if (count === 0) return [];
  const [row] = await tx<{ keys: string }[]>`
    select string_agg(nextval((select pg_get_serial_sequence('resource', 'resource_key')::regclass))::text, ',') as keys
    from generate_series(1, ${count})`;
  return row?.keys.split(',').map(Number) ?? [];
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
  ...[
    'row_tables',
    'last_updated',
    'position',
    'chunk_id',
    'chunk_line',
    'first_run',
    'last_run',
    'incomplete',
  ],
];

export async function insertResources(
  tx: Tx,
  context: WriteContext,
  added: readonly Finished[],
): Promise<void> {
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
    writeCell(out, 16, entry.subsetted);
  });
}

export async function updateResources(
  tx: Tx,
  context: WriteContext,
  changed: readonly Finished[],
): Promise<void> {
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
      position = c.position, chunk_id = c.chunk_id, chunk_line = c.line, last_run = ${context.runId},
      incomplete = c.incomplete = 1
    from unnest(
      ${changed.map((one) => one.key)}::bigint[], ${changed.map((one) => one.item.entry.hash)}::text[],
      ${changed.map((one) => one.result)}::text[], ${changed.map((one) => one.reason)}::text[],
      ${changed.map((one) => one.rowTables)}::int[], ${changed.map((one) => one.item.entry.lastUpdated)}::text[],
      ${changed.map((one) => one.item.entry.position)}::bigint[], ${changed.map((one) => one.item.entry.line)}::int[],
      ${changed.map((one) => one.item.origin ?? context.chunkId)}::bigint[],
      ${changed.map((one) => one.item.entry.lineHash)}::text[],
      ${changed.map((one) => Number(one.item.entry.subsetted))}::int[]
    ) as c(key, hash, outcome, reason, row_tables, last_updated, position, line, chunk_id, line_hash, incomplete)
    where resource.resource_key = c.key`;
}
