/**
 * Files on their way from a manifest to the run: written down in small batches while the manifest is read, and made
 * files of the run by one statement, which compares them with those that are known. So a million of them need no more
 * memory than ten. What a reading leaves behind that never came to its end goes with the next.
 */
import { randomUUID } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { fileUrlOf, openText, sealText, URL_KEY, urlHash } from '../connection/sealed-data.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

export interface FileEntry {
  readonly kind: 'output' | 'deleted' | 'error' | 'members';
  readonly resource_type: string | null;
  readonly phase: number;
  readonly url: string;
  readonly expected_count: number | null;
  /** Place in its list of the manifest; null for a file on disk. */
  readonly entry_no: number | null;
}

/** Some of them may have the same URL. */
export interface StagedFiles {
  readonly reading: string;
  readonly amount: number;
}

export interface Staging {
  /** Into memory; see rest(). */
  add(file: FileEntry): void;
  /** Writes down what has come together, once it is worth it. */
  rest(): Promise<void>;
  finish(): Promise<StagedFiles>;
}

const BATCH = 2000;
/** Characters of URLs: those of one batch may be long. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** A URL, sealed where that is wanted, and what sealed URLs are compared by, in hexadecimal; null of a clear one. */
async function storedUrl(
  keyring: Keyring,
  runId: number,
  url: string,
): Promise<{ url: string; url_hash: string | null }> {
  if (!keyring.sealsData) return { url, url_hash: null };
  const url_hash = urlHash(runId, url);
  return { url: await sealText(keyring, fileUrlOf(runId, url_hash), url), url_hash };
}

/** The URL of a file as it is stored, in clear. */
export const openFileUrl = (
  keyring: Keyring,
  file: { readonly run_id: number; readonly url: string; readonly url_hash: string | null },
): Promise<string> => openText(keyring, fileUrlOf(file.run_id, file.url_hash ?? ''), file.url);

export function stageFiles(sql: Sql | Tx, keyring: Keyring, runId: number): Staging {
  const reading = randomUUID();
  let amount = 0;
  let batch: (FileEntry & { n: number })[] = [];
  let characters = 0;

  async function write(): Promise<void> {
    if (batch.length === 0) return;
    if (amount === batch.length) await clearAbandoned(sql);
    const rows = await Promise.all(
      batch.map(async (file) => ({ ...file, ...(await storedUrl(keyring, runId, file.url)) })),
    );
    await sql`
      insert into manifest_entry (run_id, reading, n, kind, resource_type, phase, url, url_hash, expected_count, entry_no)
      select ${runId}, ${reading}, f.n, f.kind, f.resource_type, f.phase, f.url, decode(f.url_hash, 'hex'), f.expected_count,
        f.entry_no
      from jsonb_to_recordset(${sql.json(rows)})
        as f(n integer, kind text, resource_type text, phase smallint, url text, url_hash text, expected_count bigint,
          entry_no integer)`;
    batch = [];
    characters = 0;
  }

  return {
    add(file) {
      batch.push({ n: amount++, ...file });
      characters += file.url.length;
    },
    async rest() {
      if (batch.length >= BATCH || characters >= BATCH_CHARACTERS) await write();
    },
    async finish() {
      await write();
      return { reading, amount };
    },
  };
}

async function clearAbandoned(sql: Sql | Tx): Promise<void> {
  await sql`delete from manifest_entry where read_at < now() - interval '1 day'`;
}

/** Lets go what was read and is not wanted. */
export async function dropStaged(sql: Sql | Tx, { reading }: StagedFiles): Promise<void> {
  await sql`delete from manifest_entry where reading = ${reading}`;
}

/**
 * Makes files of the run of those that are not known yet, and gives the new URLs to those that are. A file is known by its
 * URL, or by its place where its URL has gone from the manifest. Each URL is taken once, where it is wanted first.
 */
export async function storeFilesInTx(
  tx: Tx,
  run: { readonly run_id: number; readonly part: Run['part'] },
  staged: StagedFiles,
): Promise<void> {
  const { reading, amount } = staged;
  if (amount === 0) return;
  const [found] = await tx<{ amount: number }[]>`
    select count(*)::int as amount from manifest_entry where reading = ${reading}`;
  if (found?.amount !== amount) throw syncError('manifest-entries-lost');
  // Nothing is known yet of how many rows are there, and what is quickest for ten takes hours for a million.
  await tx`select set_config('enable_nestloop', 'off', true)`;
  await tx`
    with listed as materialized (
      select distinct on (key) * from (select *, ${tx.unsafe(URL_KEY)} as key from manifest_entry where reading = ${reading}) as m
      order by key, phase, n
    ), known as materialized (
      select file_id, kind, resource_type, ${tx.unsafe(URL_KEY)} as key, expected_count, entry_no from export_file
      where run_id = ${run.run_id} and part = ${run.part}
    ), fresh as materialized (
      select *, concat_ws(' ', kind, coalesce(entry_no, -1), coalesce(resource_type, '-'), coalesce(expected_count, -1)) as place
      from listed where not exists (select from known where known.key = listed.key)
    ), gone as materialized (
      select max(file_id) as file_id,
        concat_ws(' ', kind, coalesce(entry_no, -1), coalesce(resource_type, '-'), coalesce(expected_count, -1)) as place
      from known where not exists (select from listed where listed.key = known.key) group by place
    ), renewed as (
      update export_file f set url = fresh.url, url_hash = fresh.url_hash
      from fresh join gone using (place) where f.file_id = gone.file_id and f.state <> 'done'
    )
    insert into export_file (run_id, part, file_no, kind, resource_type, phase, url, url_hash, expected_count, entry_no)
    select ${run.run_id}, ${run.part},
      coalesce((select max(file_no) from export_file where run_id = ${run.run_id}), 0) + row_number() over (order by phase, n),
      kind, resource_type, phase, url, url_hash, expected_count, entry_no
    from fresh where not exists (select from gone where gone.place = fresh.place)`;
  await tx`select set_config('enable_nestloop', 'on', true)`;
  await dropStaged(tx, staged);
}
