/** Files on this machine go through the same steps as an export. */

import { type Found, LEFT_OUT } from '../../jobs/operator/import-sources.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { noun } from '../../sql/noun.ts';
import { follow } from './follow.ts';
import type { Local } from './local.ts';
import { osUser } from './os-user.ts';
import { sessionOf } from './session.ts';
import { say } from './terminal.ts';

interface Wanted {
  readonly paths: readonly string[];
  readonly site: string;
  readonly isNew: boolean;
  readonly json: boolean;
}

export async function importPaths(local: Local, { paths, site, isNew, json }: Wanted): Promise<boolean> {
  const run = await startImport(local.engine.deps, {
    ...{ paths, site_key: site, new_site: isNew },
    actor: commandLine(osUser()),
  });
  if (!json) {
    say(
      run.resumed
        ? `Run ${run.run_id} of "${site}" was cut short; it goes on where it was (jobs of a worker that died are free after 30 s).`
        : `Run ${run.run_id}: ${run.sources.length} ${noun(run.sources.length, 'file')} into "${site}", ${local.engine.database.described}.`,
    );
    for (const line of linesAbout(run)) say(`  ${line}`);
  }
  return await follow(sessionOf(local), run, { site, watch: true, json });
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
