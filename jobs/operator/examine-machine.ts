/** What the doctor says of the machine: versions, room on the disk, and the way out to EHRs. */
import { availableParallelism } from 'node:os';
import about from '../../package.json' with { type: 'json' };
import type { Sql } from '../../sql/connect.ts';
import { type Outbound, openOutbound } from '../outbound/outbound.ts';
import type { OpenKey } from '../outbound/reach.ts';
import { systemClock } from '../step/clock.ts';
import { describeError } from '../step/describe-error.ts';
import { openDisk } from '../step/disk.ts';
import { threadsOf } from '../step/worker-threads.ts';
import type { Finding } from './finding.ts';

export function versionsOf(): Finding {
  const what = 'versions';
  const found = `${about.name} ${about.version}, Node ${process.version} on ${process.platform} ${process.arch}`;
  const [major] = about.dependencies.node.split('.');
  if (process.versions['deno'] || process.versions.node.split('.')[0] === major)
    return { state: 'well', what, found };
  return {
    ...{ state: 'advice', what, found: `${found}; it is tested on Node ${about.dependencies.node}` },
    todo: 'Start it by npm run, which takes the Node that npm ci installs.',
  };
}

/** What a worker that is started here would have; others may run on other machines. */
export function threadsHere(env: NodeJS.ProcessEnv, cores: number = availableParallelism()): Finding {
  const what = 'threads of workers';
  try {
    const threads = threadsOf(env, cores);
    const found = `${threads} for each that starts here, which has ${cores} cores`;
    if (threads <= cores) return { state: 'well', what, found };
    const todo =
      'Set WORKER_THREADS to fewer: more than cores take memory and connections, and gain nothing.';
    return { state: 'advice', what, found, todo };
  } catch (error) {
    return { state: 'wrong', what, found: describeError(error).message };
  }
}

export async function diskOf(env: NodeJS.ProcessEnv, sql: Sql): Promise<Finding> {
  const what = 'disk';
  try {
    await openDisk(env, { sql, clock: systemClock }).check();
    return { state: 'well', what, found: 'room enough (MIN_FREE_DISK_MB, MAX_DATABASE_GB)' };
  } catch (error) {
    return { state: 'wrong', what, found: describeError(error).message };
  }
}

/** Whether EXTRA_CA_FILE and HTTPS_PROXY can be used, and the client that uses them. */
export function wayOut(
  env: NodeJS.ProcessEnv,
  openKey: OpenKey | undefined,
): { readonly finding: Finding; readonly outbound?: Outbound } {
  const what = 'way to EHRs';
  try {
    const outbound = openOutbound(env, openKey ? { openKey } : {});
    const way = outbound.isProxied('ehr.example.org') ? 'through the proxy of HTTPS_PROXY' : 'directly';
    const trusted = env['EXTRA_CA_FILE'] ? ', also by the authorities of EXTRA_CA_FILE' : '';
    return {
      outbound,
      finding: { state: 'well', what, found: `${way}; certificates are checked${trusted}` },
    };
  } catch (error) {
    return { finding: { state: 'wrong', what, found: describeError(error).message } };
  }
}
