/**
 * Step 6: closes a run whose every resource is accounted for. What is derived from the persons that it touched is built
 * anew, and checked. The watermark moves to the server's transactionTime, never to our clock, and only if no failure
 * holds it (failure-reasons.ts): what did not arrive must be asked for again. Old chunks are let go, and a job
 * releases the export on the server (some allow no other until it is).
 */

import { analyzeChanged } from '../../sql/analyze-changed.ts';
import { NAMES, readCdmVersion, versionConcept } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { alertAtCloseInTx } from '../alerts/at-close.ts';
import { silenceOf, storeSilence } from '../alerts/silence.ts';
import { announceRunInTx } from '../alerts/webhooks/announce.ts';
import { closeBreakerInTx } from '../connection/breaker.ts';
import { cdmSourceName, deleteCdmSourceInTx } from '../connection/cdm-source.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { deriveInTx, noteReachInTx } from '../derive/derive.ts';
import { closeScopeInTx } from '../derive/scope.ts';
import { forgetNamesInTx } from '../import/forget-names.ts';
import { HOLDING, holding } from '../lines/failure-reasons.ts';
import { settleAloneInTx } from '../load/take-turns.ts';
import { checkTouchedInTx } from '../quality/check.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import { settleMembersInTx } from '../run/group-membership.ts';
import { SEARCH_LOST } from '../run/missing-parts.ts';
import { clearRetriesInTx } from '../run/retries.ts';
import { forgetPlacesInTx, losesOnlyPatients, settleSearchesInTx } from '../run/searches.ts';
import { freezeTotalsInTx } from '../run/totals.ts';
import type { Handler } from '../step/handler.ts';
import { extractionDate, isLive, type Run, readRun } from '../step/run.ts';
import { summariseUnmappedInTx } from '../vocabulary/unmapped/summarise.ts';
import { compareInTx } from './compare-seen.ts';
import { noteClocksInTx } from './note-clocks.ts';

const SOFTWARE = 'fhir-omop-sync';

export const closeStep: Handler<'close'> = async (deps, step) => {
  const { sql, clock, queue } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (!run || !isLive(run) || !run.closing_at) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  const isSync = run.kind === 'export' || run.kind === 'import';
  await analyzeChanged(sql);
  const silence = await silenceOf(sql, { ...connection, last_success: clock() });
  await step.commit(async (tx) => {
    await settleAloneInTx(tx, run.connection_id);
    const closed = await tx`
      update run set status = 'completed', finished_at = ${clock()}
      where run_id = ${run.run_id} and status in ('downloading', 'processing') returning run_id`;
    if (closed.length === 0) return;
    const pull = { connectionId: run.connection_id, pulledOn: extractionDate(run) };
    const { persons } = await deriveInTx(tx, pull);
    await freezeTotalsInTx(tx, run.run_id);
    await clearRetriesInTx(tx, run.run_id);
    if (run.reconciles) await compareInTx(tx, deps, run, connection);
    await noteClocksInTx(tx, run.run_id, clock());
    await writeCdmSourceInTx(tx, connection, run, clock());
    if (persons > 0) await checkTouchedInTx(tx, { run, persons, now: clock() });
    await closeScopeInTx(tx);
    await summariseUnmappedInTx(tx, run.run_id, run.connection_id);
    // What takes long is done: from here on whoever changes the connection waits for this to end.
    await noteReachInTx(tx, pull);
    await noteCdmSourceInTx(tx, connection);
    await moveWatermarkInTx(tx, run, connection, clock());
    await forgetSeenInTx(tx, run);
    await letGoInTx(tx, connection, run, clock());
    await forgetPlacesInTx(tx, run.connection_id);
    if (isSync) await storeSilence(tx, run.connection_id, silence);
    await alertAtCloseInTx(tx, deps, { connection, run });
    await announceRunInTx(tx, deps, 'run.completed', run);
    if (run.kind === 'export') await closeBreakerInTx(tx, run.connection_id);
    if (run.status_url) await queue.sendInTx(tx, 'release', { run_id: run.run_id });
    await recordInTx(tx, {
      ...{ at: clock(), actor: WORKER, action: 'run.complete', object: `run/${run.run_id}` },
      details: { connection_id: run.connection_id, kind: run.kind },
    });
  });
  deps.log.info({ run_id: run.run_id, site_key: connection.site_key }, 'run completed');
};

/** Where it must stay, the run says why. */
async function moveWatermarkInTx(tx: Tx, run: Run, connection: Connection, now: Date): Promise<void> {
  if (run.kind !== 'export' || run.transaction_time === null) return;
  const spared: string[] = (await losesOnlyPatients(tx, run, connection)) ? [SEARCH_LOST] : [];
  const reasons = holding(connection.config);
  const holds = list(reasons.filter((reason) => !spared.includes(reason)));
  const held = await tx`
    update run set held_by = f.reasons from (
      select array_agg(distinct reason order by reason) as reasons from failure
      where run_id = ${run.run_id} and reason = any(${holds}) and resolved_at is null
    ) f
    where run.run_id = ${run.run_id} and f.reasons is not null returning run.run_id`;
  if (held.length > 0) return;
  await tx`
    update connection set watermark = ${run.transaction_time}, watermark_scope = ${run.export_scope},
      watermark_not_granted = ${run.scopes_not_granted}
    where connection_id = ${run.connection_id}`;
  await settleMembersInTx(tx, run);
  if (run.crawls) await settleSearchesInTx(tx, run);
  // What earlier runs did not receive was asked for again, and has come.
  const again = list(run.since === null ? HOLDING : reasons);
  await tx`
    update failure set resolved_at = ${now}
    where connection_id = ${run.connection_id} and run_id < ${run.run_id} and reason = any(${again})
      and resolved_at is null`;
}

/** One row per source, which OHDSI's tools read first. The CDM requires all columns but description and reference. */
async function writeCdmSourceInTx(tx: Tx, connection: Connection, run: Run, now: Date): Promise<void> {
  const name = cdmSourceName(connection);
  const today = now.toISOString().slice(0, 10);
  const extracted = /^\d{4}-\d{2}-\d{2}/.exec(run.transaction_time ?? '')?.[0] ?? today;
  const { version } = await readCdmVersion(tx);
  await deleteCdmSourceInTx(tx, connection.connection_id);
  await tx`delete from cdm_source where cdm_source_name = ${name}`;
  await tx`
    insert into cdm_source (cdm_source_name, cdm_source_abbreviation, cdm_holder, source_description,
      cdm_etl_reference, source_release_date, cdm_release_date, cdm_version, cdm_version_concept_id, vocabulary_version)
    select ${name}, ${connection.site_key.slice(0, 25)}, ${connection.site_name.slice(0, 255)},
      ${`FHIR R4 ${run.crawls ? 'searches' : 'Bulk Data'} of ${connection.site_name}`}, ${SOFTWARE}, ${extracted}::date, ${today}::date, ${NAMES[version].name},
      ${await versionConcept(tx, version)}, left(version, 20)
    from vocabulary_release where is_current`;
  if (version === '5.4') return;
  await tx`
    update cdm_source set cdm_release_identifier = ${`${today}/run-${run.run_id}`} where cdm_source_name = ${name}`;
}

/** By which name the row is found when the connection has another. */
async function noteCdmSourceInTx(tx: Tx, connection: Connection): Promise<void> {
  const name = cdmSourceName(connection);
  await tx`
    update connection set cdm_source_name = ${name}
    where connection_id = ${connection.connection_id} and cdm_source_name is distinct from ${name}`;
}

/** What a chunk has seen unchanged concerns its run alone. Mostly it is short, and to let go of it would write more. */
async function forgetSeenInTx(tx: Tx, run: Run): Promise<void> {
  await tx`
    update chunk set seen_unchanged = null
    where run_id = ${run.run_id} and pg_column_size(seen_unchanged) > 1000`;
}

/** Lets go of chunks older than the retention, unless a failure in them is still open. */
async function letGoInTx(tx: Tx, connection: Connection, run: Run, now: Date): Promise<void> {
  const days = connection.config.retention.chunks_days;
  if (days === 'keep') return;
  const before = new Date(now.getTime() - days * 24 * 3600 * 1000);
  await tx`
    delete from chunk_body b using chunk c, run r
    where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${run.connection_id}
      and r.status = 'completed' and c.state = 'done' and c.created_at <= ${before}
      and not exists (select 1 from failure f where f.chunk_id = c.chunk_id and f.resolved_at is null)`;
  await forgetNamesInTx(tx, run.connection_id, { endedBefore: before });
}
