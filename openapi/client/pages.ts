/** Lists come in pages; programs want what is on them. */
import { type Answer, must } from './problem.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/**
 * Every item of all pages. `ask` is given what belongs into the query:
 *
 *   each((page) => api.GET('/api/v1/admin/sync-runs', { params: { query: { ...page, status: ['failed'] } } }))
 */
export async function* each<T>(
  ask: (page: { cursor?: string }) => Promise<Answer<Page<T>>>,
): AsyncGenerator<T, void, undefined> {
  let page: { cursor?: string } = {};
  for (;;) {
    const { items, next_cursor } = must(await ask(page));
    yield* items;
    if (next_cursor === null) return;
    page = { cursor: next_cursor };
  }
}
