/** An export from kick-off to deletion: its files, how often it answers "not yet", and its manifest. */

import type { Resource } from '../../jobs/map/types.ts';
import { lineOf, selects } from './export-filter.ts';
import type { ExportRequest } from './export-request.ts';
import type { Entry, Store } from './store.ts';

export interface ExportFile {
  readonly name: string;
  readonly type: string;
  readonly count: number | undefined;
  /** Of one whose text is made while it is read: its length, where that is known, so that it has ranges. */
  readonly bytes?: number;
  lines(): Iterable<string>;
  /** Raised when the content is changed underneath its readers. */
  version: number;
}

export interface ExportJob {
  readonly id: string;
  readonly client: string;
  readonly request: string;
  readonly transactionTime: string;
  readonly output: readonly ExportFile[];
  readonly deleted: readonly ExportFile[];
  readonly error: readonly ExportFile[];
  /** The client takes manifests of what is done so far. */
  readonly partial: boolean;
  /** How many more times the status is 202. */
  polls: number;
  asked: number;
}

interface NewJob {
  readonly id: string;
  readonly client: string;
  readonly url: string;
  readonly request: ExportRequest;
  readonly types: readonly string[];
  readonly patients: ReadonlySet<string> | undefined;
  readonly polls: number;
  readonly maxPerFile: number;
  readonly errors: readonly unknown[];
  /** Files made while they are read, of a population too big to be stored. */
  readonly generated: readonly ExportFile[];
}

export function createJob(store: Store, options: NewJob): ExportJob {
  const { request, patients } = options;
  const transactionTime = new Date(store.transactionTime()).toISOString();
  const output: ExportFile[] = [...options.generated];
  const gone: Entry[] = [];
  for (const type of options.types) {
    const found: Entry[] = [];
    for (const entry of store.entries(type)) {
      if (selects(request, patients, entry)) (entry.deleted ? gone : found).push(entry);
    }
    for (const part of parts(found, options.maxPerFile)) {
      output.push(
        file(`${output.length + 1}.${type}.ndjson`, type, part.length, () =>
          map(part, (entry) => lineOf(request, entry)),
        ),
      );
    }
  }
  // Deletions are told relative to _since only (Bulk Data, output manifest, `deleted`).
  const bundles = request.since === undefined ? [] : [...parts(gone, 100)].map(deletionBundle);
  const deleted = [...parts(bundles, options.maxPerFile)].map((part, n) =>
    file(`deleted-${n + 1}.Bundle.ndjson`, 'Bundle', part.length, () =>
      map(part, (bundle) => `${JSON.stringify(bundle)}\n`),
    ),
  );
  const { errors } = options;
  const error =
    errors.length === 0
      ? []
      : [
          file('error.OperationOutcome.ndjson', 'OperationOutcome', errors.length, () =>
            map(errors, (e) => `${JSON.stringify(e)}\n`),
          ),
        ];
  return {
    id: options.id,
    client: options.client,
    partial: request.allowPartial,
    request: options.url,
    transactionTime,
    output,
    deleted,
    error,
    polls: options.polls,
    asked: 0,
  };
}

/** One page of the manifest; `page` counts from 1. `url` makes the address of a file, `next` that of a page. */
export function manifestPage(
  job: ExportJob,
  page: number,
  pageSize: number | undefined,
  address: { readonly file: (name: string) => string; readonly page: (n: number) => string },
): Record<string, unknown> {
  const size = pageSize ?? Math.max(1, job.output.length);
  const entry = ({ type, name, count }: ExportFile) => ({
    type,
    url: address.file(name),
    ...(count === undefined ? {} : { count }),
  });
  const last = page * size >= job.output.length;
  return {
    transactionTime: job.transactionTime,
    request: job.request,
    requiresAccessToken: true,
    output: job.output.slice((page - 1) * size, page * size).map(entry),
    deleted: page === 1 ? job.deleted.map(entry) : [],
    error: page === 1 ? job.error.map(entry) : [],
    ...(last ? {} : { link: [{ relation: 'next', url: address.page(page + 1) }] }),
  };
}

/** Version 4 of the guide renamed `error` and dropped `request`. */
export function inVersion(version: number, manifest: Record<string, unknown>): Record<string, unknown> {
  if (version < 4) return manifest;
  const { error, request: _, ...others } = manifest;
  return { manifestType: 'complete', outputFormat: 'application/fhir+ndjson', ...others, outcome: error };
}

export function findFile(job: ExportJob, name: string): ExportFile | undefined {
  return [...job.output, ...job.deleted, ...job.error].find((candidate) => candidate.name === name);
}

export function file(
  name: string,
  type: string,
  count: number | undefined,
  lines: () => Iterable<string>,
): ExportFile {
  return { name, type, count, lines, version: 1 };
}

function deletionBundle(entries: readonly Entry[]): Resource {
  return {
    resourceType: 'Bundle',
    id: `deleted-${entries[0]?.id}`,
    type: 'transaction',
    entry: entries.map(({ type, id }) => ({ request: { method: 'DELETE', url: `${type}/${id}` } })),
  };
}

function* parts<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function* map<A, B>(items: Iterable<A>, change: (item: A) => B): Generator<B> {
  for (const item of items) yield change(item);
}
