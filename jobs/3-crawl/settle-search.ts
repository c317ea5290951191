/**
 * What becomes of a search that is not answered as it should be. A crawl may be days long, and one search is no reason
 * to throw it away: it waits, begins anew, goes on without what the server refuses, or is given up and told; only what
 * concerns all of them (credentials, network, nobody found) fails the run.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { holdRequestsInTx, throttledSeconds } from '../connection/pace.ts';
import { advanceInTx } from '../run/advance.ts';
import { failRunInTx } from '../run/fail-run.ts';
import { recordFileFailureInTx, SEARCH_LOST } from '../run/missing-parts.ts';
import { countInTx, noteInTx, notice } from '../run/notices.ts';
import { noteRetryInTx } from '../run/retries.ts';
import type { Deps } from '../step/deps.ts';
import { describeError } from '../step/describe-error.ts';
import { type ErrorCode, type SyncError, syncError } from '../step/errors.ts';
import { BRIEF_ATTEMPTS, MAX_ATTEMPTS, type StepContext } from '../step/handler.ts';
import type { Run } from '../step/run.ts';
import { claimInTx, type Search } from './search-row.ts';

export interface Crawl {
  readonly deps: Deps;
  readonly step: StepContext<'crawl'>;
  readonly run: Run;
  readonly connection: Connection;
  readonly search: Search;
}

const MAX_RESTARTS = 3;
const PAUSE_SECONDS = 5;
/** Of pages that lead nowhere: from the first page on it may be better. */
const MISLED: readonly string[] = [
  ...['search-next-foreign', 'search-next-invalid', 'search-in-circles', 'search-expired'],
  ...['named-url-invalid', 'named-url-not-http', 'named-url-insecure'],
];
/** By which servers say that they do not search so, or not this type. */
const REFUSED = [400, 403, 404, 405, 406, 422, 501];

/** Of these, the ones that may be about a parameter. */
const PARAMETER_REFUSED = [400, 406, 422, 501];

export async function settleSearch(crawl: Crawl, error: SyncError): Promise<void> {
  const { search, step } = crawl;
  const { status = 0 } = error;
  if (error.code === 'search-throttled') return await waitForServer(crawl, error);
  // The result that the pages were of has expired.
  const expired =
    error.code === 'search-refused' && search.next_url !== null && [400, 404, 410].includes(status);
  const misled = expired || MISLED.includes(error.code);
  if (misled && search.restarts < MAX_RESTARTS) return await beginAnew(crawl, error);
  const refused = error.code === 'search-refused' && REFUSED.includes(status);
  if (refused && search.since !== null && PARAMETER_REFUSED.includes(status))
    return await withoutSince(crawl);
  if (refused && search.purpose !== 'data') {
    const { code, message } = error;
    crawl.deps.log.warn({ run_id: search.run_id, code }, message);
    throw syncError(
      'patients-not-listed',
      { status, body: 'see the log' },
      { status, said: error.saidByServer() },
    );
  }
  if (refused && (await isAboutType(crawl))) return await withoutType(crawl, error);
  const attempt = (step.payload.attempt ?? 0) + 1;
  const ofSearch =
    misled || (error.code.startsWith('search-') && status !== 401 && !(status >= 300 && status < 400));
  const most =
    error.sort === 'give-up' || misled ? 1 : error.sort === 'retry' ? MAX_ATTEMPTS : BRIEF_ATTEMPTS;
  if (!ofSearch || attempt < most || search.purpose !== 'data') throw error;
  await giveUp(crawl, error);
}

/** 429 is no fault of the search, and nobody else should ask meanwhile: it goes on at its place, as often as it takes. */
async function waitForServer({ deps, step, connection, search }: Crawl, error: SyncError): Promise<void> {
  const seconds = throttledSeconds(connection, error.retryAfterSeconds);
  const until = new Date(deps.clock().getTime() + seconds * 1000);
  await step.commit(async (tx) => {
    await holdRequestsInTx(tx, connection.connection_id, until);
    await tx`update crawl set throttled = throttled + 1 where run_id = ${search.run_id}`;
    const { run_id, search_id } = search;
    const retry = { step: 'crawl', attempt: 1, error, failed_at: deps.clock(), seconds };
    await noteRetryInTx(tx, step.payload, retry);
    await deps.queue.sendInTx(tx, 'crawl', { run_id, search_id }, { startAfter: seconds });
  });
}

/** What came before stays: its lines come again, and are recognised. */
async function beginAnew({ deps, step, search }: Crawl, error: SyncError): Promise<void> {
  const { run_id, search_id } = search;
  deps.log.warn({ step: 'crawl', run_id, search_id, code: error.code }, error.message);
  await step.commit(async (tx) => {
    await claimInTx(tx, search);
    await fromFirstPageInTx(tx, search_id);
    await tx`update crawl_search set restarts = restarts + 1 where search_id = ${search_id}`;
    await deps.queue.sendInTx(tx, 'crawl', { run_id, search_id }, { startAfter: PAUSE_SECONDS });
  });
}

async function fromFirstPageInTx(tx: Tx, searchId: number): Promise<void> {
  await tx`update crawl_search set next_url = null, pages = 0 where search_id = ${searchId}`;
  await tx`delete from crawl_page where search_id = ${searchId}`;
}

/** The server does not take _lastUpdated for this type: everything is asked for. */
async function withoutSince({ deps, step, search }: Crawl): Promise<void> {
  const { run_id, search_id, resource_type } = search;
  await step.commit(async (tx) => {
    await claimInTx(tx, search);
    await tx`
      update crawl_search set since = null
      where run_id = ${run_id} and resource_type = ${resource_type} and (state = 'pending' or search_id = ${search_id})`;
    await noteInTx(tx, run_id, deps.clock(), notice('last-updated-refused', {}, { subject: resource_type }));
    await deps.queue.sendInTx(tx, 'crawl', { run_id, search_id });
  });
}

/** One patient may be nobody's to see; a type that is refused for so many, and given for none, is refused as such. */
const REFUSED_FOR = 3;
const REFUSED_CODE = 'search-refused' satisfies ErrorCode;

async function isAboutType({ deps, search }: Crawl): Promise<boolean> {
  const [found] = await deps.sql<{ answered: boolean; refused: number; patients: number }[]>`
    select coalesce(bool_or(state = 'done' or pages > 0), false) as answered,
      count(distinct n) filter (
        where state = 'failed' and error_code = ${REFUSED_CODE} or search_id = ${search.search_id}
      )::int as refused,
      count(distinct n)::int as patients
    from crawl_search
    where run_id = ${search.run_id} and resource_type = ${search.resource_type} and purpose = 'data'`;
  return found !== undefined && !found.answered && found.refused >= Math.min(REFUSED_FOR, found.patients);
}

/** A type that the connection names was meant: its absence is a failure. One of the usual ones is not there, and told. */
async function withoutType({ deps, step, connection, search }: Crawl, error: SyncError): Promise<void> {
  const { run_id, search_id, resource_type } = search;
  const { status = 0 } = error;
  const now = deps.clock();
  const isNamed = connection.export_resource_types.includes(resource_type);
  await step.commit(async (tx) => {
    await claimInTx(tx, search);
    const refused = await tx`
      update crawl_search set state = 'refused', error_code = ${error.code}
      where run_id = ${run_id} and resource_type = ${resource_type}
        and (state = 'pending' or search_id = ${search_id} or state = 'failed' and error_code = ${error.code})
      returning search_id`;
    await takeBackLostInTx(tx, search, error.code);
    // Searches that were under way at once are refused one by one.
    const [before] = await tx`
      select from run_notice
      where run_id = ${run_id} and code = 'search-type-refused' and subject = ${resource_type}`;
    const told = { subject: resource_type, amount: refused.length };
    await countInTx(tx, run_id, now, notice('search-type-refused', { status }, told));
    if (isNamed && !before) await recordLostInTx(tx, search, error.code);
    await advanceInTx(tx, deps.queue, { run_id, limits: connection.config.limits }, now);
  });
}

async function giveUp({ deps, step, connection, search }: Crawl, error: SyncError): Promise<void> {
  const { run_id, search_id } = search;
  const now = deps.clock();
  deps.log.error({ step: 'crawl', run_id, search_id, code: error.code }, error.message);
  await step.commit(async (tx) => {
    await claimInTx(tx, search);
    await fromFirstPageInTx(tx, search_id);
    await tx`
      update crawl_search set state = 'failed', error_code = ${error.code} where search_id = ${search_id}`;
    const [other] = await tx`
      select from crawl_search where run_id = ${run_id} and state in ('done', 'pending', 'queued') limit 1`;
    if (!other) return failRunInTx(tx, deps, run_id, 'crawl', describeError(error));
    await recordLostInTx(tx, search, error.code);
    await countInTx(tx, run_id, now, notice('search-lost'));
    await advanceInTx(tx, deps.queue, { run_id, limits: connection.config.limits }, now);
  });
}

/** What was told of single searches before it was known that the type is refused. */
async function takeBackLostInTx(tx: Tx, { run_id, file_id }: Search, code: string): Promise<void> {
  const told = await tx`
    delete from failure f using chunk c
    where c.chunk_id = f.chunk_id and c.file_id = ${file_id} and f.run_id = ${run_id} and f.reason = ${SEARCH_LOST}
      and f.field = ${code}
    returning 1`;
  await tx`
    update run_notice set amount = amount - ${told.length} where run_id = ${run_id} and code = 'search-lost'`;
  await tx`delete from run_notice where run_id = ${run_id} and code = 'search-lost' and amount <= 0`;
}

async function recordLostInTx(tx: Tx, { file_id }: Search, code: string): Promise<void> {
  if (file_id !== null) await recordFileFailureInTx(tx, file_id, SEARCH_LOST, code);
}
