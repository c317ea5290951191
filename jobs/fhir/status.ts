/**
 * The status request of an export job: 202 in progress, 200 with the manifest, everything else read by what it
 * means for the job. Servers that were asked for it (or do it unasked) say the export's status in X-Export-Status.
 */
import { z } from 'zod';
import { syncError } from '../step/errors.ts';
import { readErrorBody } from './error-body.ts';
import { readText } from './http.ts';
import { readRetryAfter } from './retry-after.ts';

/** Whatever an entry is, it stands for something of the export: one without a URL is kept, so that it is told. */
const entry = z
  .object({
    type: z
      .string()
      .regex(/^[A-Z][A-Za-z]{0,63}$/)
      .optional()
      .catch(undefined),
    url: z.string().min(1).optional().catch(undefined),
    count: z
      .union([
        z.number(),
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
      ])
      .pipe(z.int().nonnegative())
      .optional()
      .catch(undefined),
  })
  .catch({});
const entries = z
  .array(entry)
  .nullish()
  .transform((list) => list ?? []);

/** Fields that versions of the guide made optional, renamed or dropped are optional here; unknown ones are ignored. */
const Manifest = z.object({
  transactionTime: z.string().regex(/^[\x20-\x7e]{10,100}$/),
  requiresAccessToken: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
  // Required by the guide, and left out by servers that have nothing to send.
  output: z.array(entry).nullish(),
  deleted: entries,
  error: entries,
  outcome: entries,
  link: z
    .array(
      z
        .looseObject({ relation: z.string().optional().catch(undefined) })
        // A next page that cannot be found would be lost without a word.
        .refine(
          (link) => link.relation !== 'next' || (typeof link['url'] === 'string' && link['url'] !== ''),
        ),
    )
    .nullish(),
});

export interface Manifest {
  /** As the server wrote it: the next _since. */
  readonly transactionTime: string;
  /** undefined where the server does not say. */
  readonly requiresAccessToken: boolean | undefined;
  /** undefined where the server does not say: it may have nothing, or have lost it. */
  readonly output: readonly ManifestEntry[] | undefined;
  readonly deleted: readonly ManifestEntry[];
  /** `error` of versions 1 to 3 and `outcome` of version 4. */
  readonly errors: readonly ManifestEntry[];
  /** Where the next page of the manifest is. */
  readonly next: string | undefined;
}
export interface ManifestEntry {
  readonly type?: string | undefined;
  readonly url?: string | undefined;
  readonly count?: number | undefined;
}

export interface InProgress {
  readonly kind: 'in-progress';
  readonly progress: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What is done so far, where the server says (Bulk Data 3, allowPartialManifests). */
  readonly partial?: Manifest | undefined;
}

export type ExportStatus = InProgress | { readonly kind: 'complete'; readonly manifest: Manifest };

/** A million files of 250 bytes. */
const LONGEST = 256 * 1024 * 1024;

export async function readStatus(response: Response, url: string, now: Date): Promise<ExportStatus> {
  const status = exportStatus(response);
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), now);
  if (status === 202) {
    const progress = progressOf(response.headers.get('x-progress'));
    const read = Manifest.safeParse(parse(await readText(response, LONGEST)));
    const partial = read.success ? manifestOf(read.data, url) : undefined;
    return { kind: 'in-progress', progress, retryAfterSeconds, partial };
  }
  if (status === 200)
    return { kind: 'complete', manifest: readManifest(await readText(response, LONGEST), url) };

  const body = await readErrorBody(response);
  const { said } = body;
  const transient = body.issueCodes.some((code) =>
    ['transient', 'throttled', 'timeout', 'lock-error'].includes(code),
  );
  if (status === 429) {
    // Not a failure of the job: the polling was too quick for the server.
    return { kind: 'in-progress', progress: undefined, retryAfterSeconds: retryAfterSeconds ?? 60 };
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

function readManifest(text: string, url: string): Manifest {
  const read = Manifest.safeParse(parse(text));
  if (!read.success) {
    // A login page or an OperationOutcome with 200 is no manifest.
    const fields = read.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || 'the whole');
    throw syncError('manifest-unreadable', { bytes: Buffer.byteLength(text), fields: fields.join(', ') });
  }
  return manifestOf(read.data, url);
}

function manifestOf(data: z.infer<typeof Manifest>, url: string): Manifest {
  const absolute = (entry: ManifestEntry) => ({
    ...entry,
    url: entry.url && URL.canParse(entry.url, url) ? new URL(entry.url, url).href : entry.url,
  });
  const next = data.link?.find((link) => link.relation === 'next')?.['url'];
  return {
    transactionTime: data.transactionTime,
    requiresAccessToken: data.requiresAccessToken,
    output: data.output?.map(absolute),
    deleted: data.deleted.map(absolute),
    errors: [...data.error, ...data.outcome].map(absolute),
    next: typeof next === 'string' && URL.canParse(next, url) ? new URL(next, url).href : undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
