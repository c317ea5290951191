/**
 * Every error that the API returns, as `application/problem+json` (RFC 9457) with a stable `code`. Any layer
 * of app/ throws problem(code, detail); only answerError() turns errors into responses. An error that is not
 * in the catalogue is our fault: the caller gets a 500, and the log has the reason under the request id.
 */
import { type RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ZodError } from 'zod';
import { describeError } from '../jobs/step/describe-error.ts';
import { SyncError } from '../jobs/step/errors.ts';
import type { AppEnv } from './app-env.ts';

/** `wait`: seconds after which the same request may succeed, where waiting helps (Retry-After). */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request does not fit the document' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'private-key-invalid': { status: 400, title: 'The private key cannot be used' },
  'vocabulary-path-refused': { status: 400, title: 'The path is not in the folder for vocabularies' },
  'vocabulary-source-missing': { status: 400, title: 'There is no such file or folder' },
  'local-maps-unreadable': { status: 400, title: 'The file of local maps cannot be read' },
  unauthorized: { status: 401, title: 'A valid token or session is required' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'No such path' },
  'connection-not-found': { status: 404, title: 'No such connection' },
  'run-not-found': { status: 404, title: 'No such run' },
  'concept-not-found': { status: 404, title: 'No such concept' },
  'vocabulary-load-not-found': { status: 404, title: 'No such load' },
  'local-map-not-found': { status: 404, title: 'No such local map' },
  'token-not-found': { status: 404, title: 'No such token' },
  'dqd-pass-not-found': { status: 404, title: 'No such pass of the Data Quality Dashboard checks' },
  'dqd-check-not-found': { status: 404, title: 'No such check' },
  'alert-not-found': { status: 404, title: 'No such alert' },
  'connections-unknown': { status: 422, title: 'Connections are named that do not exist' },
  'webhook-not-found': { status: 404, title: 'No such webhook' },
  'unmapped-code-not-found': { status: 404, title: 'No such unmapped code' },
  'method-not-allowed': { status: 405, title: 'The path does not know this method' },
  'connection-changed': { status: 412, title: 'The connection was changed meanwhile' },
  'site-key-taken': { status: 409, title: 'Another connection has this site_key' },
  'sync-already-running': { status: 409, title: 'A sync of this connection is running', wait: 30 },
  'connection-inactive': { status: 409, title: 'The connection is not active' },
  'credentials-cleared': { status: 409, title: 'The credentials of the connection were cleared' },
  'next-key-waits': { status: 409, title: 'A next key waits already' },
  'no-next-key': { status: 409, title: 'There is no next key' },
  'connection-without-server': { status: 409, title: 'The connection has no FHIR server' },
  'run-not-live': { status: 409, title: 'The run has ended' },
  'run-not-failed': { status: 409, title: 'The run has not failed' },
  'run-still-live': { status: 409, title: 'The run is still under way', wait: 30 },
  'import-still-live': { status: 409, title: 'The import is still under way', wait: 30 },
  'run-not-last': { status: 409, title: 'A later run came after it' },
  'reconciliation-not-found': { status: 404, title: 'No such reconciliation' },
  'reconciliation-confirmed': { status: 409, title: 'The reconciliation is confirmed already' },
  'reconciliation-outdated': { status: 409, title: 'A later full export came after the reconciliation' },
  'reconciliation-obstructed': { status: 409, title: 'The reconciliation must not remove anything' },
  'reconciliation-count-differs': { status: 409, title: 'Another number of resources has vanished' },
  'reconciliation-doubtful': { status: 409, title: 'The reconciliation is doubtful' },
  'patient-unknown': { status: 404, title: 'Nothing of this patient is here' },
  'purge-not-found': { status: 404, title: 'No such purge' },
  'purge-under-way': { status: 409, title: 'The purge is under way', wait: 30 },
  'second-person-needed': { status: 409, title: 'A second person must approve this' },
  'second-person-unknown': {
    status: 403,
    title: 'A second person is required, and the caller is nobody in person',
  },
  'second-person-same': { status: 403, title: 'The second person must be another one' },
  'approval-not-found': { status: 404, title: 'No such approval' },
  'approval-closed': { status: 409, title: 'The approval waits no more' },
  'approval-outdated': { status: 409, title: 'What the approval concerns has changed' },
  'too-many-approvals': { status: 409, title: 'Too many requests wait for a second person' },
  'connection-managed': { status: 409, title: 'The connection is managed by the environment' },
  'connection-has-runs': { status: 409, title: 'The connection has runs' },
  'dqd-pass-running': { status: 409, title: 'A pass of the checks is under way', wait: 60 },
  'dqd-pass-ended': { status: 409, title: 'The pass has ended' },
  'vocabulary-load-running': { status: 409, title: 'A vocabulary is being loaded', wait: 60 },
  'vocabulary-dir-not-set': { status: 409, title: 'The server has no folder for vocabularies' },
  'vocabulary-not-loaded': { status: 409, title: 'No vocabulary is loaded' },
  'local-map-conflict': { status: 409, title: 'Something speaks against the local map' },
  'local-maps-refused': {
    status: 409,
    title: 'Something speaks against the file, and nothing of it was written',
  },
  'audit-range-invalid': { status: 400, title: 'This is no range of the record' },
  'audit-range-whole': { status: 409, title: 'Nothing in the range is broken and open' },
  'audit-range-too-broken': { status: 409, title: 'The range has too many faults' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'idempotency-key-busy': {
    status: 409,
    title: 'The request with this Idempotency-Key is under way',
    wait: 2,
  },
  'idempotency-answer-lost': { status: 409, title: 'The request was done, and its answer is lost' },
  'text-refused': { status: 400, title: 'The request holds characters that no text needs' },
  'host-refused': { status: 421, title: 'This server does not answer under that name' },
  'too-many-wrong-credentials': {
    status: 429,
    title: 'Too many wrong credentials came from this address',
    wait: 1,
  },
  'too-many-requests': { status: 429, title: 'Too many requests', wait: 1 },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not of the type that is expected' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'database-busy': { status: 503, title: 'The database took too long', wait: 10 },
  'identity-provider-unavailable': { status: 503, title: 'The identity provider does not answer', wait: 30 },
  'not-ready': { status: 503, title: 'Not ready', wait: 5 },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

function waitOf(code: ProblemCode): number | undefined {
  const kind = PROBLEMS[code];
  return 'wait' in kind ? kind.wait : undefined;
}

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Becomes the response wherever it is thrown. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

export function problem(
  code: ProblemCode,
  detail: string,
  more?: ConstructorParameters<typeof Problem>[2],
): Problem {
  return new Problem(code, detail, more);
}

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const ProblemSchema = z
  .object({
    type: z.string().describe('URN of the kind of problem; ends in `code`.'),
    title: z.string().describe('The kind of problem, for people.'),
    status: z.number().int().describe('HTTP status.'),
    code: z
      .enum(CODES)
      .describe('Stable code of the kind of problem. Later versions know more: expect others, too.'),
    detail: z.string().describe('What was expected, what came, what to do.'),
    request_id: z.string().describe('Finds the request in the log.'),
    errors: z
      .array(
        z.object({
          path: z.string().describe('Where in the request, as in "sync_config.limits".'),
          message: z.string().describe('What is wrong with it.'),
        }),
      )
      .optional()
      .describe('Each fault of the request, where there are several or they have a place.'),
  })
  .openapi('Problem');

/**
 * The documented errors of a route, by status. Every API route may also answer 400, 401, 403, 421, 429, 500, 503. The
 * return type is empty because handlers throw these errors, and the types are to check what handlers return.
 */
export function errors(...codes: ProblemCode[]): Record<never, never> {
  return openErrors(
    ...new Set<ProblemCode>(['invalid-request', ...codes]),
    ...EVERYWHERE,
    'unauthorized',
    'forbidden',
    'database-busy',
    'identity-provider-unavailable',
  );
}

/** What any route may answer. */
const EVERYWHERE: readonly ProblemCode[] = [
  'text-refused',
  'host-refused',
  'too-many-wrong-credentials',
  'too-many-requests',
  'internal-error',
];

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds after which to ask again, where waiting helps.',
    schema: { type: 'integer' },
  },
} as const;

/** The documented errors of a route that needs no token. */
export function openErrors(...all: ProblemCode[]): Record<never, never> {
  const responses: RouteConfig['responses'] = {};
  for (const code of all) {
    const { status } = PROBLEMS[code];
    const same = all.filter((other) => PROBLEMS[other].status === status);
    responses[status] = {
      ...(same.some((other) => waitOf(other) !== undefined) ? { headers: RETRY_AFTER } : {}),
      description: same.map((other) => `\`${other}\`: ${PROBLEMS[other].title}.`).join(' '),
      content: { 'application/problem+json': { schema: ProblemSchema } },
    };
  }
  return responses;
}

export function invalidRequest(error: ZodError): Problem {
  const faults = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = faults[0];
  const detail = first
    ? `${first.path ? `${first.path}: ` : ''}${first.message}`
    : 'The request does not fit.';
  return problem(
    'invalid-request',
    faults.length > 1 ? `${detail} (and ${faults.length - 1} more)` : detail,
    {
      errors: faults,
    },
  );
}

export function answerError(error: unknown, c: Context<AppEnv>): Response {
  const found = asProblem(error);
  if (PROBLEMS[found.code].status >= 500) {
    c.var.services.log.error({ error: describeError(error), request_id: c.var.requestId }, 'request failed');
  }
  return answer(found, c);
}

export function answer(found: Problem, c: Context<AppEnv>): Response {
  const { status, title } = PROBLEMS[found.code];
  const body: z.infer<typeof ProblemSchema> = {
    type: `urn:fhir-omop-sync:problem:${found.code}`,
    title,
    status,
    code: found.code,
    detail: found.message,
    request_id: c.var.requestId,
    ...(found.errors.length > 0 ? { errors: [...found.errors] } : {}),
  };
  const wait = waitOf(found.code);
  return c.body(JSON.stringify(body), status, {
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
    ...found.headers,
    'content-type': 'application/problem+json',
  });
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SyncError && isCode(error.code)) return problem(error.code, error.message);
  if (error instanceof HTTPException && error.status === 400) {
    return problem('malformed-json', 'Expected a JSON body, got something that JSON.parse refuses.');
  }
  if (error instanceof HTTPException && error.status === 415) {
    return problem('unsupported-media-type', 'Expected "Content-Type: application/json".');
  }
  if (hungUp(error)) return problem('invalid-request', 'The request was cut off before its end.');
  if (tookTooLong(error)) {
    const detail =
      'A statement ran longer than STATEMENT_TIMEOUT_SECONDS, or waited too long for a lock. Nothing was changed: ask ' +
      'again, for less if possible.';
    return problem('database-busy', detail);
  }
  return problem(
    'internal-error',
    'The request could not be done. The log has the reason under the request id.',
  );
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** Whether the client closed the connection while its request was read: Node's words, which the database has others for. */
export function hungUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'aborted' && Reflect.get(error, 'code') === 'ECONNRESET';
}

/** Whether statement_timeout or lock_timeout ended it. */
function tookTooLong(error: unknown): boolean {
  const code: unknown =
    error instanceof Error && error.name === 'PostgresError' && Reflect.get(error, 'code');
  return code === '57014' || code === '55P03';
}
