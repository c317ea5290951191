/**
 * Drugs and device uses are mapped with the content of a Medication or Device, and events without a date of their own
 * with the start of their Encounter. When that has changed, or is gone, they are mapped again from the lines that they
 * were sent in, so that a change gives what a fresh load would give. Where a line's chunk is no longer kept, the rows
 * stay as they are until the server sends the resource again.
 */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { knownColumns } from '../load/compare/known.ts';
import { type ContentType, hashesNow } from '../load/contents.ts';
import { loadAgain } from '../load/load-chunk.ts';
import type { OpenChunk } from '../load/open-chunk.ts';
import { readAgain, type Sent } from '../load/read-again.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';
import { unsettledRunsInTx } from './unsettled-runs.ts';

const BATCH = 2000;
const FEW: readonly ContentType[] = ['Medication', 'Substance', 'Device', 'Binary', 'Organization'];
const MANY: readonly ContentType[] = ['Encounter', 'Patient'];
/** How many contents are looked at in one go. Words of attachments are long: they may be megabytes each. */
const PAGE = 1000;
const PAGE_OF_ATTACHMENTS = 20;

/** One batch; false when nothing is left that was mapped with another content than there is now. */
export async function settleContentsInTx(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'keyring' | 'log'>,
  run: Run,
  openChunk: OpenChunk,
): Promise<boolean> {
  for (const { type, ids } of await changedSince(tx, run)) {
    const size = type === 'Binary' ? PAGE_OF_ATTACHMENTS : PAGE;
    for (let from = 0; from < ids.length; from += size) {
      const page = { type, ids: ids.slice(from, from + size) };
      if (await settlePage(tx, deps, run, openChunk, page)) return true;
    }
  }
  return false;
}

/** Those of one type that may have changed. */
interface Page {
  readonly type: ContentType;
  readonly ids: readonly string[];
}

async function settlePage(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'keyring' | 'log'>,
  run: Run,
  openChunk: OpenChunk,
  { type, ids }: Page,
): Promise<boolean> {
  const source = { connectionId: run.connection_id, keyring: deps.keyring };
  const hashes = await hashesNow(tx, source, type, ids);
  const now = { type, ids, hashes: ids.map((id) => hashes.get(id)?.toString('hex') ?? '') };
  const users = await usersOfOther(tx, run.connection_id, now);
  if (users.length === 0) return false;
  const items = await readAgain(tx, deps.keyring, users);
  const again = new Set(items.flatMap((item) => item.known?.resource_key ?? []));
  const lost = users.map((one) => one.resource_key).filter((key) => !again.has(key));
  if (lost.length > 0) {
    await leaveInTx(tx, run.connection_id, now, lost);
    deps.log.warn(
      { run_id: run.run_id, resources: lost.length },
      'a Medication, Substance, Device, attachment, Organization, Encounter or Patient has changed, and the chunks of resources that use it are no longer kept: start a full sync to map these resources again',
    );
  }
  if (items.length > 0) {
    const context = await openChunk([...again]);
    await loadAgain(tx, { resolver: deps.resolver }, context, items);
  }
  return true;
}

/**
 * Those that are used and have changed in runs that have not settled. What was new has no older version; so a first load
 * costs nothing here. There are many Encounters and Patients: those that changed are found by the history. One whose visit
 * went has parked what it dated (detach.ts).
 */
async function changedSince(tx: Tx, run: Run): Promise<readonly Page[]> {
  const runs = await unsettledRunsInTx(tx, run);
  return await tx<Page[]>`
    with changed as (
      select r.resource_type, r.fhir_id from resource r
      where r.connection_id = ${run.connection_id} and r.resource_type = any(${list(FEW)}::text[])
        and r.last_run = any(${runs}::bigint[])
        and (r.outcome <> 'loaded' or exists (
          select 1 from resource_history h where h.resource_key = r.resource_key and h.run_id = any(${runs}::bigint[])
        ))
      union all
      select r.resource_type, r.fhir_id
      from (select distinct resource_key from resource_history where run_id = any(${runs}::bigint[])) h
      join resource r using (resource_key)
      where r.connection_id = ${run.connection_id} and r.resource_type = any(${list(MANY)}::text[])
    )
    select c.resource_type as type, array_agg(c.fhir_id order by c.fhir_id) as ids from changed c
    where exists (
      select 1 from content_use u
      where u.connection_id = ${run.connection_id} and u.content_type = c.resource_type and u.content_id = c.fhir_id
    )
    group by 1 order by 1`;
}

/** What a page of contents is now. */
interface Now extends Page {
  /** In hexadecimal; empty when there is no content any more. */
  readonly hashes: readonly string[];
}

/** By chunk, so that a batch reads few of them. */
async function usersOfOther(tx: Tx, connectionId: number, now: Now): Promise<Sent[]> {
  return await tx<Sent[]>`
    select ${knownColumns(tx)}, r.chunk_id, r.chunk_line
    from resource r
    where r.resource_key in (
      select u.resource_key from ${given(tx, now)}
      join content_use u on u.connection_id = ${connectionId} and u.content_type = ${now.type} and u.content_id = c.id
      where u.content_hash <> decode(c.hash, 'hex')
    )
    order by r.chunk_id, r.chunk_line
    limit ${BATCH}`;
}

/** They count as settled. An empty hash equals no content: when the server sends them again, they are mapped. */
async function leaveInTx(tx: Tx, connectionId: number, now: Now, keys: readonly number[]): Promise<void> {
  await tx`
    update content_use u set content_hash = decode(c.hash, 'hex') from ${given(tx, now)}
    where u.connection_id = ${connectionId} and u.content_type = ${now.type} and u.content_id = c.id
      and u.resource_key = any(${list(keys)}::bigint[])`;
  await tx`update resource set content_hash = '' where resource_key = any(${list(keys)}::bigint[])`;
}

function given(tx: Tx, { ids, hashes }: Now) {
  return tx`unnest(${list(ids)}::text[], ${list(hashes)}::text[]) as c(id, hash)`;
}
