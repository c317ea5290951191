/** Follows a run to its end. */
import type { ApiClient, Schemas } from './client.ts';
import { must } from './problem.ts';

export interface WaitOptions {
  /** Between two looks; 2,000 when left out. */
  readonly everyMs?: number | undefined;
  /** Called with the run at each look. */
  readonly onLook?: ((run: Schemas['RunDetail']) => void) | undefined;
  /** Ends the waiting, not the run. */
  readonly signal?: AbortSignal | undefined;
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
/** The API is away or busy for a while: the run goes on all the same. */
const PASSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The run when it has ended; whether well, says its `status`. */
export async function waitForRun(
  api: ApiClient,
  { connection_id, run_id }: { readonly connection_id: number; readonly run_id: number },
  { everyMs = 2000, onLook, signal }: WaitOptions = {},
): Promise<Schemas['RunDetail']> {
  const params = { path: { id: connection_id, rid: run_id } };
  for (;;) {
    const answer = await api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}', {
      params,
      signal: signal ?? null,
    });
    if (!PASSES.has(answer.response.status)) {
      const run = must(answer);
      onLook?.(run);
      if (ENDED.has(run.status)) return run;
    }
    const asked = Number(answer.response.headers.get('retry-after') ?? 0);
    await pause(Math.max(everyMs, Number.isFinite(asked) ? 1000 * asked : 0), signal);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const onAbort = () => {
      clearTimeout(timer);
      fail(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      done();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
