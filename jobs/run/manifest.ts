/**
 * The manifest of an export, all its pages, and the files that it names. It may be partial (Bulk Data 3: status 202
 * with a body; what it lists is final and more will come), and it may be read again later, when a server has renewed
 * the URLs of its files: an entry is then known by its URL, else by its place.
 */
import type { Connection } from '../connection/connection.ts';
import { openStatusUrl } from '../connection/sealed-data.ts';
import { sendAuthorised } from '../fhir/authorised.ts';
import {
  type ManifestEntry,
  type ManifestList,
  type ManifestPage,
  manifestBudget,
  readManifestPage,
} from '../fhir/manifest.ts';
import { namedUrl } from '../fhir/named-url.ts';
import { type InProgress, readStatus } from '../fhir/status.ts';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from '../load/phases.ts';
import type { Deps } from '../step/deps.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';
import { dropStaged, type FileEntry, type StagedFiles, stageFiles } from './staged-files.ts';

const MAX_PAGES = 10_000;
const STATUS = 'The status of the export';

/** Entries that stand for something, and do not say where it is. */
export type WithoutUrl = readonly { readonly kind: FileEntry['kind']; readonly type: string | null }[];

export interface Answer {
  /** All pages of a complete manifest, or what there is of a partial one. */
  readonly pages: readonly ManifestPage[];
  /** The files of these pages, to be stored or let go. */
  readonly files: StagedFiles;
  readonly counts: Readonly<Record<FileEntry['kind'], number>>;
  readonly withoutUrl: WithoutUrl;
  /** Set while the export is not complete. */
  readonly waiting: InProgress | undefined;
}

/** One request of the status, and one for each further page of the manifest. */
export async function askForManifest(
  deps: Deps,
  connection: Connection,
  run: Pick<Run, 'run_id' | 'part'>,
  /** As it is stored. */
  statusUrl: string,
): Promise<Answer> {
  const { allow_partial_manifests, limits } = connection.config;
  const staging = stageFiles(deps.sql, deps.keyring, run.run_id);
  const listing = listFiles(run.part, connection, (file) => staging.add(file));
  const reader = { budget: manifestBudget(limits.export_max_files), take: listing.take, rest: staging.rest };
  const pages: ManifestPage[] = [];
  const asked = new Set<string>();
  let waiting: InProgress | undefined;
  let url: string | undefined = await openStatusUrl(deps.keyring, run.run_id, statusUrl);
  try {
    while (url && !asked.has(url)) {
      asked.add(url);
      if (asked.size > MAX_PAGES) throw syncError('manifest-too-large', { limit: `${MAX_PAGES} pages` });
      const what = asked.size === 1 ? STATUS : 'The next page of the manifest';
      const { response, from } = await askFollowing(deps, connection, url, what);
      const read = (page: Response) => readManifestPage(page, from, reader);
      const status = await readStatus(response, deps.clock(), read, allow_partial_manifests);
      if (status.kind === 'in-progress') waiting = status;
      const page: ManifestPage | undefined = status.kind === 'complete' ? status.page : status.partial;
      if (page) pages.push(page);
      url = page?.next;
    }
    const files = await staging.finish();
    const { counts, withoutUrl } = listing.end();
    if (pages.length > 0) return { waiting, pages, files, counts, withoutUrl };
    await dropStaged(deps.sql, files);
    return { waiting, pages: [], files: { ...files, amount: 0 }, counts: { ...NO_FILES }, withoutUrl: [] };
  } catch (error) {
    await dropStaged(deps.sql, await staging.finish());
    throw error;
  }
}

/**
 * Follows one redirect. A 303 says that the export is complete and its manifest elsewhere (RFC 9110 section 15.4.4);
 * with others a server moves its status.
 */
async function askFollowing(
  deps: Deps,
  connection: Connection,
  url: string,
  what: string,
): Promise<{ readonly response: Response; readonly from: string }> {
  const ask = (at: string, named: string) => {
    const headers = { accept: 'application/json' };
    return sendAuthorised(
      connection,
      deps.tokens.of(connection),
      at,
      { headers },
      { outbound: deps.outbound, what: named },
    );
  };
  const response = await ask(url, what);
  const { status, headers } = response;
  const location = headers.get('location');
  if (status < 300 || status > 399 || !location) return { response, from: url };
  await response.body?.cancel();
  const from = URL.canParse(location, url) ? new URL(location, url).href : location;
  return {
    response: await ask(from, status === 303 ? 'The export is complete, but its manifest' : what),
    from,
  };
}

/** The page whose transactionTime is the earliest: all should have the same, and the earliest loses nothing. */
export function earliest(pages: readonly ManifestPage[]): ManifestPage | undefined {
  return [...pages].sort((a, b) => time(a) - time(b))[0];
}

const time = ({ transactionTime }: ManifestPage) => Date.parse(transactionTime) || 0;

const NO_FILES = { output: 0, members: 0, deleted: 0, error: 0 } satisfies Record<FileEntry['kind'], number>;

const PLACES = {
  output: 'Output',
  members: 'Output',
  deleted: 'Deletion file',
  error: 'Error file',
} as const;

/** Makes files of entries, page after page, and keeps account of them. */
function listFiles(part: Run['part'], connection: Connection, add: (file: FileEntry) => void) {
  const maxFiles = connection.config.limits.export_max_files;
  const counts = { ...NO_FILES };
  const places = { ...NO_FILES };
  const withoutUrl: { kind: FileEntry['kind']; type: string | null }[] = [];
  const output = { amount: 0, hasContent: false, hasUrl: false };
  let amount = 0;

  function take(list: ManifestList, entry: ManifestEntry): void {
    if (++amount > maxFiles)
      throw syncError('manifest-too-large', {
        limit: `sync_config.limits.export_max_files (${maxFiles}) files`,
      });
    const { type = null, count = null, url } = entry;
    if (list === 'output') {
      output.amount++;
      output.hasContent ||= count !== 0;
      output.hasUrl ||= url !== undefined;
    }
    const kind = kindOf(list, type, part);
    if (!kind) return;
    const index = places[kind]++;
    if (url === undefined) {
      if (count !== 0) withoutUrl.push({ kind, type });
      return;
    }
    const what = `${PLACES[kind]} ${index + 1} of the manifest${type === null ? '' : ` (${type})`}`;
    counts[kind]++;
    add({
      ...{ kind, resource_type: kind === 'output' ? type : null, phase: phaseIn(kind, type) },
      ...{ url: namedUrl(connection, url, what).href, expected_count: count, entry_no: index },
    });
  }

  return {
    take,
    end() {
      const { hasContent, hasUrl } = output;
      if (hasContent && !hasUrl) throw syncError('manifest-without-urls', { files: output.amount });
      const order = Object.keys(counts);
      withoutUrl.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
      return { counts, withoutUrl };
    },
  };
}

/** undefined for what is not wanted. A server that ignores _type sends all for the members: only Patients are read. */
function kindOf(list: ManifestList, type: string | null, part: Run['part']): FileEntry['kind'] | undefined {
  if (list === 'error') return 'error';
  if (list === 'deleted') return part === 'main' ? 'deleted' : undefined;
  if (part !== 'members') return 'output';
  return type === null || type === 'Patient' ? 'members' : undefined;
}

function phaseIn(kind: FileEntry['kind'], type: string | null): number {
  if (kind === 'deleted') return DELETED_PHASE;
  if (kind === 'error') return ERROR_PHASE;
  return kind === 'members' ? 0 : phaseOf(type);
}
