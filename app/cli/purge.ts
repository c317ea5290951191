/** `cli purge SITE PATIENT --reason TEXT` takes a patient out for good; `purge SITE` lists purges, `--lift` ends one. */
import { startWorkers } from '../../jobs/workers.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { withApi } from './look-up.ts';
import { whoWorks } from './sync.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';
import { watchRun } from './watch.ts';

export async function purgePatient(
  site: string,
  patient: string,
  asked: { readonly reason: string; readonly unknown: boolean },
  watch: boolean,
): Promise<boolean> {
  const local = await openLocal({ withWorkers: watch });
  try {
    const { connection_id: id } = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/purges', {
      params: { path: { id } },
      body: { patient_id: patient, ...asked },
    });
    if (!data) throw new Error(error?.detail ?? 'the purge could not be asked for');
    say(`Purge ${data.purge_id} of "${site}" is asked for; nothing of the patient is loaded any more.`);
    if (!watch) {
      say(await whoWorks(local));
      return true;
    }
    const workers = await startWorkers(local.engine.deps);
    const run_id = await turnOf(local, id, data.purge_id);
    const finished = await watchRun(local.api, { connection_id: id, run_id });
    await workers.stop();
    return finished.status === 'completed';
  } finally {
    await local.close();
  }
}

export function showPurges(site: string): Promise<boolean> {
  return withApi(async (api) => {
    const { connection_id: id } = await connectionOf(api, site);
    const { data, error } = await api.GET('/api/v1/admin/fhir-connections/{id}/purges', {
      params: { path: { id }, query: { limit: 500 } },
    });
    if (!data) throw new Error(error?.detail ?? 'the purges cannot be read');
    // Never whom: nobody can tell that any more.
    const shown = data.items.map(({ purge_id, state, requested_at, reason, resources }) => ({
      ...{ purge: purge_id, state, requested: new Date(requested_at), resources, reason },
    }));
    say(table(shown));
  });
}

export function liftPurge(site: string, purge: number): Promise<boolean> {
  return withApi(async (api) => {
    const { connection_id: id } = await connectionOf(api, site);
    const { error } = await api.DELETE('/api/v1/admin/fhir-connections/{id}/purges/{pid}', {
      params: { path: { id, pid: purge } },
    });
    if (error) throw new Error(error.detail ?? 'the purge could not be lifted');
    say(`Purge ${purge} of "${site}" is lifted: a full sync brings the patient back (sync ${site} --full).`);
  });
}

/** Its run, once no other of the connection is live. */
async function turnOf(
  local: Awaited<ReturnType<typeof openLocal>>,
  id: number,
  purge: number,
): Promise<number> {
  for (;;) {
    const { data, error } = await local.api.GET('/api/v1/admin/fhir-connections/{id}/purges', {
      params: { path: { id }, query: { limit: 500 } },
    });
    if (!data) throw new Error(error?.detail ?? 'the purge cannot be read');
    const run = data.items.find((one) => one.purge_id === purge)?.run_id;
    if (run) return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
