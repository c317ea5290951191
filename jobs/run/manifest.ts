/**
 * The manifest of an export, all its pages, and the files that it names. It may be partial (Bulk Data 3: status 202
 * with a body; what it lists is final and more will come), and it may be read again later, when a server has renewed
 * the URLs of its files: an entry is then known by its URL, else by its place.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { sendAuthorised } from '../fhir/authorised.ts';
import { namedUrl } from '../fhir/named-url.ts';
import { type InProgress, type Manifest, type ManifestEntry, readStatus } from '../fhir/status.ts';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from '../load/phases.ts';
import type { Deps } from '../step/deps.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

const MAX_PAGES = 10_000;
const STATUS = 'The status of the export';

export interface Answer {
  /** All pages of a complete manifest, or what there is of a partial one. */
  readonly pages: readonly Manifest[];
  /** Set while the export is not complete. */
  readonly waiting: InProgress | undefined;
}

/** One request of the status, and one for each further page of the manifest. */
export async function askForManifest(deps: Deps, connection: Connection, statusUrl: string): Promise<Answer> {
  const pages: Manifest[] = [];
  const asked = new Set<string>();
  let waiting: InProgress | undefined;
  let url: string | undefined = statusUrl;
  while (url && !asked.has(url)) {
    asked.add(url);
    if (asked.size > MAX_PAGES) {
      throw syncError('manifest-too-large', { limit: `${MAX_PAGES} pages` });
    }
    const what = asked.size === 1 ? STATUS : 'The next page of the manifest';
    const { response, from } = await askFollowing(deps, connection, url, what);
    const status = await readStatus(response, from, deps.clock());
    if (status.kind === 'in-progress') waiting = status;
    const page: Manifest | undefined = status.kind === 'complete' ? status.manifest : status.partial;
    if (page) pages.push(page);
    url = page?.next;
  }
  return { waiting, pages: waiting && !connection.config.allow_partial_manifests ? [] : pages };
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
    return sendAuthorised(connection, deps.tokens.of(connection), at, { headers }, { outbound: deps.outbound, what: named });
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
export function earliest(pages: readonly Manifest[]): Manifest | undefined {
  return [...pages].sort((a, b) => time(a) - time(b))[0];
}

const time = ({ transactionTime }: Manifest) => Date.parse(transactionTime) || 0;

export interface FileEntry {
  readonly kind: 'output' | 'deleted' | 'error' | 'members';
  readonly resource_type: string | null;
  readonly phase: number;
  readonly url: string;
  readonly expected_count: number | null;
  /** Place in its list of the manifest; null for a file on disk. */
  readonly entry_no: number | null;
}

export interface Listed {
  readonly files: readonly FileEntry[];
  /** Entries that stand for something, and do not say where it is. */
  readonly withoutUrl: readonly { readonly kind: FileEntry['kind']; readonly type: string | null }[];
}

const PLACES = {
  output: 'Output',
  members: 'Output',
  deleted: 'Deletion file',
  error: 'Error file',
} as const;

/** All files of all pages, each URL once, in the order in which they are wanted. */
export function listFiles(
  pages: readonly Manifest[],
  part: Run['part'],
  connection: Pick<Connection, 'fhir_base_url' | 'config'>,
): Listed {
  const files = new Map<string, FileEntry>();
  const withoutUrl: { kind: FileEntry['kind']; type: string | null }[] = [];
  const add = (
    kind: FileEntry['kind'],
    list: readonly ManifestEntry[],
    phase: (e: ManifestEntry) => number,
  ) => {
    for (const [index, entry] of list.entries()) {
      const { type = null, count = null } = entry;
      if (entry.url === undefined) {
        if (count !== 0) withoutUrl.push({ kind, type });
        continue;
      }
      const what = `${PLACES[kind]} ${index + 1} of the manifest${type === null ? '' : ` (${type})`}`;
      const url = namedUrl(connection, entry.url, what).href;
      if (files.has(url)) continue;
      const resource_type = kind === 'output' ? type : null;
      files.set(url, {
        ...{ kind, resource_type, phase: phase(entry), url },
        ...{ expected_count: count, entry_no: index },
      });
    }
  };
  const output = pages.flatMap((page) => page.output ?? []);
  // A server that ignores _type sends everything: of all that only the Patients are read.
  if (part === 'members')
    add(
      'members',
      output.filter(({ type }) => type === undefined || type === 'Patient'),
      () => 0,
    );
  else add('output', output, ({ type }) => phaseOf(type));
  if (part === 'main')
    add(
      'deleted',
      pages.flatMap((page) => page.deleted),
      () => DELETED_PHASE,
    );
  add(
    'error',
    pages.flatMap((page) => page.errors),
    () => ERROR_PHASE,
  );
  if (output.some(({ count }) => count !== 0) && output.every(({ url }) => url === undefined)) {
    throw syncError('manifest-without-urls', { files: output.length });
  }
  const maxFiles = connection.config.limits.export_max_files;
  if (files.size > maxFiles) {
    throw syncError('manifest-too-large', {
      limit: `sync_config.limits.export_max_files (${maxFiles}) files: ${files.size}`,
    });
  }
  return { files: [...files.values()].sort((a, b) => a.phase - b.phase), withoutUrl };
}

/** Stores the files that are not known yet, and the new URLs of those that are; says how many are new. */
export async function storeFilesInTx(
  tx: Tx,
  run: { readonly run_id: number; readonly part: Run['part'] },
  files: readonly FileEntry[],
): Promise<number> {
  const known = await tx<Known[]>`
    select file_id, kind, resource_type, url, expected_count, entry_no, state from export_file
    where run_id = ${run.run_id} and part = ${run.part}`;
  const { fresh, renewed } = compare(known, files);
  await tx`
    update export_file f set url = n.url
    from jsonb_to_recordset(${tx.json(renewed)}) as n(file_id bigint, url text)
    where f.file_id = n.file_id and f.state <> 'done'`;
  await tx`
    insert into export_file (run_id, part, file_no, kind, resource_type, phase, url, expected_count, entry_no)
    select ${run.run_id}, ${run.part}, coalesce((select max(file_no) from export_file where run_id = ${run.run_id}), 0) + f.n,
      f.kind, f.resource_type, f.phase, f.url, f.expected_count, f.entry_no
    from jsonb_to_recordset(${tx.json(fresh.map((file, index) => ({ n: index + 1, ...file })))})
      as f(n integer, kind text, resource_type text, phase smallint, url text, expected_count bigint, entry_no integer)`;
  return fresh.length;
}

interface Known extends Omit<FileEntry, 'phase'> {
  readonly file_id: number;
  readonly state: string;
}

function compare(known: readonly Known[], files: readonly FileEntry[]) {
  const urls = new Set(known.map((one) => one.url));
  const listed = new Set(files.map((one) => one.url));
  // Found by place only where the URL has gone from the manifest.
  const places = new Map(known.filter((one) => !listed.has(one.url)).map((one) => [placeOf(one), one]));
  const fresh: FileEntry[] = [];
  const renewed: { file_id: number; url: string }[] = [];
  for (const file of files) {
    if (urls.has(file.url)) continue;
    const before = places.get(placeOf(file));
    if (before) renewed.push({ file_id: before.file_id, url: file.url });
    else fresh.push(file);
  }
  return { fresh, renewed };
}

const placeOf = (file: Omit<FileEntry, 'phase'>) =>
  [file.kind, file.entry_no, file.resource_type, file.expected_count].join(' ');
