/** `cli import PATH… --site KEY`: files on this machine through the same steps as an export. */

import { type Found, LEFT_OUT } from '../../jobs/operator/import-sources.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { openLocal } from './local.ts';
import { osUser } from './os-user.ts';
import { report } from './report.ts';
import { say } from './terminal.ts';
import { watchRun } from './watch.ts';

export async function importPaths(paths: readonly string[], site: string, isNew: boolean): Promise<boolean> {
  const local = await openLocal({ withWorkers: true });
  try {
    const { deps } = local.engine;
    const run = await startImport(deps, {
      paths,
      site_key: site,
      new_site: isNew,
      actor: commandLine(osUser()),
    });
    say(
      run.resumed
        ? `Run ${run.run_id} of "${site}" was cut short; it goes on where it was (jobs of a worker that died are free after 30 s).`
        : `Run ${run.run_id}: ${run.sources.length} files into "${site}", ${local.engine.database.described}.`,
    );
    for (const line of linesAbout(run)) say(`  ${line}`);
    const workers = await startWorkers(deps);
    const finished = await watchRun(local.api, run);
    await workers.stop();
    await report(local.api, finished);
    return finished.status === 'completed';
  } finally {
    await local.close();
  }
}

/** More are only counted. */
const NAMED = 10;

function linesAbout({ sources, leftOut, transactionTime }: Found): string[] {
  const of = (kind: string) => sources.filter((file) => file.kind === kind).length;
  const unpacked = sources.filter((file) => file.unpacked).length;
  const named = leftOut
    .slice(0, NAMED)
    .map(({ name, what }) => `not data: ${plain(name)} (${LEFT_OUT[what]})`);
  return [
    ...(transactionTime ? [`exported at ${transactionTime}`] : []),
    ...(unpacked > 0
      ? [`Bundles, and files in archives: ${unpacked}; read twice before anything is loaded`]
      : []),
    ...(of('deleted') > 0 ? [`of deletions: ${of('deleted')}, applied after all others`] : []),
    ...(of('error') > 0 ? [`of the server's remarks: ${of('error')}`] : []),
    ...named,
    ...(leftOut.length > NAMED ? [`not data: ${leftOut.length - NAMED} more`] : []),
  ];
}

const plain = (name: string) => name.replace(/\p{Cc}/gu, '?');
