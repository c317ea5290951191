/**
 * Starts a sync: the run and its first job are created in one transaction. A connection has at most one live
 * run, by a partial unique index; a second start is told which run is in the way.
 */

import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { closeBreakerInTx } from '../connection/breaker.ts';
import { type Connection, exportScope, hasCredentials, readConnection } from '../connection/connection.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import type { RunKind } from '../step/run.ts';
import { notEnded } from '../step/run.ts';
import { firstPart } from './group-membership.ts';

/** `triggered_by` of a sync that the schedule started. */
export const SCHEDULE = 'schedule';

export interface StartRun {
  readonly connection_id: number;
  readonly triggered_by: string;
  /** Asks for everything, whatever the watermark. */
  readonly force_full?: boolean | undefined;
  /** Makes a full export and, when the run closes, compares it with what is stored. */
  readonly reconcile?: boolean | undefined;
}

export async function startRunInTx(
  tx: Tx,
  deps: { queue: Queue; clock: Clock },
  request: StartRun,
): Promise<{ run_id: number; mode: 'full' | 'incremental' }> {
  const connection = await readConnection(tx, request.connection_id);
  checkStartable(connection);
  if (request.triggered_by !== SCHEDULE) await closeBreakerInTx(tx, connection.connection_id);
  else if (connection.paused_until && connection.paused_until > deps.clock()) {
    throw syncError('connection-paused', {
      site_key: connection.site_key,
      until: connection.paused_until.toISOString(),
    });
  }
  const scope = exportScope(connection);
  const incremental =
    connection.incremental_enabled &&
    !request.force_full &&
    !request.reconcile &&
    connection.watermark !== null &&
    connection.watermark_scope === scope;
  const mode = incremental ? 'incremental' : 'full';
  const run_id = await insertRunInTx(tx, {
    connection_id: connection.connection_id,
    site_key: connection.site_key,
    kind: 'export',
    mode,
    since: incremental ? connection.watermark : null,
    scope,
    part: firstPart(connection),
    triggered_by: request.triggered_by,
    at: deps.clock(),
  });
  if (request.reconcile) await tx`update run set reconciles = true where run_id = ${run_id}`;
  await deps.queue.sendInTx(tx, 'export', { run_id });
  return { run_id, mode };
}

/** Whether a server can be asked at all. */
export function checkStartable(connection: Connection): void {
  if (!connection.is_active) {
    throw syncError('connection-inactive', { site_key: connection.site_key });
  }
  if (!connection.fhir_base_url) {
    throw syncError('connection-without-server', { site_key: connection.site_key });
  }
  if (connection.credentials_cleared !== null && !hasCredentials(connection)) {
    throw syncError('credentials-cleared', { settings: connection.credentials_cleared });
  }
}

interface NewRun {
  connection_id: number;
  site_key: string;
  kind: RunKind;
  mode: 'full' | 'incremental';
  since: string | null;
  scope: string | null;
  part?: 'members' | 'main';
  triggered_by: string;
  at: Date;
}

export async function insertRunInTx(tx: Tx, run: NewRun): Promise<number> {
  await refuseBesideOthersInTx(tx, run);
  const [created] = await tx<{ run_id: number }[]>`
    insert into run (connection_id, kind, mode, status, part, triggered_by, since, export_scope, created_at)
    values (${run.connection_id}, ${run.kind}, ${run.mode}, 'pending', ${run.part ?? 'main'}, ${run.triggered_by}, ${run.since}, ${run.scope}, ${run.at})
    returning run_id`;
  return created?.run_id ?? 0;
}

/** Kinds beside which a run of some patients may be live, and the other way round. */
const BESIDE_PATIENTS: readonly RunKind[] = ['export', 'import'];

/**
 * Refuses a run, new or taken up again, while another one is live that it may not be beside. The connection is locked, so
 * of two that start at once the later sees the earlier; the unique index holds even where somebody forgets to ask.
 */
export async function refuseBesideOthersInTx(
  tx: Tx,
  run: { readonly connection_id: number; readonly kind: RunKind },
): Promise<void> {
  const besides: readonly RunKind[] = BESIDE_PATIENTS.includes(run.kind) ? ['patient'] : [];
  const allowed = run.kind === 'patient' ? BESIDE_PATIENTS : besides;
  const [connection] = await tx<{ site_key: string }[]>`
    select site_key from connection where connection_id = ${run.connection_id} for no key update`;
  const [live] = await tx<{ run_id: number; status: string }[]>`
    select run_id, status from run
    where connection_id = ${run.connection_id} and ${notEnded(tx)} and kind <> all(${list(allowed)}::text[])`;
  if (!live) return;
  const { run_id, status } = live;
  throw syncError('sync-already-running', { run_id, site_key: connection?.site_key ?? '', status });
}
