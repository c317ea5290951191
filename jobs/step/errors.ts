/**
 * The one error of the pipeline, made by syncError() from the catalogue. Its message says what was expected, what came
 * and what to do; it never holds a token, a key, a signed URL or anything of a patient. `sort` says what the step's
 * runner does with it: 'retry' (time-outs, 429, 503: later the same may work) or 'give-up' (bad credentials, a refused
 * export: only a person can help). `about` says what must be put right, or waited for.
 */
import { aboutOf, CATALOGUE, type ErrorCode, type Params } from './catalogue/catalogue.ts';
import type { About, Entry } from './catalogue/entry.ts';
import { filled, type Values } from './catalogue/template.ts';

export type { ErrorCode };

interface Details {
  /** What the server asked us to wait, already read and sane. */
  readonly retryAfterSeconds?: number | undefined;
  /** HTTP status of the answer that led to it. */
  readonly status?: number | undefined;
  /** What the server said in words: for nobody but connection/server-text.ts. */
  readonly said?: string | undefined;
  readonly cause?: unknown;
}

export class SyncError extends Error {
  readonly code: ErrorCode;
  readonly sort: Entry['sort'];
  readonly about: About;
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;
  /** Private, so that nothing that logs or serializes an error comes by it. */
  readonly #said: string | undefined;

  /** See syncError(), which has the compiler check the parameters. */
  constructor(code: ErrorCode, params: Values, details: Details) {
    const { sort, says, todo }: Entry = CATALOGUE[code];
    super(
      `${filled(says, params)} ${filled(todo, params)}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'SyncError';
    this.code = code;
    this.sort = sort;
    this.about = aboutOf(code);
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.status = details.status;
    this.#said = details.said;
  }

  /** The server's words, as it sent them: untrusted, and possibly about a patient. */
  saidByServer(): string | undefined {
    return this.#said;
  }
}

export function syncError<C extends ErrorCode>(
  code: C,
  ...[params, details]: keyof Params<C> extends never
    ? [params?: Record<string, never>, details?: Details]
    : [params: Params<C>, details?: Details]
): SyncError {
  return new SyncError(code, params ?? {}, details ?? {});
}
