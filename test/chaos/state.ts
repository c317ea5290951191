/**
 * Everything that a connection has in the database after its syncs, in words that do not depend on the order
 * in which things came. That is the CDM (contentOf), and whatever of the sync's own tables must be the same
 * however often a worker died.
 */
import { createHash } from 'node:crypto';
import type { Keyring } from '../../jobs/connection/keyring.ts';
import { openContent, openLine } from '../../jobs/connection/sealed-data.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import type { Sql } from '../../sql/connect.ts';
import { type Content, contentOf } from '../world/content.ts';

export async function stateOf(
  { sql, keyring }: Pick<Deps, 'sql' | 'keyring'>,
  connectionId: number,
): Promise<Content> {
  const lines = async (rows: Promise<{ line: string }[]>) => (await rows).map((row) => row.line).sort();
  return {
    ...(await contentOf(sql, connectionId)),
    run: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', mode, 'extracted', records_extracted, 'unchanged', records_unchanged, 'loaded', records_loaded,
        'excluded', records_excluded, 'failed', records_failed, 'parked', records_parked, 'redriven', records_redriven,
        'mapped', records_mapped, 'rows', rows_written, rows_deleted) as line
      from run where connection_id = ${connectionId} and status = 'completed'`),
    resource: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', resource_type || '/' || fhir_id, encode(content_hash, 'hex'), outcome, reason, row_tables,
        last_updated) as line
      from resource where connection_id = ${connectionId}`),
    resource_history: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', r.resource_type || '/' || r.fhir_id, encode(h.replaced_hash, 'hex')) as line
      from resource_history h join resource r using (resource_key) where r.connection_id = ${connectionId}`),
    unmapped_use: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', r.resource_type || '/' || r.fhir_id, c.system, c.code, u.element, p.fhir_id) as line
      from unmapped_use u join resource r using (resource_key) join source_code c using (code_id)
      left join resource p on p.resource_key = u.person_id where r.connection_id = ${connectionId}`),
    open_link: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', r.resource_type || '/' || r.fhir_id, l.table_name, l.column_name, l.target_type || '/' || l.target_id,
        l.row_id - r.resource_key * case when l.row_id = r.resource_key then 1 else 1000 end) as line
      from open_link l join resource r using (resource_key) where l.connection_id = ${connectionId}`),
    waiting: await waitingOf(sql, keyring, connectionId),
    medication_content: await contentsOf(sql, keyring, connectionId),
    failure: await lines(sql<{ line: string }[]>`
      select distinct concat_ws(' ', resource_type || '/' || fhir_id, reason, field) as line
      from failure where connection_id = ${connectionId} and resolved_at is null`),
    hydration_request: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', resource_type || '/' || fhir_id, state, reason) as line
      from hydration_request where connection_id = ${connectionId}`),
    hydration_count: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', h.resource_type, 'asked', sum(h.asked), 'found', sum(h.found), 'not found', sum(h.not_found), 'left', sum(h.wanted)) as line
      from hydration_count h join run using (run_id) where connection_id = ${connectionId} group by h.resource_type`),
    open_period: await lines(sql<{ line: string }[]>`
      select concat_ws(' ', r.fhir_id, o.ends_on, o.again_on) as line
      from open_period o join resource r on r.resource_key = o.person_id where o.connection_id = ${connectionId}`),
  };
}

async function waitingOf(sql: Sql, keyring: Keyring, connectionId: number): Promise<string[]> {
  const rows = await sql<{ key: number; of: string; line: Buffer }[]>`
    select w.resource_key as key, w.line,
      concat_ws(' ', r.resource_type || '/' || r.fhir_id, w.target_type || '/' || w.target_id, w.parked) as of
    from waiting w join resource r using (resource_key) where w.connection_id = ${connectionId}`;
  const opened = rows.map(async ({ key, of, line }) => {
    const text = await openLine(keyring, key, line);
    return `${of} ${createHash('md5').update(text).digest('hex')}`;
  });
  return (await Promise.all(opened)).sort();
}

async function contentsOf(sql: Sql, keyring: Keyring, connectionId: number): Promise<string[]> {
  const rows = await sql<{ key: number; fhir_id: string; content: unknown }[]>`
    select resource_key as key, fhir_id, content from medication_content where connection_id = ${connectionId}`;
  const opened = rows.map(async ({ key, fhir_id, content }) => {
    const clear =
      typeof content === 'string' ? await openContent(keyring, 'medication_content', key, content) : content;
    return `${fhir_id} ${JSON.stringify(clear, keysInOrder)}`;
  });
  return (await Promise.all(opened)).sort();
}

/** jsonb orders keys, and sealed text does not. */
function keysInOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first lines that only one of them has, table by table; ids only. */
export function differences(calm: Content, disturbed: Content, limit = 10): string[] {
  const found: string[] = [];
  for (const table of new Set([...Object.keys(calm), ...Object.keys(disturbed)])) {
    const [one, other] = [calm[table] ?? [], disturbed[table] ?? []];
    for (const line of without(one, other)) found.push(`${table}: missing after chaos: ${idsOnly(line)}`);
    for (const line of without(other, one)) found.push(`${table}: only after chaos: ${idsOnly(line)}`);
  }
  const more = found.length > limit ? [`… and ${found.length - limit} more`] : [];
  return [...found.slice(0, limit), ...more];
}

function without(all: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** Keeps the ids of a CDM row and the names of its filled columns, since values are somebody's data. */
function idsOnly(line: string): string {
  if (!line.includes('=')) return line;
  return line
    .split(' | ')
    .map((cell) => (/^\w+_id=/.test(cell) ? cell : cell.replace(/=.*/s, '')))
    .join(' ');
}

/** What must be true of any database in which no sync is live. */
export async function verdict(sql: Sql): Promise<string[]> {
  const wrong: string[] = [];
  const check = async (what: string, rows: Promise<readonly object[]>) => {
    for (const row of (await rows).slice(0, 3)) wrong.push(`${what}: ${JSON.stringify(row)}`);
  };
  await check(
    'run not accounted for',
    sql`select run_id, status from run_metrics where accounted_for is not true`,
  );
  await check(
    'run stuck',
    sql`select run_id, status from run where status not in ('completed', 'failed', 'cancelled')`,
  );
  await check(
    'run failed',
    sql`select run_id, error_step, error_code from run where status = 'failed' and error_code <> 'kick-off-outcome-unknown'`,
  );
  await check(
    'chunk left over',
    sql`select chunk_id, state from chunk join run using (run_id) where run.status = 'completed' and state <> 'done'`,
  );
  await check(
    'file left over',
    sql`select file_id, state from export_file join run using (run_id) where run.status = 'completed' and state <> 'done'`,
  );
  await check(
    'chunk mapped twice or counted wrong',
    sql`
    select c.chunk_id from chunk c join chunk_count n using (chunk_id) where c.file_id is not null
    group by c.chunk_id, c.lines having sum(n.extracted) <> c.lines`,
  );
  await check('persons not derived', sql`select run_id from touched_persons`);
  return wrong;
}
