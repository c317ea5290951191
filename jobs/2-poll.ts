/**
 * Step 2: makes one status request and goes back to the queue for as long as the server asks, within the
 * connection's bounds. So an export may take days and any number of restarts; `next_poll_at` says when we ask again.
 * The manifest, all its pages, is stored before anything is downloaded.
 */
import type { Tx } from '../sql/connect.ts';
import { advanceInTx } from './advance.ts';
import { type Connection, readConnection } from './connection.ts';
import { giveUp } from './errors.ts';
import { sendAuthorised } from './fhir/authorised.ts';
import { type Manifest, type ManifestEntry, readStatus } from './fhir/status.ts';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from './phases.ts';
import { type Run, readRun } from './run.ts';
import type { Handler } from './step.ts';

const MAX_FILES = 1_000_000;

export const pollStep: Handler<'poll'> = async (deps, step) => {
  const { sql, clock, queue, tokens } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (run?.status !== 'exporting' || !run.status_url) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  checkAge(run, connection, clock());

  const pages: Manifest[] = [];
  let url: string | undefined = run.status_url;
  while (url) {
    const response = await sendAuthorised(connection, tokens.of(connection), url, {
      headers: { accept: 'application/json' },
    });
    const status = await readStatus(response, url, clock());
    if (status.kind === 'in-progress') {
      const seconds = pollDelay(connection, run.polls, status.retryAfterSeconds);
      const at = new Date(clock().getTime() + seconds * 1000);
      return step.commit(async (tx) => {
        const live = await tx`update run set polls = polls + 1, next_poll_at = ${at},
            export_progress = coalesce(${status.progress ?? null}, export_progress)
          where run_id = ${run.run_id} and status = 'exporting' returning run_id`;
        if (live.length > 0)
          await queue.sendInTx(tx, 'poll', { run_id: run.run_id }, { startAfter: seconds });
      });
    }
    pages.push(status.manifest);
    url = pages.some((page) => page.next === status.manifest.next && page !== status.manifest)
      ? undefined
      : status.manifest.next;
  }
  await step.commit(async (tx) => {
    const [first] = pages;
    const live = await tx`
      update run set status = 'downloading', transaction_time = ${first?.transactionTime ?? null},
        requires_token = ${first?.requiresAccessToken ?? null}, manifest_at = ${clock()}, next_poll_at = null
      where run_id = ${run.run_id} and status = 'exporting' returning run_id`;
    if (live.length === 0) return;
    await storeFilesInTx(tx, run.run_id, listFiles(pages));
    await advanceInTx(tx, queue, run.run_id, clock());
  });
};

/** The server's wish within the connection's bounds; without one, growing delays that begin short. */
export function pollDelay(
  connection: Connection,
  polls: number,
  retryAfterSeconds: number | undefined,
): number {
  const { poll_min_seconds, poll_max_seconds } = connection.config.limits;
  const wished = retryAfterSeconds ?? Math.min(1.5 ** Math.min(polls, 20), 120);
  return Math.min(poll_max_seconds, Math.max(poll_min_seconds, wished));
}

function checkAge(run: Run, connection: Connection, now: Date): void {
  const hours = (now.getTime() - (run.kick_off_started_at ?? run.created_at).getTime()) / 3_600_000;
  if (hours <= connection.config.limits.export_max_hours) return;
  throw giveUp(
    'export-too-long',
    `The server has been preparing the export for ${Math.floor(hours)} hours, longer than sync_config.limits.export_max_hours ` +
      `(${connection.config.limits.export_max_hours}). Raise the limit, or ask for fewer types at a time.`,
  );
}

export interface FileEntry {
  readonly kind: 'output' | 'deleted' | 'error';
  readonly resource_type: string | null;
  readonly phase: number;
  readonly url: string;
  readonly expected_count: number | null;
}

/** All files of all pages, each URL once, in the order in which they are wanted. */
function listFiles(pages: readonly Manifest[]): FileEntry[] {
  const files = new Map<string, FileEntry>();
  const add = (kind: FileEntry['kind'], entry: ManifestEntry, phase: number) => {
    if (files.has(entry.url)) return;
    files.set(entry.url, {
      kind,
      resource_type: kind === 'output' ? (entry.type ?? null) : null,
      phase,
      url: entry.url,
      expected_count: entry.count ?? null,
    });
  };
  for (const page of pages) {
    for (const entry of page.output) add('output', entry, phaseOf(entry.type));
    for (const entry of page.deleted) add('deleted', entry, DELETED_PHASE);
    for (const entry of page.errors) add('error', entry, ERROR_PHASE);
  }
  if (files.size > MAX_FILES) {
    throw giveUp(
      'manifest-too-large',
      `The manifest names ${files.size} files; more than ${MAX_FILES} are not plausible.`,
    );
  }
  return [...files.values()].sort((a, b) => a.phase - b.phase);
}

export async function storeFilesInTx(tx: Tx, runId: number, files: readonly FileEntry[]): Promise<void> {
  await tx`
    insert into export_file (run_id, file_no, kind, resource_type, phase, url, expected_count)
    select ${runId}, f.file_no, f.kind, f.resource_type, f.phase, f.url, f.expected_count
    from jsonb_to_recordset(${tx.json(files.map((file, index) => ({ file_no: index + 1, ...file })))})
      as f(file_no integer, kind text, resource_type text, phase smallint, url text, expected_count bigint)`;
}
