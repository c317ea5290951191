/**
 * Tells the server that it may forget an export: everything of it is in our database, or the run was cancelled. A
 * server that cannot be told is no failure, only noted with the run: exports expire by themselves, though some servers
 * allow no other until then.
 */
import { type Connection, readConnection } from '../connection/connection.ts';
import { openStatusUrl } from '../connection/sealed-data.ts';
import { sendAuthorised } from '../fhir/authorised.ts';
import type { Deps } from '../step/deps.ts';
import { describeError } from '../step/describe-error.ts';
import type { Handler } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';

export const releaseExportStep: Handler<'release'> = async (deps, step) => {
  const run = await readRun(deps.sql, step.payload.run_id);
  if (!run) return step.commit(async () => {});
  const connection = await readConnection(deps.sql, run.connection_id);
  await releaseFinished(deps, connection, run.run_id);
  if (!run.status_url) return step.commit(async () => {});
  const released = await releaseExport(deps, connection, run.run_id, run.status_url);
  await step.commit(async (tx) => {
    await tx`update run set server_released = ${released}, status_url = null where run_id = ${run.run_id}`;
  });
};

/** The earlier exports of a run. Some servers allow no other export until they are gone. */
export async function releaseFinished(deps: Deps, connection: Connection, runId: number): Promise<void> {
  const finished = await deps.sql<{ part: string; status_url: string }[]>`
    select part, status_url from finished_export where run_id = ${runId}`;
  for (const { part, status_url } of finished) {
    await releaseExport(deps, connection, runId, status_url);
    await deps.sql`delete from finished_export where run_id = ${runId} and part = ${part}`;
  }
}

/** The exports of runs that failed, and that nobody can retry now that another has begun. */
export async function releaseAbandoned(deps: Deps, connection: Connection, run: Run): Promise<void> {
  const abandoned = await deps.sql<{ run_id: number; status_url: string }[]>`
    select run_id, status_url from run
    where connection_id = ${run.connection_id} and run_id < ${run.run_id} and status = 'failed' and status_url is not null
    order by run_id`;
  for (const { run_id, status_url } of abandoned) {
    await releaseFinished(deps, connection, run_id);
    const released = await releaseExport(deps, connection, run_id, status_url);
    await deps.sql`update run set server_released = ${released}, status_url = null where run_id = ${run_id}`;
  }
}

async function releaseExport(
  deps: Deps,
  connection: Connection,
  runId: number,
  statusUrl: string,
): Promise<string> {
  try {
    const response = await sendAuthorised(
      connection,
      deps.tokens.of(connection),
      await openStatusUrl(deps.keyring, runId, statusUrl),
      { method: 'DELETE', headers: { accept: 'application/json' } },
      { outbound: deps.outbound, what: 'The status of the export' },
    );
    await response.body?.cancel();
    return `the server answered ${response.status}`;
  } catch (error) {
    const { code, stack } = describeError(error);
    deps.log.warn(
      { site_key: connection.site_key, code, stack },
      'the export could not be released on the server',
    );
    return `the server could not be asked (${code})`;
  }
}
