/**
 * The one error of the pipeline. `code` is stable (it is stored with the run and answered by the API); the message
 * says what was expected, what came and what to do; it never holds a token, a key, a signed URL or anything of a
 * patient. `sort` says what the step's runner does with it: 'retry' (time-outs, 429, 503: later the same may work)
 * or 'give-up' (bad credentials, a refused export: only a person can help).
 */
export interface SyncErrorOptions {
  readonly sort: 'retry' | 'give-up';
  /** What the server asked us to wait, already read and sane. */
  readonly retryAfterSeconds?: number | undefined;
  /** HTTP status of the answer that led to it. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

export class SyncError extends Error {
  readonly code: string;
  readonly sort: 'retry' | 'give-up';
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;

  constructor(code: string, message: string, options: SyncErrorOptions = { sort: 'give-up' }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncError';
    this.code = code;
    this.sort = options.sort;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.status = options.status;
  }
}

type Details = Omit<SyncErrorOptions, 'sort'>;

/** Later the same may work. */
export function tryAgain(code: string, message: string, details: Details = {}): SyncError {
  return new SyncError(code, message, { ...details, sort: 'retry' });
}

/** Only a person can help. */
export function giveUp(code: string, message: string, details: Details = {}): SyncError {
  return new SyncError(code, message, { ...details, sort: 'give-up' });
}
