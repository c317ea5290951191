/**
 * Deletes a batch of a connection's resources (rows, identities, details) while the whole connection goes.
 * Nothing is detached or parked, since whatever points at these resources goes too. It goes before them
 * (STAGES), or, among visits and among places, its pointers are cleared first. So foreign keys hold after
 * each batch.
 */

import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import { deleteDerivedInTx } from '../../derive/derive.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { bitOf } from '../write/cdm-tables.ts';
import { forgetDetailsInTx } from '../write/details.ts';
import { openLedger } from '../write/ledger.ts';
import { deleteRowsInTx } from './delete-rows.ts';
import { loosenInTx } from './detach.ts';

/**
 * Tables that others point at, in the order in which they may go. Stage n leaves what has rows in the n-th
 * table or a later one.
 */
const POINTED_AT: readonly TableName[] = [
  'visit_detail',
  'visit_occurrence',
  'person',
  'provider',
  'care_site',
  'location',
];
export const STAGES = POINTED_AT.length + 1;

/** Resolves to the last key of the batch, or to undefined when none is left beyond `after` at this stage. */
export async function deleteResourcesInTx(
  tx: Tx,
  of: {
    readonly connectionId: number;
    readonly stage: number;
    readonly after: number;
    readonly limit: number;
  },
): Promise<number | undefined> {
  const left = POINTED_AT.slice(of.stage).reduce((bits, table) => bits | bitOf(table), 0);
  // The location of a Patient is their own address: nobody else's row points at it.
  const whole = of.stage > POINTED_AT.indexOf('person') ? bitOf('person') : 0;
  const batch = await tx<{ key: number; row_tables: number }[]>`
    select resource_key as key, row_tables from resource
    where connection_id = ${of.connectionId} and resource_key > ${of.after}
      and ((row_tables & ${left}) = 0 or (row_tables & ${whole}) <> 0)
    order by resource_key limit ${of.limit}`;
  const keys = batch.map((one) => one.key);
  if (keys.length === 0) return undefined;
  await forgetVisitsInTx(tx, keys);
  if (of.stage > POINTED_AT.indexOf('provider')) await forgetPlacesInTx(tx, keys);
  // What of ours pointed at them has gone; rows of others stay.
  await loosenInTx(tx, of.connectionId, batch);
  await deleteRowsInTx(tx, batch, openLedger());
  await deleteDerivedInTx(tx, keys);
  await forgetDetailsInTx(tx, keys);
  await tx`delete from resource_history where resource_key = any(${keys}::bigint[])`;
  await tx`delete from resource where resource_key = any(${keys}::bigint[])`;
  return keys.at(-1);
}

/** Clears the pointers between all visits of these visits' persons, since they may be in another batch. */
async function forgetVisitsInTx(tx: Tx, keys: readonly number[]): Promise<void> {
  await tx`
    update visit_detail set parent_visit_detail_id = null, preceding_visit_detail_id = null
    where (parent_visit_detail_id is not null or preceding_visit_detail_id is not null)
      and person_id in (
        select p.person_id from unnest(${list(keys)}::bigint[]) as k(key)
        join visit_detail p on p.visit_detail_id >= k.key * ${IDS_PER_RESOURCE} and p.visit_detail_id < (k.key + 1) * ${IDS_PER_RESOURCE}
      )`;
  await tx`
    update visit_occurrence set preceding_visit_occurrence_id = null
    where preceding_visit_occurrence_id is not null
      and person_id in (
        select person_id from visit_occurrence where visit_occurrence_id = any(${list(keys)}::bigint[])
      )`;
}

/** Clears the pointers of providers and care sites at these places; there are few of them. */
async function forgetPlacesInTx(tx: Tx, keys: readonly number[]): Promise<void> {
  await tx`update provider set care_site_id = null where care_site_id = any(${list(keys)}::bigint[])`;
  await tx`update care_site set location_id = null where location_id = any(${list(keys)}::bigint[])`;
}
