/**
 * Drugs and device uses are mapped with the content of a Medication or Device, and events without a date of their own
 * with the start of their Encounter. When that has changed, or is gone, they are mapped again from the lines that they
 * were sent in, so that a change gives what a fresh load would give. Where a line's chunk is no longer kept, the rows
 * stay as they are until the server sends the resource again.
 */

import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { knownColumns } from '../load/compare/known.ts';
import { loadAgain } from '../load/load-chunk.ts';
import type { OpenChunk } from '../load/open-chunk.ts';
import { readAgain, type Sent } from '../load/read-again.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';
import { unsettledRunsInTx } from './unsettled-runs.ts';

const BATCH = 2000;

/** One batch; false when nothing is left that was mapped with an older version. */
export async function settleContentsInTx(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'keyring' | 'log'>,
  run: Run,
  openChunk: OpenChunk,
): Promise<boolean> {
  const changed = await changedContents(tx, run);
  if (changed.length === 0) return false;
  const users = await usersOfOlder(tx, run.connection_id, changed);
  if (users.length === 0) return false;
  const items = await readAgain(tx, deps.keyring, users);
  const again = new Set(items.flatMap((item) => item.known?.resource_key ?? []));
  const lost = users.map((one) => one.resource_key).filter((key) => !again.has(key));
  if (lost.length > 0) {
    await leaveInTx(tx, run.connection_id, changed, lost);
    deps.log.warn(
      { run_id: run.run_id, resources: lost.length },
      'a Medication, Substance, Device, attachment, Organization or Encounter has changed, and the chunks of resources that use it are no longer kept: start a full sync to map these resources again',
    );
  }
  if (items.length > 0) {
    const context = await openChunk([...again]);
    await loadAgain(tx, { resolver: deps.resolver }, context, items);
  }
  return true;
}

interface Changed {
  readonly type: string;
  readonly id: string;
  /** In hexadecimal; empty when there is no content any more. */
  readonly hash: string;
}

/**
 * What was new has no older version; so a first load costs nothing here. There are many Encounters and Patients: those
 * that changed are found by the history. One whose visit went has parked what it dated (detach.ts).
 */
async function changedContents(tx: Tx, run: Run): Promise<readonly Changed[]> {
  const runs = await unsettledRunsInTx(tx, run);
  return await tx<Changed[]>`
    select r.resource_type as type, r.fhir_id as id,
      case when r.outcome = 'loaded' then encode(r.content_hash, 'hex') else '' end as hash
    from resource r
    where r.connection_id = ${run.connection_id} and r.resource_type in ('Medication', 'Substance', 'Device', 'Binary', 'Organization')
      and r.last_run = any(${runs}::bigint[])
      and (r.outcome <> 'loaded' or exists (
        select 1 from resource_history h where h.resource_key = r.resource_key and h.run_id = any(${runs}::bigint[])
      ))
    union all
    select r.resource_type, r.fhir_id, encode(now.hash, 'hex')
    from (select distinct resource_key from resource_history where run_id = any(${runs}::bigint[])) h
    join resource r using (resource_key)
    cross join lateral (
      select case when r.outcome = 'loaded' or r.outcome = 'excluded' and r.resource_type = 'Encounter'
        then r.content_hash else '' end as hash
    ) now
    where r.connection_id = ${run.connection_id} and r.resource_type in ('Encounter', 'Patient')
      and exists (
        select 1 from content_use u
        where u.connection_id = r.connection_id and u.content_type = r.resource_type and u.content_id = r.fhir_id
          and u.content_hash <> now.hash
      )`;
}

/** By chunk, so that a batch reads few of them. */
async function usersOfOlder(tx: Tx, connectionId: number, changed: readonly Changed[]): Promise<Sent[]> {
  return await tx<Sent[]>`
    select ${knownColumns(tx)}, r.chunk_id, r.chunk_line
    from resource r
    where r.resource_key in (
      select u.resource_key from ${given(tx, changed)}
      join content_use u on u.connection_id = ${connectionId} and u.content_type = c.type and u.content_id = c.id
      where u.content_hash <> decode(c.hash, 'hex')
    )
    order by r.chunk_id, r.chunk_line
    limit ${BATCH}`;
}

/** They count as settled. An empty hash equals no content: when the server sends them again, they are mapped. */
async function leaveInTx(
  tx: Tx,
  connectionId: number,
  changed: readonly Changed[],
  keys: readonly number[],
): Promise<void> {
  await tx`
    update content_use u set content_hash = decode(c.hash, 'hex') from ${given(tx, changed)}
    where u.connection_id = ${connectionId} and u.content_type = c.type and u.content_id = c.id
      and u.resource_key = any(${list(keys)}::bigint[])`;
  await tx`update resource set content_hash = '' where resource_key = any(${list(keys)}::bigint[])`;
}

function given(tx: Tx, changed: readonly Changed[]) {
  return tx`unnest(${changed.map((one) => one.type)}::text[], ${changed.map((one) => one.id)}::text[],
    ${changed.map((one) => one.hash)}::text[]) as c(type, id, hash)`;
}
