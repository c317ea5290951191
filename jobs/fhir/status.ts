/**
 * The status request of an export job: 202 in progress, 200 with the manifest, everything else read by what it
 * means for the job. Servers that were asked for it (or do it unasked) say the export's status in X-Export-Status.
 */
import { SyncError, syncError } from '../step/errors.ts';
import { readErrorBody } from './error-body.ts';
import type { ManifestPage } from './manifest.ts';
import { readRetryAfter } from './retry-after.ts';

export interface InProgress {
  readonly kind: 'in-progress';
  readonly progress: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What is done so far, where the server says (Bulk Data 3, allowPartialManifests). */
  readonly partial: ManifestPage | undefined;
}

export type ExportStatus = InProgress | { readonly kind: 'complete'; readonly page: ManifestPage };

/** `read`: of a body that is a page of the manifest. `readsPartial`: also while the export goes on. */
export async function readStatus(
  response: Response,
  now: Date,
  read: (response: Response) => Promise<ManifestPage>,
  readsPartial: boolean,
): Promise<ExportStatus> {
  const status = exportStatus(response);
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), now);
  if (status === 202) {
    const progress = progressOf(response.headers.get('x-progress'));
    const partial = readsPartial ? await read(response).catch(noPage) : await unread(response);
    return { kind: 'in-progress', progress, retryAfterSeconds, partial };
  }
  if (status === 200) return { kind: 'complete', page: await read(response) };

  const body = await readErrorBody(response);
  const { said } = body;
  const transient = body.issueCodes.some((code) =>
    ['transient', 'throttled', 'timeout', 'lock-error'].includes(code),
  );
  if (status === 429) {
    // Not a failure of the job: the polling was too quick for the server.
    return {
      ...{ kind: 'in-progress', progress: undefined, partial: undefined },
      retryAfterSeconds: retryAfterSeconds ?? 60,
    };
  }
  if (transient || [408, 502, 503, 504].includes(status) || (status >= 500 && body.issueCodes.length === 0)) {
    throw syncError(
      'export-status-unavailable',
      { status, body: body.text },
      { status, said, retryAfterSeconds },
    );
  }
  if (status >= 300 && status < 400) {
    throw syncError('export-status-redirected', { status }, { status });
  }
  if (status === 404 || status === 410) {
    throw syncError('export-gone', { status, body: body.text }, { status, said });
  }
  throw syncError('export-failed', { status, body: body.text }, { status, said });
}

/** X-Progress is free text: of it only how far the server is. */
function progressOf(header: string | null): string | undefined {
  const said = header?.slice(0, 200) ?? '';
  const percent = /(\d{1,3}(?:\.\d{1,2})?) ?%/.exec(said)?.[1];
  if (percent !== undefined) return `${percent}%`;
  const [, done, all] = /(\d{1,7}) ?(?:of|\/) ?(\d{1,7})/.exec(said) ?? [];
  if (done !== undefined) return `${done} of ${all}`;
  return header === null ? undefined : 'in progress';
}

function exportStatus(response: Response): number {
  const said = Number(response.headers.get('x-export-status'));
  return Number.isInteger(said) && said >= 200 && said < 600 ? said : response.status;
}

async function unread(response: Response): Promise<undefined> {
  await response.body?.cancel();
}

/** While the export goes on, a body that is no manifest is a remark, or nothing at all. */
function noPage(error: unknown): undefined {
  if (!(error instanceof SyncError) || error.code !== 'manifest-unreadable') throw error;
}
