/** Starts a remap of one connection, or of all that have been synced or imported. */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Clock } from '../step/clock.ts';
import { SyncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import { readState } from '../vocabulary/resolve/state.ts';
import { startRemapInTx } from './start-remap.ts';

interface Site {
  readonly connection_id: number;
  readonly site_key: string;
}

export interface StartedRemaps {
  readonly started: (Site & { readonly run_id: number })[];
  readonly skipped: (Site & { readonly code: string; readonly detail: string })[];
}

/**
 * A connection that is named is refused while it has a live run; of many, those with one are skipped and
 * listed.
 */
export async function startRemapsInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  request: {
    readonly connection_id?: number | undefined;
    /** Of all only these; null for all. */
    readonly among?: readonly number[] | null;
    readonly triggered_by: string;
    readonly all?: boolean;
  },
): Promise<StartedRemaps> {
  const { connection_id, among = null, ...more } = request;
  await readState(tx, deps.clock());
  const found: StartedRemaps = { started: [], skipped: [] };
  if (connection_id !== undefined) {
    const { site_key } = await readConnection(tx, connection_id);
    const started = await startRemapInTx(tx, deps, { connection_id, ...more });
    found.started.push({ connection_id, site_key, ...started });
    return found;
  }
  const sites = await tx<Site[]>`
    select connection_id, site_key from connection c
    where exists (
      select 1 from run r where r.connection_id = c.connection_id and r.kind in ('export', 'import') and r.status <> 'pending'
    )
      and (${among}::int[] is null or connection_id = any (${among}))
    order by connection_id`;
  for (const site of sites) {
    try {
      const asked = { connection_id: site.connection_id, ...more };
      const { run_id } = await tx.savepoint((inner) => startRemapInTx(inner, deps, asked));
      found.started.push({ ...site, run_id });
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'sync-already-running') throw error;
      found.skipped.push({ ...site, code: error.code, detail: error.message });
    }
  }
  return found;
}
