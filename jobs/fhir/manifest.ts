/**
 * The manifest of an export, a page of it at a time. A page may name a million files, so it is read as a stream: its
 * entries are given away one by one, and only its head is kept.
 */
import { z } from 'zod';
import { type SyncError, syncError } from '../step/errors.ts';
import { bytesOf } from './http.ts';
import { NoObject, parse, splitter } from './split-manifest.ts';

/** What a page says beside its lists. */
export interface ManifestPage {
  /** As the server wrote it: the next _since. */
  readonly transactionTime: string;
  /** undefined where the server does not say. */
  readonly requiresAccessToken: boolean | undefined;
  /** Whether there was a list of output: without it the server may have nothing, or have lost it. */
  readonly hasOutput: boolean;
  /** Where the next page of the manifest is. */
  readonly next: string | undefined;
}

export interface ManifestEntry {
  readonly type?: string | undefined;
  readonly url?: string | undefined;
  readonly count?: number | undefined;
}

/** `error` is that of versions 1 to 3 and `outcome` of version 4. */
export type ManifestList = 'output' | 'deleted' | 'error';

export interface ManifestReader {
  /** Of all pages together; reading fails where it is used up. */
  readonly budget: { bytes: number };
  /** Takes an entry with an absolute URL; throws where there are too many. */
  take(list: ManifestList, entry: ManifestEntry): void;
  /** Called now and then: what was taken can be put away. */
  rest(): Promise<void>;
}

/** Whatever an entry is, it stands for something of the export: one without a URL is kept, so that it is told. */
const Entry = z
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
/** A list that is not there. */
const none = z.array(z.never()).nullish();

/** Fields that versions of the guide made optional, renamed or dropped are optional here; unknown ones are ignored. */
const Head = z.object({
  transactionTime: z.string().regex(/^[\x20-\x7e]{10,100}$/),
  requiresAccessToken: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
  // Required by the guide, and left out by servers that have nothing to send.
  output: none,
  deleted: none,
  error: none,
  outcome: none,
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

const LISTS: ReadonlyMap<string, ManifestList> = new Map([
  ['output', 'output'],
  ['deleted', 'deleted'],
  ['error', 'error'],
  ['outcome', 'error'],
]);
/** For all of a page, however slowly it comes. */
const TIMEOUT_MS = 30 * 60_000;

/** `url`: of the page, which relative URLs are meant by. Throws manifest-unreadable, manifest-too-large, network errors. */
export async function readManifestPage(
  response: Response,
  url: string,
  { budget, take, rest }: ManifestReader,
): Promise<ManifestPage> {
  const members = new Map<string, unknown>();
  const split = splitter(new Set(LISTS.keys()), {
    member: (key, text) => void members.set(key, parse(text)),
    element(key, text) {
      const entry = Entry.parse(parse(text));
      take(LISTS.get(key) ?? 'output', { ...entry, url: entry.url && absolute(entry.url, url) });
    },
  });
  const decoder = new TextDecoder();
  let bytes = 0;
  try {
    for await (const part of bytesOf(response, TIMEOUT_MS)) {
      bytes += part.byteLength;
      budget.bytes -= part.byteLength;
      if (budget.bytes < 0) throw syncError('manifest-too-large', { limit: LIMIT_OF_BYTES });
      split.push(decoder.decode(part, { stream: true }));
      await rest();
    }
    split.push(decoder.decode());
    split.end();
  } catch (error) {
    if (error instanceof NoObject) throw unreadable(bytes, ['the whole']);
    throw error;
  }
  const head = Head.safeParse(Object.fromEntries(members));
  // A login page or an OperationOutcome with 200 is no manifest.
  if (!head.success)
    throw unreadable(
      bytes,
      head.error.issues.slice(0, 5).map((issue) => issue.path.join('.')),
    );
  const { transactionTime, requiresAccessToken, output, link } = head.data;
  const next = link?.find(({ relation }) => relation === 'next')?.['url'];
  return {
    ...{ transactionTime, requiresAccessToken, hasOutput: Array.isArray(output) },
    next: typeof next === 'string' && URL.canParse(next, url) ? absolute(next, url) : undefined,
  };
}

/** Bytes of all pages that are plausible for so many files. */
export function manifestBudget(maxFiles: number): { bytes: number } {
  return { bytes: 1024 * 1024 + BYTES_PER_FILE * maxFiles };
}

const BYTES_PER_FILE = 4096;
const LIMIT_OF_BYTES = `${BYTES_PER_FILE} bytes for each of sync_config.limits.export_max_files`;

function absolute(text: string, url: string): string {
  return URL.canParse(text, url) ? new URL(text, url).href : text;
}

function unreadable(bytes: number, fields: readonly string[]): SyncError {
  return syncError('manifest-unreadable', { bytes, fields: fields.join(', ') });
}
