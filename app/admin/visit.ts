/**
 * One request for a page by a person who is signed in: who that is, what they may do, and the API to ask in their name.
 * Pages know no rule of their own: what they show and do goes through the API's operations, in this process.
 */
import type { Context, Handler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { describeError } from '../../jobs/step/describe-error.ts';
import type { ApiClient } from '../../openapi/client/index.ts';
import type { App, AppEnv, Services } from '../app-env.ts';
import { mayAs, reaches } from '../auth/authorize.ts';
import { answerPage, type Html, sendOn } from '../auth/page.ts';
import { comesFromOwnPage } from '../auth/public-url.ts';
import { csrfTokenOf, isCsrfToken, readSession, type Session } from '../auth/session.ts';
import { type Caller, NOBODY } from '../caller.ts';
import { apiInside } from '../inside.ts';
import { PERMISSIONS } from '../permissions.ts';
import { layout } from './layout.ts';
import { Refused, refusalOf } from './refused.ts';

export interface Visit {
  readonly c: Context<AppEnv>;
  readonly services: Services;
  readonly caller: Caller;
  readonly session: Session;
  /** The token that forms bring along. */
  readonly csrf: string;
  readonly api: ApiClient;
  readonly now: Date;
  /** A part of the path; pages of numbers ask `number`. */
  param(name: string): string;
  /** A number of the path. @throws Refused 404 where it is none. */
  number(name: string): number;
  /** A filter of the address; undefined where it is absent or empty. */
  query(name: string): string | undefined;
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

type Shown = PageContent | Response;
/** Fields of a form, each with all its values. */
export type Fields = Readonly<Record<string, readonly string[]>>;

/** Forms carry keys and settings; a file of local maps has a page of its own. */
const LARGEST_FORM = 256 * 1024;

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

export function openRoom(app: App): Room {
  const limit = (maxSize: number) =>
    bodyLimit({ maxSize, onError: (c) => tell(c, 413, 'The form is too large', 'Expected less.') });
  return {
    app,
    show: (path, operation, page) => {
      const handler: Handler<AppEnv> = async (c) => {
        const visit = await receive(app, c);
        if (visit instanceof Response) return visit;
        return await answer(visit, operation, () => page(visit));
      };
      app.get(path, handler);
    },
    act: (path, operation, action, largest = LARGEST_FORM) => {
      const handler: Handler<AppEnv> = async (c) => {
        if (!comesFromOwnPage(c)) return foreign(c);
        const visit = await receive(app, c);
        if (visit instanceof Response) return visit;
        const form = new Form(await fieldsOf(c));
        if (!isCsrfToken(visit.session.id, form.text('csrf'))) return foreign(c);
        return await answer(visit, operation, () => action(visit, form));
      };
      app.post(path, limit(largest), handler);
    },
  };
}

/** To a page of ours, after something was done; `said` is a key of flash.ts. */
export function goTo({ c }: Visit, path: string, said?: string): Response {
  const [before, hash] = path.split('#');
  const joined = said === undefined ? before : `${before}${before?.includes('?') ? '&' : '?'}said=${said}`;
  return c.redirect(`${joined}${hash === undefined ? '' : `#${hash}`}`, 303);
}

async function receive(app: App, c: Context<AppEnv>): Promise<Visit | Response> {
  const session = await readSession(c);
  const here = `${c.req.path}${new URL(c.req.url).search}`;
  if (!session && c.req.method === 'GET' && c.req.header('sec-fetch-site') === 'cross-site') {
    // Whoever follows a link from elsewhere may be signed in: asked for by a page of ours, the cookie comes along.
    return sendOn(c, 'fhir-omop-sync', here);
  }
  if (!session) {
    // A fragment that a script asks for cannot sign in; the page that it belongs to can.
    if (c.req.header('hx-request') !== undefined) c.header('hx-refresh', 'true');
    return c.redirect(
      `/sign-in?return_to=${encodeURIComponent(c.req.method === 'GET' ? here : '/admin')}`,
      303,
    );
  }
  const { services } = c.var;
  const { name, role, connections } = session;
  const caller: Caller = { ...NOBODY, name, role, connections, via: 'session', address: c.var.address };
  c.set('caller', caller);
  const param = (of: string) => c.req.param(of) ?? '';
  return {
    ...{ c, services, caller, session, csrf: csrfTokenOf(session.id), now: services.clock() },
    ...{ api: apiInside(app, c, caller), param },
    number: (of) => {
      const text = param(of);
      if (!/^[1-9]\d{0,14}$/.test(text))
        throw new Refused(404, 'No such page', 'Expected a number in the address.');
      return Number(text);
    },
    query: (of) => c.req.query(of)?.trim().slice(0, 500) || undefined,
    may: (operation, connectionId) => isAllowed(caller, operation, connectionId),
  };
}

function isAllowed(caller: Caller, operation: string, connectionId: number | undefined): boolean {
  const permission = PERMISSIONS.get(operation);
  if (!permission || !mayAs(caller.role, permission.role)) return false;
  if (permission.reach === 'everything' && caller.connections !== null) return false;
  return connectionId === undefined || reaches(caller, connectionId);
}

async function answer(visit: Visit, operation: string, make: () => Promise<Shown>): Promise<Response> {
  try {
    if (!visit.may(operation)) throw lacking(visit, operation);
    const shown = await make();
    return shown instanceof Response ? shown : await layout(visit, shown);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500) {
      visit.services.log.error(
        { error: describeError(error), request_id: visit.c.var.requestId },
        'page failed',
      );
    }
    return await layout(visit, refused.page(visit.c.var.requestId));
  }
}

function lacking({ caller }: Visit, operation: string): Refused {
  const needs = PERMISSIONS.get(operation)?.role ?? 'admin';
  return new Refused(
    403,
    'Your role does not reach this page',
    mayAs(caller.role, needs)
      ? 'It concerns all connections, and you are restricted to some. Ask whoever grants roles.'
      : `It needs the role ${needs}; yours is ${caller.role}. Ask whoever grants roles.`,
  );
}

async function fieldsOf(c: Context<AppEnv>): Promise<Fields> {
  const body = await c.req.parseBody({ all: true });
  const entries = Object.entries(body).map(async ([name, given]) => {
    const values = Array.isArray(given) ? given : [given];
    const texts = values.map(async (value) => (typeof value === 'string' ? value : await value.text()));
    return [name, await Promise.all(texts)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const foreign = (c: Context<AppEnv>) =>
  tell(
    c,
    403,
    'The form was not accepted',
    'Expected a form of this session, sent from its own page. Open the page again; behind a proxy, PUBLIC_URL must be set.',
  );

function tell(
  c: Context<AppEnv>,
  status: ContentfulStatusCode,
  title: string,
  detail: string,
): Response | Promise<Response> {
  return answerPage(c, status, {
    title,
    body: html`<p>${detail}</p><p><a href="/admin">To the first page</a></p>`,
  });
}
