/**
 * What a manifest leaves open: entries that do not say where their file is, and a list of files that is not there. The
 * export goes on with what there is.
 */
import type { Tx } from '../../sql/connect.ts';
import type { ManifestPage } from '../fhir/manifest.ts';
import type { WithoutUrl } from '../run/manifest.ts';
import { type MissingPart, recordMissingInTx, SERVER_ERROR } from '../run/missing-parts.ts';
import { noteInTx, notice } from '../run/notices.ts';
import type { Run } from '../step/run.ts';

interface Read {
  readonly pages: readonly ManifestPage[];
  readonly withoutUrl: WithoutUrl;
}

const NO_OUTPUT = 'manifest-without-output';
const NO_URL = 'manifest-entry-without-url';

export async function recordGapsInTx(tx: Tx, run: Run, read: Read, now: Date): Promise<void> {
  const gaps = gapsOf(run, read);
  await recordMissingInTx(tx, run.run_id, gaps);
  for (const code of [NO_OUTPUT, NO_URL] as const) {
    const amount = gaps.filter(({ reason }) => reason === code).length;
    if (amount > 0) await noteInTx(tx, run.run_id, now, notice(code, {}, { amount }));
  }
}

function gapsOf(run: Run, { pages, withoutUrl }: Read): MissingPart[] {
  const gaps = withoutUrl.map(
    ({ kind, type }): MissingPart =>
      kind === 'error'
        ? { type: 'OperationOutcome', reason: SERVER_ERROR, field: 'no-url' }
        : { type, reason: NO_URL, field: kind },
  );
  // A manifest without a list says just that where nothing has changed since.
  const nothingNew = run.part === 'main' && run.since !== null;
  if (pages.some(({ hasOutput }) => !hasOutput) && !nothingNew)
    gaps.unshift({ type: null, reason: NO_OUTPUT, field: null });
  return gaps;
}
