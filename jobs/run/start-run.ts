/**
 * Starts a sync: the run and its first job are created in one transaction. A connection has at most one live
 * run, by a partial unique index; a second start is told which run is in the way.
 */

import type { Tx } from '../../sql/connect.ts';
import { closeBreakerInTx } from '../connection/breaker.ts';
import { exportScope, hasCredentials, readConnection } from '../connection/connection.ts';
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
  if (!connection.is_active) {
    throw syncError('connection-inactive', { site_key: connection.site_key });
  }
  if (!connection.fhir_base_url) {
    throw syncError('connection-without-server', { site_key: connection.site_key });
  }
  if (connection.credentials_cleared !== null && !hasCredentials(connection)) {
    throw syncError('credentials-cleared', { settings: connection.credentials_cleared });
  }
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
  const [created] = await tx<{ run_id: number }[]>`
    insert into run (connection_id, kind, mode, status, part, triggered_by, since, export_scope, created_at)
    values (${run.connection_id}, ${run.kind}, ${run.mode}, 'pending', ${run.part ?? 'main'}, ${run.triggered_by}, ${run.since}, ${run.scope}, ${run.at})
    on conflict (connection_id) where ${notEnded(tx)} do nothing
    returning run_id`;
  if (created) return created.run_id;
  const [live] = await tx<{ run_id: number; status: string }[]>`
    select run_id, status from run
    where connection_id = ${run.connection_id} and ${notEnded(tx)}`;
  throw syncError('sync-already-running', {
    run_id: live?.run_id ?? '',
    site_key: run.site_key,
    status: live?.status ?? 'live',
  });
}
