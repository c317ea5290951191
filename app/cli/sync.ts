/** `cli sync SITE [--full] [--watch]`: starts a sync; with --watch works on it here until it ends. */
import { startWorkers } from '../../jobs/workers.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { report } from './report.ts';
import { watchRun } from './watch.ts';

export async function syncSite(site: string, options: { full: boolean; watch: boolean }): Promise<boolean> {
  const local = await openLocal({ withWorkers: options.watch });
  try {
    const connection = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      params: { path: { id: connection.connection_id } },
      body: { force_full: options.full },
    });
    if (!data) throw new Error(error?.detail ?? 'the sync could not be started');
    console.log(`Run ${data.run_id} of "${site}" started (${data.mode}).`);
    if (!options.watch) {
      console.log('It needs a worker: npm start, or npm run work. Follow it with: npm run cli -- status');
      return true;
    }
    const workers = await startWorkers(local.world.deps);
    const finished = await watchRun(local.api, {
      connection_id: connection.connection_id,
      run_id: data.run_id,
    });
    await workers.stop();
    report(finished);
    return finished.status === 'completed';
  } finally {
    await local.close();
  }
}
