/** A search of a run as it is asked page by page: how far it is, and that only one worker takes it further. */
import type { Sql, Tx } from '../../sql/connect.ts';

export interface Search {
  readonly search_id: number;
  readonly run_id: number;
  /** null where what comes is looked at and not stored. */
  readonly file_id: number | null;
  readonly purpose: 'data' | 'identify' | 'list';
  readonly resource_type: string;
  /** The patient of the cohort that it is about. */
  readonly n: number | null;
  readonly parameters: [string, string][];
  readonly since: string | null;
  readonly state: string;
  readonly next_url: string | null;
  readonly pages: number;
  readonly resources: number;
  readonly restarts: number;
}

export async function readSearch(sql: Sql, searchId: number): Promise<Search | undefined> {
  const [search] = await sql<Search[]>`
    select search_id, run_id, file_id, purpose, resource_type, n, parameters, since, state, next_url, pages,
      resources, restarts
    from crawl_search where search_id = ${searchId}`;
  return search;
}

/** Locks the search and makes sure that nobody else has taken it further. */
export async function claimInTx(tx: Tx, search: Search): Promise<void> {
  const [now] = await tx<Pick<Search, 'state' | 'pages' | 'restarts' | 'since'>[]>`
    select state, pages, restarts, since from crawl_search where search_id = ${search.search_id} for update`;
  const here = now?.pages === search.pages && now.restarts === search.restarts && now.since === search.since;
  if (here && now.state === 'queued') return;
  throw new Error('another worker has taken this search further');
}
