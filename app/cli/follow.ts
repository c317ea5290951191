/**
 * Follows what was started until it ends. Over the database here this process works on it, too; on a server its workers
 * do. Ctrl-C leaves: what is under way is handed on, and said how to see it again.
 */
import type { Workers } from '../../jobs/workers.ts';
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import type { Local } from './local.ts';
import { report } from './report.ts';
import type { Session } from './session.ts';
import { complain, say, sayJson } from './terminal.ts';
import { PROGRAM } from './verb.ts';
import { type Watching, watchRun } from './watch.ts';

interface Started {
  readonly connection_id: number;
  readonly run_id: number;
}

interface Wanted {
  readonly site: string;
  readonly watch?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Whether the run was completed, or was started where nobody watches it. `started` is what the API answered. */
export async function follow(session: Session, started: Started, wanted: Wanted): Promise<boolean> {
  const { watch, json } = wanted;
  if (!watch) {
    if (json) sayJson(started);
    else say(await whoWorks(session.api, `watch ${wanted.site}`));
    return true;
  }
  const finished = await watched(session, { again: `watch ${wanted.site}`, json }, (watching) =>
    watchRun(session.api, started, watching),
  );
  if (finished === undefined) return false;
  if (json) sayJson(finished);
  else await report(session.api, finished);
  return finished.status === 'completed';
}

interface Seen {
  /** The words of the command that shows it again. */
  readonly again: string;
  readonly json?: boolean | undefined;
}

/** Undefined when it was left by a signal. */
export async function watched<T>(
  { api, local }: Session,
  { again, json }: Seen,
  watch: (watching: Required<Watching>) => Promise<T>,
): Promise<T | undefined> {
  const leaving = leaveBySignal();
  const watching = {
    ...{ signal: leaving.signal, isElsewhere: local === undefined },
    out: json ? process.stderr : process.stdout,
  };
  try {
    const workers = local && (await work(local));
    try {
      return await watch(watching);
    } finally {
      await workers?.stop();
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    complain(`\nLeft. ${await goesOn(api)} See it again with: ${PROGRAM} ${again}`);
    process.exitCode = leaving.exitCode();
    return undefined;
  } finally {
    leaving.end();
  }
}

/** Workers are loaded only by commands that need them. */
async function work({ engine }: Local): Promise<Workers> {
  const { startWorkers } = await import('../../jobs/workers.ts');
  return await startWorkers(engine.deps, engine);
}

/** The first signal leaves in order. npm hands on a second one at once, so only a late one ends it as it is. */
function leaveBySignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let first: NodeJS.Signals = 'SIGINT';
  let at = 0;
  const leave = (name: NodeJS.Signals): void => {
    if (signal.aborted && performance.now() - at > 1000) process.exit(CODES[name] ?? 130);
    if (signal.aborted) return;
    [first, at] = [name, performance.now()];
    complain('\nLeaving: what is under way ends or is handed on. Again to go at once.');
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, leave);
  return {
    signal,
    exitCode: () => CODES[first] ?? 130,
    end: () => {
      for (const name of names) process.off(name, leave);
    },
  };
}

const CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

async function goesOn(api: ApiClient): Promise<string> {
  const { running } = await workersOf(api);
  return running
    ? 'What was started goes on with the workers that there are.'
    : 'What was started goes on as soon as a worker runs (npm start, or npm run work); nothing of it is lost.';
}

async function workersOf(api: ApiClient): Promise<Schemas['Dashboard']['workers']> {
  return must(await api.GET('/api/v1/admin/fhir-sync/dashboard', {})).workers;
}

/** Who takes up what was started, and how to follow it. */
export async function whoWorks(api: ApiClient, again = 'status'): Promise<string> {
  const { running } = await workersOf(api);
  const who = running
    ? 'A worker takes it up.'
    : 'It waits for a worker, and none runs: npm start, or npm run work.';
  return `${who} Follow it with: ${PROGRAM} ${again}`;
}
