/** Errors of the API as exceptions: application/problem+json with its stable code. */
import type { components } from './schema.ts';

export type Problem = components['schemas']['Problem'];
export type ProblemCode = Problem['code'];

export class ApiProblem extends Error {
  /** Stable; the one thing to decide by. */
  readonly code: ProblemCode;
  readonly status: number;
  /** What was expected, what came, what to do: the same as `message`. */
  readonly detail: string;
  readonly errors: NonNullable<Problem['errors']>;
  /** Finds the request in the server's log. */
  readonly request_id: string;
  /** After how many seconds the same request may succeed; undefined where waiting alone changes nothing. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, response: Response) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.request_id = problem.request_id;
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(wait) ? wait : undefined;
  }
}

export interface Answer<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer. Throws an ApiProblem where the API refused, an Error where something else answered. */
export function must<T>({ data, error, response }: Answer<T>): T {
  // 204 is the one answer that has nothing to say.
  if (response.ok && (data !== undefined || response.status === 204)) return data as T;
  if (isProblem(error)) throw new ApiProblem(error, response);
  throw new Error(
    `Expected an answer of the API, got status ${response.status} from something else. Check the address of the server, and what answers in its place.`,
  );
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}
