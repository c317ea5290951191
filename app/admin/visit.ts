/**
 * One request for a page by a person who is signed in: who that is, what they may do, and the API to ask in their name.
 * Pages know no rule of their own: what they show and do goes through the API's operations, in this process.
 */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ApiClient } from '../../openapi/client/index.ts';
import type { App, AppEnv, Inside, Services } from '../app-env.ts';
import type { Html } from '../auth/page.ts';
import type { Session } from '../auth/session.ts';
import type { Caller } from '../caller.ts';

export interface Visit {
  readonly c: Context<AppEnv>;
  readonly services: Services;
  readonly caller: Caller;
  readonly session: Session;
  /** The token that forms bring along. */
  readonly csrf: string;
  readonly api: ApiClient;
  /** The same, for an operation whose steps are told when they end. */
  apiTelling(onStep: Inside['onStep']): ApiClient;
  readonly now: Date;
  /** A part of the path; pages of numbers ask `number`. */
  param(name: string): string;
  /** A number of the path. @throws Refused 404 where it is none. */
  number(name: string): number;
  /** A filter of the address; undefined where it is absent or empty. */
  query(name: string): string | undefined;
  /** An id among the filters; undefined where there is none. */
  queryId(name: string): number | undefined;
  /** Whether the person may call this operation, for this connection where one is named. */
  may(operation: string, connectionId?: number): boolean;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Which entry of the menu it belongs to; left out: the one whose address the path begins with. */
  readonly at?: string | undefined;
  readonly status?: ContentfulStatusCode | undefined;
  /** Loads the script that refreshes live parts. */
  readonly live?: boolean | undefined;
}

export type Shown = PageContent | Response;
/** Fields of a form, each with all its values. */
export type Fields = Readonly<Record<string, readonly string[]>>;

export interface Room {
  readonly app: App;
  /** A page that shows. `operation` is the one whose permission it needs. */
  show(path: string, operation: string, page: (visit: Visit) => Promise<Shown>): void;
  /** What a form does. It answers with a redirect, or with the page that says why not. */
  act(
    path: string,
    operation: string,
    action: (visit: Visit, form: Form) => Promise<Shown>,
    largest?: number,
  ): void;
}

/** Fields of a form by name. */
export class Form {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** The text, without blanks around it; undefined where the field is absent or empty. */
  text(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** All values of a field that are not empty. */
  all(name: string): string[] {
    return (this.#fields[name] ?? []).map((value) => value.trim()).filter((value) => value !== '');
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }
}

/** To a page of ours, after something was done; `said` is a key of flash.ts. */
export function goTo({ c }: Visit, path: string, said?: string): Response {
  const [before, hash] = path.split('#');
  const joined = said === undefined ? before : `${before}${before?.includes('?') ? '&' : '?'}said=${said}`;
  return c.redirect(`${joined}${hash === undefined ? '' : `#${hash}`}`, 303);
}
