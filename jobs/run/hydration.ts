/**
 * Hydration: what resources refer to and the export left out is asked of the server one by one (jobs/4-hydrate). Here a
 * round of it begins: once everything that is here is mapped, before settling; and after settling, since what was taken
 * up may refer to more. What a round brings is mapped, and then the next one begins, until nothing is left to ask for.
 *
 * A run of some patients asks for what the resources refer to that it has loaded. It may be live beside an export: each
 * resource is asked for by one of the two, and whichever settles last takes up what waits for it.
 */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { readConnection } from '../connection/connection.ts';
import { mappingSettings, type SyncConfig } from '../connection/sync-config.ts';
import { ATTACHMENT } from '../map/clinical/attached-by-url.ts';
import { readReference } from '../map/read/references.ts';
import type { MappingSettings } from '../map/settings.ts';
import type { Queue } from '../step/queue.ts';
import { notEnded, type Run } from '../step/run.ts';

/**
 * What is asked for may refer to more. Ingredients are followed four levels deep (map/drugs/ingredients.ts), and a
 * round of its own may be needed for what was parked before.
 */
const MOST_ROUNDS = 5;
const HYDRATING: readonly Run['kind'][] = ['export', 'patient'];
const DAY_MS = 24 * 3600 * 1000;

export type Hydrate = NonNullable<SyncConfig['hydrate']>;

/** True when there is something to ask for: the last of its batches comes back to advance.ts. */
export async function beginHydrationInTx(tx: Tx, queue: Queue, run: Run, now: Date): Promise<boolean> {
  if (!HYDRATING.includes(run.kind) || run.hydration_round >= MOST_ROUNDS) return false;
  const connection = await readConnection(tx, run.connection_id);
  const { hydrate } = connection.config;
  if (!hydrate) return false;
  if (!(await wantInTx(tx, run, hydrate, mappingSettings(connection), now))) return false;
  const [begun] = await tx<{ batch: number }[]>`
    update run set hydrating = true, hydrating_since = coalesce(hydrating_since, ${now}), hydration_round = hydration_round + 1, hydration_batch = hydration_batch + 1,
      closing_at = null
    where run_id = ${run.run_id} returning hydration_batch as batch`;
  await queue.sendInTx(tx, 'hydrate', { run_id: run.run_id, batch: begun?.batch ?? 0 });
  return true;
}

/** Writes down what is to be asked for; false when that is nothing. Each is asked for once in a run. */
async function wantInTx(
  tx: Tx,
  run: Run,
  { types, notes, retry_after_days }: Hydrate,
  settings: MappingSettings,
  now: Date,
): Promise<boolean> {
  const wanted = list([...types, ...(notes ? [ATTACHMENT] : [])]);
  const before = new Date(now.getTime() - retry_after_days * DAY_MS);
  const parts = await ingredients(tx, run, settings, types);
  const others = tx`(
    select run_id from run
    where connection_id = ${run.connection_id} and run_id <> ${run.run_id} and ${notEnded(tx)}
  )`;
  // What a run that ended early had left.
  await tx`
    delete from hydration_request
    where connection_id = ${run.connection_id} and state = 'wanted' and found_at is null and run_id not in ${others}`;
  await tx`
    update hydration_request set state = 'found'
    where connection_id = ${run.connection_id} and state = 'wanted' and run_id not in ${others}`;
  // Exports never tell that these have changed. Of attachments they do: a document that has another is another.
  const again =
    run.mode === 'full' && run.kind === 'export'
      ? tx`found_at is not null and (state = 'unavailable' or asked_at <= ${before})`
      : tx`false`;
  const rows = await tx`
    with refs (type, id) as (
      select target_type, target_id from waiting l
      where ${loadedBy(tx, run)} and connection_id = ${run.connection_id} and target_type = any(${wanted}::text[])
      union
      select target_type, target_id from open_link l
      where ${loadedBy(tx, run)} and connection_id = ${run.connection_id} and target_type = any(${wanted}::text[])
      union
      select target_type, target_id from resource_link l
      where ${loadedBy(tx, run)} and connection_id = ${run.connection_id} and target_type = any(${wanted}::text[])
      union
      select 'Practitioner', practitioner_id from practitioner_role l
      where ${loadedBy(tx, run)} and connection_id = ${run.connection_id} and 'Practitioner' = any(${wanted}::text[])
      union
      select type, id from unnest(${parts.map((one) => one.type)}::text[], ${parts.map((one) => one.id)}::text[]) as p(type, id)
    ), open as (
      select type, id from refs
      where id not in ('', '.', '..') and id not like '?%' and not exists (
        select from resource r
        where r.connection_id = ${run.connection_id} and r.resource_type = refs.type and r.fhir_id = refs.id
      )
      union
      select resource_type, fhir_id from hydration_request
      where connection_id = ${run.connection_id} and resource_type = any(${list(types)}::text[]) and ${again}
    )
    insert into hydration_request as h (connection_id, resource_type, fhir_id, state, run_id)
    select ${run.connection_id}, type, id, 'wanted', ${run.run_id} from open order by type, id
    on conflict (connection_id, resource_type, fhir_id) do update
    set state = 'wanted', reason = null, tries = 0, run_id = excluded.run_id
    where h.run_id <> excluded.run_id and h.run_id not in ${others}
      and (h.state = 'unavailable' or h.asked_at is null or h.asked_at <= ${before})
    returning 1`;
  return rows.count > 0;
}

/** A condition on `l`, what a resource refers to: a run of some patients speaks of no others. */
const loadedBy = (tx: Tx, { kind, run_id }: Run) =>
  kind === 'patient'
    ? tx`exists (select from resource s where s.resource_key = l.resource_key and s.last_run = ${run_id})`
    : tx`true`;

/**
 * Ingredients that are resources of their own. A drug waits for one of them after the other, so all that are missing are
 * told by the Medications and Substances that are here.
 */
async function ingredients(
  tx: Tx,
  run: Run,
  settings: MappingSettings,
  types: Hydrate['types'],
): Promise<{ readonly type: string; readonly id: string }[]> {
  if (!types.includes('Medication')) return [];
  const rows = await tx<{ reference: string }[]>`
    select distinct jsonb_path_query(l.content, 'lax $.**.itemReference.reference') #>> '{}' as reference
    from medication_content l
    where ${loadedBy(tx, run)} and l.connection_id = ${run.connection_id} and l.content @? 'lax $.**.itemReference.reference'`;
  return rows.flatMap(({ reference }) => {
    const pointer = readReference({ reference }, settings);
    if (pointer?.kind === 'uuid') return [{ type: 'Medication', id: pointer.id }];
    return pointer?.kind === 'typed' && pointer.type === 'Medication'
      ? [{ type: pointer.type, id: pointer.id }]
      : [];
  });
}
