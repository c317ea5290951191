/** Follows a pass of the Data Quality Dashboard's checks until it ends, through the API's client. */
import { setTimeout as wait } from 'node:timers/promises';
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import { watched } from './follow.ts';
import type { Session } from './session.ts';
import { say, sayJson } from './terminal.ts';
import { LINE_EVERY_MS, type Watching } from './watch.ts';

type Pass = Schemas['DqdPass'];

/** Whether the pass has results now. */
export async function followPass(
  session: Session,
  dqd_run_id: number,
  { json }: { readonly json?: boolean | undefined },
): Promise<boolean> {
  const pass = await watched(session, { again: `dqd watch ${dqd_run_id}`, json }, (watching) =>
    watchPass(session.api, dqd_run_id, watching),
  );
  if (pass === undefined) return false;
  if (json) sayJson(pass);
  else tell(pass);
  return pass.state === 'ended';
}

async function watchPass(
  api: ApiClient,
  pass: number,
  { out, signal, isElsewhere }: Required<Watching>,
): Promise<Pass> {
  let shown = '';
  let written = Number.NEGATIVE_INFINITY;
  for (;;) {
    const found = must(
      await api.GET('/api/v1/admin/quality/dqd/passes/{pass}', { params: { path: { pass } } }),
    );
    const line = `pass ${pass} · ${found.state} · ${found.tables_done} of ${found.tables} tables`;
    if (out.isTTY) out.write(`\r\x1b[2K${line}`);
    else if (found.state !== shown || performance.now() - written > LINE_EVERY_MS) {
      out.write(`${line}\n`);
      written = performance.now();
    }
    shown = found.state;
    if (found.ended_at !== null) {
      if (out.isTTY) out.write('\n');
      return found;
    }
    await wait(isElsewhere ? 1000 : 300, undefined, { signal });
  }
}

function tell({ dqd_run_id, state, counts, error }: Pass): void {
  if (counts === null) {
    say(
      `Pass ${dqd_run_id}: ${state}${error ? ` (${error.code}): ${error.message}` : ''}. It has no results.`,
    );
    return;
  }
  const { passed, failed, not_applicable, began_to_fail, mended } = counts;
  say(
    `Pass ${dqd_run_id}: ${passed} checks pass, ${failed} fail, ${not_applicable} do not apply. ` +
      `${began_to_fail.length} began to fail, ${mended.length} were mended.`,
  );
}
