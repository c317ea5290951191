/**
 * Who is in the Group. With _since a server need not send what is older, not even of a patient who joined the Group
 * yesterday (Bulk Data, "Group Membership Request Pattern"). Where the connection asks for it, a run therefore begins
 * with a small export of the members' ids, compares them with those that it knows, asks for the whole history of who
 * is new by the `patient` parameter, and only then for what changed. Who left is reported; nothing of them is removed.
 *
 * Each of these exports is a part of the run and goes through the same steps; between two parts stands nextPartInTx.
 */

import type { Sql, Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { exportLevel } from '../connection/sync-config.ts';
import type { FailureReason } from '../lines/failure-reasons.ts';
import { type Lines, textOf } from '../lines/read-lines.ts';
import type { Queue } from '../step/queue.ts';
import type { Run } from '../step/run.ts';
import { noteInTx, notice } from './notices.ts';

/** More are not named one by one: servers bound their requests, and a full export is no dearer then. */
const MAX_NAMED = 1000;

export function firstPart(connection: Connection): 'members' | 'main' {
  const { config, group_id } = connection;
  const ofGroup = group_id !== null && exportLevel(connection) === 'group';
  return ofGroup && config.group_membership === 'request' ? 'members' : 'main';
}

interface Context {
  readonly connectionId: number;
  readonly connection: Connection;
  readonly runId: number;
  readonly chunkId: number;
}

const UNREADABLE = 'member-unreadable' satisfies FailureReason;

/** A chunk of the membership export: Patients of which only the id counts. */
export async function recordMembersInTx(
  tx: Tx,
  context: Context,
  { lines, unreadable }: Lines,
): Promise<void> {
  const ids = new Set<string>();
  const broken = unreadable.map(({ line }) => line);
  for (const { line, bytes } of lines) {
    const content = textOf(bytes);
    if (content === '') continue;
    const id = patientId(content);
    if (id) ids.add(id);
    else if (id === undefined) broken.push(line);
  }
  for (const line of broken) {
    await tx`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason)
      values (${context.connectionId}, ${context.runId}, ${context.chunkId}, ${line}, 'Patient', ${UNREADABLE})`;
  }
  await tx`
    insert into group_member as m (connection_id, group_id, fhir_id, first_run, last_run)
    select ${context.connectionId}, ${context.connection.group_id ?? ''}, id, ${context.runId}, ${context.runId}
    from unnest(${[...ids]}::text[]) as id order by id
    on conflict (connection_id, fhir_id, hashtextextended(group_id, 0)) do update
    set last_run = excluded.last_run, left_run = null,
      history_run = case when m.left_run is null then m.history_run end`;
}

/** null for a resource that is no Patient (some servers send more than they were asked for); undefined when unreadable. */
function patientId(content: string): string | null | undefined {
  try {
    const json: unknown = JSON.parse(content);
    if (typeof json !== 'object' || json === null) return undefined;
    const type: unknown = Reflect.get(json, 'resourceType');
    if (type !== 'Patient') return typeof type === 'string' && type !== 'OperationOutcome' ? null : undefined;
    const id: unknown = Reflect.get(json, 'id');
    return typeof id === 'string' && id !== '' && id.length <= 1000 ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Everything of a part is here: the next one is asked for. */
export async function nextPartInTx(tx: Tx, queue: Queue, run: Run, now: Date): Promise<void> {
  const connection = await readConnection(tx, run.connection_id);
  const group = { connection_id: run.connection_id, group_id: connection.group_id ?? '' };
  let part: Run['part'] = 'main';
  if (run.part === 'members') {
    await reportLeaversInTx(tx, run, group, now);
    const newcomers = await countNewcomersInTx(tx, run, group);
    if (run.mode === 'incremental' && newcomers > MAX_NAMED) await makeFullInTx(tx, run, now, newcomers);
    else if (run.mode === 'incremental' && newcomers > 0) {
      part = 'newcomers';
      await noteInTx(tx, run.run_id, now, notice('group-members-joined', {}, { amount: newcomers }));
    }
  }
  await beginPartInTx(tx, queue, run.run_id, part);
}

/** The server knows no such request: who joined would lack a history, so everything is asked for. */
export async function withoutPartInTx(tx: Tx, queue: Queue, run: Run, now: Date, status: number) {
  if (run.part === 'newcomers') {
    const connection = await readConnection(tx, run.connection_id);
    const group = { connection_id: run.connection_id, group_id: connection.group_id ?? '' };
    await makeFullInTx(tx, run, now, await countNewcomersInTx(tx, run, group));
  } else {
    await noteInTx(tx, run.run_id, now, notice('group-membership-refused', { status }));
  }
  await beginPartInTx(tx, queue, run.run_id, 'main');
}

/** The watermark has moved: whoever was a member has the whole history here. */
export async function settleMembersInTx(tx: Tx, run: Run): Promise<void> {
  await tx`
    update group_member set history_run = ${run.run_id}
    where connection_id = ${run.connection_id} and last_run = ${run.run_id} and history_run is null`;
}

export async function newcomersOf(sql: Sql | Tx, run: Run, groupId: string): Promise<string[]> {
  const rows = await sql<{ fhir_id: string }[]>`
    select fhir_id from group_member
    where connection_id = ${run.connection_id} and group_id = ${groupId} and last_run = ${run.run_id}
      and history_run is null
    order by fhir_id`;
  return rows.map(({ fhir_id }) => fhir_id);
}

interface Group {
  readonly connection_id: number;
  readonly group_id: string;
}

/** Not when a part of the list is missing: who stands in it would be taken for gone. */
async function reportLeaversInTx(tx: Tx, run: Run, group: Group, now: Date): Promise<void> {
  const left = await tx`
    update group_member set left_run = ${run.run_id}
    where connection_id = ${group.connection_id} and group_id = ${group.group_id}
      and left_run is null and last_run < ${run.run_id}
      and not exists (
        select 1 from export_file where run_id = ${run.run_id} and kind = 'members' and state <> 'done'
      )
      and not exists (select 1 from failure where run_id = ${run.run_id} and resolved_at is null)
    returning fhir_id`;
  if (left.length === 0) return;
  await noteInTx(tx, run.run_id, now, notice('group-members-left', {}, { amount: left.length }));
}

/** Where members are asked for the first time, those whose Patient is here came with an earlier export. */
async function countNewcomersInTx(tx: Tx, run: Run, group: Group): Promise<number> {
  await tx`
    update group_member m set history_run = ${run.run_id}
    where connection_id = ${group.connection_id} and group_id = ${group.group_id} and history_run is null
      and ${run.mode === 'incremental'}
      and not exists (
        select 1 from group_member b
        where b.connection_id = m.connection_id and b.group_id = m.group_id and b.first_run < ${run.run_id}
      )
      and exists (
        select 1 from resource r
        where r.connection_id = m.connection_id and r.resource_type = 'Patient' and r.fhir_id = m.fhir_id
          and r.outcome in ('loaded', 'excluded')
      )`;
  return (await newcomersOf(tx, run, group.group_id)).length;
}

async function makeFullInTx(tx: Tx, run: Run, now: Date, newcomers: number): Promise<void> {
  await tx`update run set mode = 'full', since = null where run_id = ${run.run_id}`;
  await noteInTx(tx, run.run_id, now, notice('group-newcomers-need-full-export', {}, { amount: newcomers }));
}

/** The export before stays on the server until the next export step releases it. */
async function beginPartInTx(tx: Tx, queue: Queue, runId: number, part: Run['part']): Promise<void> {
  await tx`
    insert into finished_export (run_id, part, status_url)
    select run_id, part, status_url from run where run_id = ${runId} and status_url is not null
    on conflict (run_id, part) do update set status_url = excluded.status_url`;
  await tx`
    update run set part = ${part}, status = 'exporting', kick_off_started_at = null, status_url = null, polls = 0,
      next_poll_at = null, export_progress = null, transaction_time = null, requires_token = null, manifest_at = null
    where run_id = ${runId}`;
  await queue.sendInTx(tx, 'export', { run_id: runId });
}
