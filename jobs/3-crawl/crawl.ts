/**
 * Step 3 where a run asks by searches: takes one search from page to page. One page is one commit: its resources as
 * chunks of the file of their type, the place of the search, what comes next. So a crawl may take days and any number of
 * restarts, and goes on at its place.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { readConnection } from '../connection/connection.ts';
import { takeTurn } from '../connection/pace.ts';
import { openNextPage, storedNextPage } from '../connection/sealed-data.ts';
import { type SearchPage, searchPage, searchUrl } from '../fhir/search.ts';
import { readBlocklist } from '../load/blocklist.ts';
import { advanceInTx } from '../run/advance.ts';
import { checkAsking } from '../run/check-age.ts';
import { recordFileFailureInTx, SEARCH_LOST, SERVER_ERROR } from '../run/missing-parts.ts';
import { countInTx, noteInTx, notice } from '../run/notices.ts';
import { CUT_OFF } from '../run/searches.ts';
import { SyncError, syncError } from '../step/errors.ts';
import type { Handler } from '../step/handler.ts';
import { readRun } from '../step/run.ts';
import { appendLinesInTx } from './append-lines.ts';
import {
  addPatientsInTx,
  dropPatientInTx,
  forgetAskedInTx,
  noteMatchesInTx,
  tellMissingInTx,
} from './cohort.ts';
import { changedSince, mayHave, patientId } from './identity.ts';
import { claimInTx, readSearch, type Search } from './search-row.ts';
import { type Crawl, settleSearch } from './settle-search.ts';

/** More pages of one search are not plausible. */
const MOST_PAGES = 100_000;

export const crawlStep: Handler<'crawl'> = async (deps, step) => {
  const { sql, queue } = deps;
  const run = await readRun(sql, step.payload.run_id);
  let search = await readSearch(sql, step.payload.search_id);
  if (!run || !['downloading', 'processing'].includes(run.status)) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  const again = async (startAfter = 0) =>
    await step.commit((tx) => queue.sendInTx(tx, 'crawl', step.payload, { startAfter }));
  checkAsking(run, connection, deps.clock());
  while (search?.state === 'queued') {
    const crawl: Crawl = { deps, step, run, connection, search };
    try {
      await deps.disk?.check();
      const turn = await takeTurn(sql, connection, deps.clock, { ahead: run.kind === 'patient' });
      if ('againInSeconds' in turn) return await again(turn.againInSeconds);
      await sleep(turn.waitSeconds * 1000, undefined, step.stopping ? { signal: step.stopping } : {});
      const isOver = await takePage(crawl, await askForPage(crawl));
      if (isOver) return;
    } catch (error) {
      // We called it off ourselves, which does not count as a try.
      if (step.stopping?.aborted) return await again();
      if (!(error instanceof SyncError)) throw error;
      return await settleSearch(crawl, error);
    }
    search = await readSearch(sql, search.search_id);
  }
  await step.commit(async () => {});
};

async function askForPage({ deps, step, connection, search }: Crawl): Promise<SearchPage> {
  if (search.pages >= MOST_PAGES) throw syncError('search-in-circles');
  const { count } = connection.config.search;
  const url =
    search.next_url === null
      ? searchUrl(connection.fhir_base_url ?? '', search.resource_type, [
          ...search.parameters,
          ...(search.since === null ? [] : [['_lastUpdated', `ge${search.since}`] as const]),
          ['_count', String(count)],
        ])
      : await openNextPage(deps.keyring, search.search_id, search.next_url);
  const { max_line_bytes } = connection.config.limits;
  return await searchPage(connection, deps.tokens.of(connection), url, {
    ...{ outbound: deps.outbound, now: deps.clock(), signal: step.stopping },
    maxBytes: Math.max(max_line_bytes, LEAST_PAGE_BYTES),
  });
}

const LEAST_PAGE_BYTES = 1024 * 1024;

/** Commits a page; true when this job is over with it. */
async function takePage(crawl: Crawl, page: SearchPage): Promise<boolean> {
  const { deps, step, run, connection, search } = crawl;
  const { queue, clock } = deps;
  const isLast = page.next === undefined;
  const isOver = isLast || step.shouldYield();
  const next = isLast ? null : await storedNextPage(deps.keyring, search.search_id, page.next ?? '');
  await step.checkpoint(async (tx) => {
    await claimInTx(tx, search);
    await markPageInTx(tx, search, page);
    await takeResourcesInTx(tx, crawl, page);
    await tx`
      update crawl_search
      set pages = pages + 1, resources = resources + ${page.entries.length}, next_url = ${next},
        state = ${isLast ? 'done' : 'queued'}, parameters = case when ${isLast} then '[]' else parameters end
      where search_id = ${search.search_id}`;
    await tx`update crawl set requests = requests + 1 where run_id = ${run.run_id}`;
    const { limits } = connection.config;
    await advanceInTx(tx, queue, { run_id: run.run_id, limits }, clock());
    if (!isOver) return;
    const { run_id, search_id } = search;
    if (!isLast) await queue.sendInTx(tx, 'crawl', { run_id, search_id });
    await step.completeInTx(tx);
  });
  return isOver;
}

/** A page, or an address of one, that was here before leads in circles. A search of one page needs no marks. */
async function markPageInTx(
  tx: Tx,
  { search_id, pages }: Search,
  { entries, next }: SearchPage,
): Promise<void> {
  if (next === undefined && pages === 0) return;
  const content = createHash('sha256');
  for (const { bytes } of entries) content.update(bytes).update('\n');
  const marks = [
    ...(entries.length > 0 ? [content.digest('hex')] : []),
    ...(next === undefined ? [] : [createHash('sha256').update(next).digest('hex')]),
  ];
  const isNew = await tx`
    insert into crawl_page (search_id, mark) select ${search_id}, decode(m, 'hex') from unnest(${list(marks)}::text[]) as m
    on conflict do nothing returning search_id`;
  if (isNew.length < marks.length) throw syncError('search-in-circles');
  if (next === undefined) await tx`delete from crawl_page where search_id = ${search_id}`;
}

async function takeResourcesInTx(tx: Tx, crawl: Crawl, page: SearchPage): Promise<void> {
  const { deps, run, connection, search } = crawl;
  const { lines, others } = await askedForInTx(tx, search, page);
  const isLast = page.next === undefined;
  const now = deps.clock();
  if (search.purpose !== 'data') {
    const isBlocked = await readBlocklist(tx, deps.keyring, connection.connection_id);
    const found = lines.map(patientId).filter((id): id is string => id !== undefined);
    const ids = found.filter((id) => !isBlocked?.(id));
    if (search.purpose === 'identify' && ids.length < found.length) {
      return await forgetAskedInTx(tx, search, connection.connection_id, now);
    }
    if (search.purpose === 'list') await addPatientsInTx(tx, run.run_id, ids);
    else await noteMatchesInTx(tx, search, ids, isLast);
    if (isLast) await tellMissingInTx(tx, run.run_id, now);
  }
  if (search.file_id !== null) {
    await appendLinesInTx(tx, deps, { run, connection, fileId: search.file_id }, lines);
  }
  await tellIssuesInTx(tx, search, page, now);
  await tellUnchangedInTx(tx, search, lines, now);
  await tellFewerInTx(tx, crawl, page, now);
  if (others > 0)
    await countInTx(tx, run.run_id, now, notice('search-other-patient', {}, { amount: others }));
  const isNobody = search.resource_type === 'Patient' && search.n !== null && search.purpose === 'data';
  if (isNobody && isLast && search.since === null && search.resources + lines.length === 0) {
    await dropPatientInTx(tx, search);
    await tellMissingInTx(tx, run.run_id, now);
  }
}

/** Without Patients that nobody asked for: a server that does not heed a parameter sends others. */
async function askedForInTx(
  tx: Tx,
  { run_id, n, purpose, resource_type }: Search,
  { entries }: SearchPage,
): Promise<{ readonly lines: readonly Buffer[]; readonly others: number }> {
  const all = entries.map(({ bytes }) => bytes);
  if (n === null || resource_type !== 'Patient') return { lines: all, others: 0 };
  const [asked] = await tx<{ asked: string | null; patient_id: string | null }[]>`
    select asked, patient_id from crawl_patient where run_id = ${run_id} and n = ${n}`;
  const lines = all.filter((line) => {
    const id = patientId(line);
    if (id === undefined) return true;
    return purpose === 'data' ? id === asked?.patient_id : mayHave(line, asked?.asked ?? '');
  });
  return { lines, others: all.length - lines.length };
}

const GRAVE = ['error', 'fatal'];

async function tellIssuesInTx(tx: Tx, search: Search, { issues }: SearchPage, now: Date): Promise<void> {
  const { run_id, file_id, resource_type } = search;
  for (const { severity, code } of issues.filter((one) => !GRAVE.includes(one.severity))) {
    const subject = `${severity} ${code} ${resource_type}`;
    await countInTx(tx, run_id, now, notice('server-remark', {}, { subject }));
  }
  if (file_id === null) return;
  const grave = new Set(issues.filter((one) => GRAVE.includes(one.severity)).map(({ code }) => code));
  for (const code of grave) {
    await recordFileFailureInTx(tx, file_id, SERVER_ERROR, code);
  }
}

/** A server that says there are more than it gives out, and names no further page: it cuts its answers off. */
async function tellFewerInTx(
  tx: Tx,
  { search, connection }: Crawl,
  page: SearchPage,
  now: Date,
): Promise<void> {
  const { run_id, file_id, resource_type } = search;
  const missing = (page.total ?? 0) - search.resources - page.entries.length;
  if (page.next !== undefined || missing <= 0) return;
  const told = { subject: resource_type, amount: missing };
  await countInTx(tx, run_id, now, notice('search-fewer-than-total', {}, told));
  if (file_id === null || connection.config.short_files !== 'hold') return;
  await recordFileFailureInTx(tx, file_id, SEARCH_LOST, CUT_OFF);
  await tx`update crawl_search set error_code = ${CUT_OFF} where search_id = ${search.search_id}`;
}

/** A server that takes _lastUpdated and does not heed it, or cannot. */
async function tellUnchangedInTx(tx: Tx, search: Search, lines: readonly Buffer[], now: Date): Promise<void> {
  const { run_id, since, resource_type } = search;
  if (since === null || lines.every((line) => changedSince(line, since) === true)) return;
  await noteInTx(tx, run_id, now, notice('last-updated-ignored', {}, { subject: resource_type }));
}
