/**
 * `cli sync SITE [--full] [--watch]` starts a sync, `cli retry SITE [--watch]` takes the last one up again where it
 * failed; with --watch the command works on it here until it ends. `cli cancel SITE` ends the live one.
 */
import { workerSigns } from '../../jobs/step/worker-signs.ts';
import { startWorkers } from '../../jobs/workers.ts';
import type { Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { type Local, openLocal } from './local.ts';
import { report } from './report.ts';
import { say } from './terminal.ts';
import { watchRun } from './watch.ts';

export async function syncSite(
  site: string,
  options: { full: boolean; watch: boolean; patients?: readonly string[] | undefined },
): Promise<boolean> {
  if (options.patients) return await syncPatients(site, options.patients, options.watch);
  const local = await openLocal({ withWorkers: options.watch });
  try {
    const connection = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      params: { path: { id: connection.connection_id } },
      body: { force_full: options.full },
    });
    if (!data) throw new Error(error?.detail ?? 'the sync could not be started');
    say(`Run ${data.run_id} of "${site}" started (${data.mode}).`);
    return await follow(local, data, options.watch);
  } finally {
    await local.close();
  }
}

/** Each as `system|value`, `Patient/id`, or an id. */
async function syncPatients(site: string, patients: readonly string[], watch: boolean): Promise<boolean> {
  const local = await openLocal({ withWorkers: watch });
  try {
    const connection = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/patients/sync', {
      params: { path: { id: connection.connection_id } },
      body: {
        patients: patients.map((one) =>
          one.includes('|') ? { identifier: one } : { patient_id: one.replace(/^Patient\//, '') },
        ),
      },
    });
    if (!data) throw new Error(error?.detail ?? 'the sync could not be started');
    say(`Run ${data.run_id} of "${site}" started (patients: ${patients.length}).`);
    return await follow(local, data, watch);
  } finally {
    await local.close();
  }
}

export async function retrySite(site: string, options: { watch: boolean }): Promise<boolean> {
  const local = await openLocal({ withWorkers: options.watch });
  try {
    const run = await lastRun(local, site);
    const { data, error } = await local.api.POST(
      '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry',
      {
        params: { path: { id: run.connection_id, rid: run.run_id } },
      },
    );
    if (!data) throw new Error(error?.detail ?? 'the run could not be retried');
    say(`Run ${run.run_id} of "${site}" goes on from its checkpoint.`);
    return await follow(local, data, options.watch);
  } finally {
    await local.close();
  }
}

export async function cancelSite(site: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const run = await lastRun(local, site);
    const { data, error } = await local.api.POST(
      '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel',
      {
        params: { path: { id: run.connection_id, rid: run.run_id } },
      },
    );
    if (!data) throw new Error(error?.detail ?? 'the run could not be cancelled');
    say(`Run ${run.run_id} of "${site}" is cancelled. What was loaded stays; the watermark has not moved.`);
    return true;
  } finally {
    await local.close();
  }
}

async function lastRun(local: Local, site: string): Promise<Schemas['Run']> {
  const connection = await connectionOf(local.api, site);
  const { data, error } = await local.api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs', {
    params: { path: { id: connection.connection_id }, query: { limit: 1 } },
  });
  const [run] = data?.items ?? [];
  if (!run) throw new Error(error?.detail ?? `"${site}" was never synced.`);
  return run;
}

export async function follow(
  local: Local,
  run: { readonly connection_id: number; readonly run_id: number },
  watch: boolean,
): Promise<boolean> {
  if (!watch) {
    say(await whoWorks(local));
    return true;
  }
  const workers = await startWorkers(local.engine.deps);
  const finished = await watchRun(local.api, run);
  await workers.stop();
  await report(local.api, finished);
  return finished.status === 'completed';
}

/** Who takes up what was started, and how to follow it. */
export async function whoWorks({ engine }: Local): Promise<string> {
  const { running } = await workerSigns(engine.deps.sql, engine.deps.schemas.queue);
  const who = running
    ? 'A worker takes it up.'
    : 'It waits for a worker, and none runs: npm start, or npm run work.';
  return `${who} Follow it with: npm run cli -- status`;
}
