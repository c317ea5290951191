/** `cli import DIR --site KEY`: the NDJSON files of a folder through the same steps as an export. */
import { userInfo } from 'node:os';
import { startImport } from '../../jobs/operator/start-import.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { openLocal } from './local.ts';
import { report } from './report.ts';
import { watchRun } from './watch.ts';

export async function importFolder(folder: string, site: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: true });
  try {
    const { deps } = local.engine;
    const run = await startImport(deps, {
      folder,
      site_key: site,
      triggered_by: `cli:${userInfo().username}`,
    });
    console.log(
      run.resumed
        ? `Run ${run.run_id} of "${site}" was cut short; it goes on where it was (jobs of a worker that died are free after 30 s).`
        : `Run ${run.run_id}: ${run.files} files into "${site}", ${local.engine.database.described}.`,
    );
    const workers = await startWorkers(deps);
    const finished = await watchRun(local.api, run);
    await workers.stop();
    await report(local.api, finished);
    return finished.status === 'completed';
  } finally {
    await local.close();
  }
}
