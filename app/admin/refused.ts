/** What a page says when the API refuses, or something breaks: what was expected, what came, what to do. */
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Schemas } from '../../openapi/client/index.ts';
import type { Html } from '../auth/page.ts';
import { PROBLEMS, Problem } from '../problems.ts';
import type { PageContent } from './visit.ts';

type ApiProblem = Schemas['Problem'];

export class Refused extends Error {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly code: string | undefined;
  /** Each fault with its place in the request. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(
    status: ContentfulStatusCode,
    title: string,
    detail: string,
    more: { code?: string; errors?: readonly { path: string; message: string }[] } = {},
  ) {
    super(detail);
    this.name = 'Refused';
    this.status = status;
    this.title = title;
    this.code = more.code;
    this.errors = more.errors ?? [];
  }

  page(requestId: string): PageContent {
    return {
      title: this.title,
      status: this.status,
      body: html`<div class="box ${this.code === WAITS ? 'warn' : 'bad'}" role="alert"><p>${this.message}</p>${faultList(this)}${onward(this)}</div>
<p class="quiet">${this.code === undefined ? '' : html`<code>${this.code}</code> · `}The log has more under the request id <code>${requestId}</code>.</p>
<p><a href="/admin">To the overview</a></p>`,
    };
  }
}

/** The faults of single fields; nothing where the detail says it all. */
export function faultList({ message: said, errors }: Pick<Refused, 'message' | 'errors'>) {
  if (errors.every(({ message }) => said.includes(message))) return '';
  return html`<ul>${errors.slice(0, 20).map(({ path, message }) => html`<li><code>${path}</code>: ${message}</li>`)}</ul>`;
}

/** What spoke against a form, above the form; nothing where nothing did. */
export function refusedBox(refused: Refused | undefined): Html | '' {
  if (refused === undefined) return '';
  return html`<div class="box ${refused.code === WAITS ? 'warn' : 'bad'}" role="alert"><p><strong>${refused.title}.</strong> ${refused.message}</p>${faultList(refused)}${onward(refused)}</div>`;
}

/** Nothing is wrong: somebody else has to approve it first. */
const WAITS = 'second-person-needed';

const onward = ({ code }: Refused): Html | '' =>
  code === WAITS ? html`<p><a href="/admin/approvals">See what waits for a second person</a></p>` : '';

interface Answer<T> {
  readonly data?: T | undefined;
  readonly error?: ApiProblem | undefined;
  readonly response: Response;
}

/** What the API answered. @throws Refused where it refused. */
export function have<T>({ data, error, response }: Answer<T>): T {
  if (data !== undefined) return data;
  throw refusal(error, response);
}

/** For answers without a body. @throws Refused where it refused. */
export function done({ error, response }: Answer<unknown>): void {
  if (!response.ok) throw refusal(error, response);
}

function refusal(error: ApiProblem | undefined, response: Response): Refused {
  const status = response.status as ContentfulStatusCode;
  if (error === undefined) return new Refused(status, 'The API refused', `It answered ${response.status}.`);
  const { title, detail, code, errors = [] } = error;
  return new Refused(status, title, detail, { code, errors });
}

/** What a form can say above what was typed. A fault of ours, and what is not there, are pages of their own. */
export function spokenAgainst(error: unknown): Refused {
  const refused = refusalOf(error);
  if (refused.status >= 500 || refused.status === 404) throw error;
  return refused;
}

/** Any error as one that a page can show. What is not ours is not repeated to the browser: the log has it. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof Problem) {
    const { status, title } = PROBLEMS[error.code];
    return new Refused(status, title, error.message, { code: error.code, errors: error.errors });
  }
  return new Refused(500, 'Something went wrong here', 'The page could not be made.', {
    code: 'internal-error',
  });
}
