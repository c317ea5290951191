/**
 * Rows that others have written into the CDM about rows of ours: members of cohorts, episodes, terms that were found in
 * notes, facts, costs, what a registry says of our persons. They go with the row that they are about, whatever takes that
 * away (a deletion, a version that is excluded or fails, another domain), since it is not known whether it comes back,
 * and none of them may outlive the person or the note, least of all the words of a note. Foreign keys would refuse it,
 * too. Their number is told by table in the run (chunk_rows).
 */
import type postgres from 'postgres';
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import { DOMAIN_OF_PERSONS, EVENTS } from '../../map/cdm/row-names.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { bitOf, CDM_TABLES, OF_A_PERSON } from '../write/cdm-tables.ts';
import type { Ledger } from '../write/ledger.ts';

/** Ids of rows that are there no longer, by table. */
export type RowIds = ReadonlyMap<TableName | 'episode', readonly number[]>;

/** Whether others may have written about rows of this table by their ids. */
export const mayBeNamed = (table: TableName): boolean => table === 'person' || table in EVENTS;

/** Rows of others about rows of others are rows of others: what is taken along takes along. */
export async function deleteRowsOfOthersInTx(
  tx: Tx,
  gone: RowIds,
  ledger: Pick<Ledger, 'rows'>,
): Promise<void> {
  for (let ids = gone; ids.size > 0; ) ids = await takeAlongInTx(tx, ids, ledger);
}

async function takeAlongInTx(tx: Tx, gone: RowIds, ledger: Pick<Ledger, 'rows'>): Promise<RowIds> {
  const taken = new Map<TableName | 'episode', number[]>();
  const take = (table: TableName | 'episode', ids: readonly number[]) => {
    if (ids.length === 0) return;
    ledger.rows(table, 0, ids.length);
    taken.set(table, [...(taken.get(table) ?? []), ...ids]);
  };
  for (const [table, all] of gone) {
    const ids = list(all);
    if (ids.length === 0) continue;
    if (table === 'person') await takeOfPersons(tx, ids, take, ledger);
    if (table === 'note') await deleteTermsInTx(tx, ids, ledger);
    if (table === 'visit_occurrence') {
      take(
        'visit_detail',
        await deleteOthers(tx, 'visit_detail', tx`t.visit_occurrence_id = any(${ids}::bigint[])`),
      );
    }
    if (table === 'episode') {
      const events = await tx`delete from episode_event where episode_id = any(${ids}::bigint[])`;
      if (events.count > 0) ledger.rows('episode_event', 0, events.count);
    }
    const { cost, domain = table === 'person' ? DOMAIN_OF_PERSONS : undefined } = EVENTS[table] ?? {};
    if (cost !== undefined) {
      const ofThem = tx`t.cost_domain_id = ${cost} and t.cost_event_id = any(${ids}::bigint[])`;
      take('cost', await deleteOthers(tx, 'cost', ofThem));
    }
    if (domain !== undefined) await deleteFacts(tx, domain, ids);
    if (table !== 'person') await deleteEpisodeEvents(tx, table, ids, ledger);
  }
  return taken;
}

async function takeOfPersons(
  tx: Tx,
  persons: number[],
  take: (table: TableName | 'episode', ids: readonly number[]) => void,
  ledger: Pick<Ledger, 'rows'>,
): Promise<void> {
  const members = await tx`delete from cohort where subject_id = any(${persons}::bigint[])`;
  if (members.count > 0) ledger.rows('cohort', 0, members.count);
  const episodes = await tx<{ id: number }[]>`
    delete from episode where person_id = any(${persons}::bigint[]) returning episode_id as id`;
  take(
    'episode',
    episodes.map((one) => one.id),
  );
  const deaths = await tx`delete from death where person_id = any(${persons}::bigint[])`;
  if (deaths.count > 0) ledger.rows('death', 0, deaths.count);
  for (const table of OF_A_PERSON) {
    take(table, await deleteOthers(tx, table, tx`t.person_id = any(${persons}::bigint[])`));
  }
}

/**
 * Deletes those of these rows `t` that no resource gave. They are read before they are compared with resources, which on
 * Citus lie elsewhere.
 */
async function deleteOthers(
  tx: Tx,
  table: TableName,
  those: postgres.PendingQuery<postgres.Row[]>,
): Promise<number[]> {
  const { idColumn, id } = CDM_TABLES[table];
  const rows = await tx<{ id: number }[]>`select t.${tx(idColumn)} as id from ${tx(table)} t where ${those}`;
  if (rows.length === 0) return [];
  const others = await tx<{ id: number }[]>`
    select i.id from unnest(${rows.map((row) => row.id)}::bigint[]) as i(id)
    where not exists (
      select from resource r where r.resource_key = ${id === 'key' ? tx`i.id` : tx`i.id / ${IDS_PER_RESOURCE}`}
        and (r.row_tables & ${bitOf(table)}) <> 0
    )`;
  const ids = others.map((row) => row.id);
  if (ids.length > 0) {
    await tx`delete from ${tx(table)} t where ${those} and t.${tx(idColumn)} = any(${ids}::bigint[])`;
  }
  return ids;
}

export async function deleteTermsInTx(
  tx: Tx,
  notes: readonly number[],
  ledger: Pick<Ledger, 'rows'>,
): Promise<void> {
  const terms = await tx`delete from note_nlp where note_id = any(${list(notes)}::bigint[])`;
  if (terms.count > 0) ledger.rows('note_nlp', 0, terms.count);
}

/** Ours among them would be built anew, or not, when the run closes. */
async function deleteFacts(tx: Tx, domain: number, ids: number[]): Promise<void> {
  for (const side of ['1', '2']) {
    await tx`
      delete from fact_relationship
      where ${tx(`domain_concept_id_${side}`)} = ${domain} and ${tx(`fact_id_${side}`)} = any(${ids}::bigint[])`;
  }
}

/** Whoever has no concepts of the CDM's fields has ours by their ids. */
async function deleteEpisodeEvents(
  tx: Tx,
  table: TableName | 'episode',
  ids: number[],
  ledger: Pick<Ledger, 'rows'>,
): Promise<void> {
  const named = await tx<{ field: number; name: string | null }[]>`
    select e.field, lower(c.concept_name) as name
    from (
      select distinct episode_event_field_concept_id as field from episode_event where event_id = any(${ids}::bigint[])
    ) e left join concept c on c.concept_id = e.field`;
  const fields = named
    .filter(({ field, name }) => name === `${table}.${table}_id` || field === EVENTS[table]?.field)
    .map(({ field }) => field);
  if (fields.length === 0) return;
  const events = await tx`
    delete from episode_event
    where event_id = any(${ids}::bigint[]) and episode_event_field_concept_id = any(${fields}::integer[])`;
  ledger.rows('episode_event', 0, events.count);
}
