/** Writes what the server answered: resources as lines of chunks, which are mapped as those of files; and what did not come. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { portions, textOf } from '../lines/portions.ts';
import { appendChunkInTx } from '../load/append-chunk.ts';
import { storeBodyInTx } from '../load/chunk-body.ts';
import { phaseOf } from '../load/phases.ts';
import { countInTx, noteInTx, notice } from '../run/notices.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';
import type { Heard } from './ask.ts';

export async function writeAnswersInTx(
  tx: Tx,
  deps: Pick<Deps, 'keyring' | 'clock'>,
  run: Run,
  connection: Connection,
  heard: Heard,
): Promise<void> {
  const now = deps.clock();
  await storeLinesInTx(tx, deps, run, connection, heard.answers);
  const settled = heard.answers.filter((one) => one.state !== 'unavailable');
  const { connection_id } = connection;
  await tx`
    update hydration_request h set state = a.state, reason = a.reason, asked_at = ${now},
      found_at = case when a.state = 'found' then ${now}::timestamptz else h.found_at end
    from unnest(${settled.map((one) => one.asked.type)}::text[], ${settled.map((one) => one.asked.id)}::text[],
      ${settled.map((one) => one.state)}::text[],
      ${settled.map((one) => ('reason' in one ? one.reason : null)) as string[]}::text[]) as a(type, id, state, reason)
    where h.connection_id = ${connection_id} and h.resource_type = a.type and h.fhir_id = a.id and h.state = 'wanted'
      and h.run_id = ${run.run_id}`;
  const later = heard.answers.filter((one) => one.state === 'unavailable');
  await tx`
    update hydration_request h set tries = least(tries + 1, 1000)
    from unnest(${later.map((one) => one.asked.type)}::text[], ${later.map((one) => one.asked.id)}::text[]) as a(type, id)
    where h.connection_id = ${connection_id} and h.resource_type = a.type and h.fhir_id = a.id and h.state = 'wanted'
      and h.run_id = ${run.run_id}`;
  for (const [type, works] of heard.learned) {
    await tx`
      insert into hydration_search (connection_id, resource_type, works, tried_at)
      values (${connection_id}, ${type}, ${works}, ${now})
      on conflict (connection_id, resource_type) do update set works = excluded.works, tried_at = excluded.tried_at`;
  }
  for (const [type, reason] of heard.refused) await refuseTypeInTx(tx, run, type, reason, now);
}

/** It says nothing of the resources: the next sync asks for them again. */
async function refuseTypeInTx(tx: Tx, run: Run, type: string, reason: string, now: Date): Promise<void> {
  const left = await tx`
    update hydration_request set state = 'unavailable', reason = 'type-refused', asked_at = ${now}
    where connection_id = ${run.connection_id} and run_id = ${run.run_id} and resource_type = ${type}
      and (state = 'wanted' or state = 'refused' and reason = ${reason})`;
  const particulars = { subject: type, amount: left.count };
  const status = reason.replace('status-', '');
  await noteInTx(tx, run.run_id, now, notice('hydration-type-refused', { status }, particulars));
}

/** The server is silent: what is left is asked for by the next sync. */
export async function giveUpInTx(tx: Tx, run: Run, now: Date): Promise<void> {
  const left = await tx<{ type: string }[]>`
    update hydration_request set state = 'unavailable', reason = 'no-answer', asked_at = ${now}
    where connection_id = ${run.connection_id} and state = 'wanted' and run_id = ${run.run_id}
    returning resource_type as type`;
  for (const [type, all] of Map.groupBy(left, (one) => one.type)) {
    await countInTx(
      tx,
      run.run_id,
      now,
      notice('hydration-unfinished', {}, { subject: type, amount: all.length }),
    );
  }
}

/** What was asked for in this run, counted anew. */
export async function countAnswersInTx(tx: Tx, run: Run): Promise<void> {
  await tx`
    insert into hydration_count (run_id, resource_type, wanted, asked, found, not_found, refused, unavailable)
    select ${run.run_id}, resource_type, count(*) filter (where state = 'wanted'),
      count(*) filter (where state <> 'wanted'), count(*) filter (where state = 'found'),
      count(*) filter (where state = 'not-found'), count(*) filter (where state = 'refused'),
      count(*) filter (where state = 'unavailable')
    from hydration_request where connection_id = ${run.connection_id} and run_id = ${run.run_id}
    group by resource_type
    on conflict (run_id, resource_type) do update set wanted = excluded.wanted, asked = excluded.asked,
      found = excluded.found, not_found = excluded.not_found, refused = excluded.refused,
      unavailable = excluded.unavailable`;
}

async function storeLinesInTx(
  tx: Tx,
  deps: Pick<Deps, 'keyring' | 'clock'>,
  run: Run,
  connection: Connection,
  answers: Heard['answers'],
): Promise<void> {
  const found = answers.flatMap((one) => (one.state === 'found' ? [one] : []));
  for (const [type, all] of Map.groupBy(found, (one) => one.asked.type)) {
    const lines = all.map((one) => one.line);
    for (const some of portions(lines, connection.config.limits.chunk_bytes)) {
      await storeChunkInTx(tx, deps, run, type, some);
    }
  }
}

async function storeChunkInTx(
  tx: Tx,
  { keyring, clock }: Pick<Deps, 'keyring' | 'clock'>,
  run: Run,
  type: string,
  lines: readonly Buffer[],
): Promise<void> {
  const content = textOf(lines);
  await tx`
    insert into export_file (run_id, part, file_no, kind, resource_type, phase, url, state, finished_at)
    select ${run.run_id}, 'main', coalesce(max(file_no), 0) + 1, 'hydrated', ${type}, ${phaseOf(type)}, '', 'done', ${clock()}
    from export_file where run_id = ${run.run_id}
    on conflict (run_id, resource_type) where kind = 'hydrated' do nothing`;
  const [file] = await tx<{ file_id: number }[]>`
    select file_id from export_file
    where run_id = ${run.run_id} and resource_type = ${type} and kind = 'hydrated'`;
  const sizes = { size: content.length, lines: lines.length };
  const chunkId = await appendChunkInTx(tx, file?.file_id ?? 0, { content, ...sizes, mapped: null });
  await storeBodyInTx(tx, keyring, chunkId, content);
}
