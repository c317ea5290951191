/** Opens the pages: each request is received (who is it, may they), answered by its page, and put into the frame. */
import type { Context, Handler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { describeError } from '../../jobs/step/describe-error.ts';
import type { App, AppEnv } from '../app-env.ts';
import { mayAs, reaches } from '../auth/authorize.ts';
import { answerPage, sendOn } from '../auth/page.ts';
import { comesFromOwnPage } from '../auth/public-url.ts';
import { asRecognised, csrfTokenOf, isCsrfToken, readSession } from '../auth/session.ts';
import type { Caller } from '../caller.ts';
import { unfit } from '../http/fit-text.ts';
import { readForm } from '../http/read-form.ts';
import { apiInside } from '../inside.ts';
import { PERMISSIONS } from '../permissions.ts';
import { MOST_INTEGER } from '../schemas/whole.ts';
import { layout } from './layout.ts';
import { Refused, refusalOf } from './refused.ts';
import { type Fields, Form, type Room, type Shown, type Visit } from './visit.ts';

/** Forms carry keys and settings; a file of local maps has a page of its own. */
const LARGEST_FORM = 256 * 1024;

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
        const fields = await fieldsOf(c);
        if (!fields)
          return tell(c, 400, 'The form cannot be read', 'It was cut off on its way. Send it again.');
        const form = new Form(fields);
        if (!isCsrfToken(visit.session.id, form.text('csrf'))) return foreign(c);
        return await answer(visit, operation, () => action(visit, form));
      };
      app.post(path, limit(largest), handler);
    },
  };
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
  const caller: Caller = { ...asRecognised(session), address: c.var.address };
  c.set('caller', caller);
  const param = (of: string) => asText(c.req.param(of) ?? '');
  return {
    ...{ c, services, caller, session, csrf: csrfTokenOf(session.id), now: services.clock() },
    ...{ api: apiInside(app, c, caller), param },
    apiTelling: (onStep) => apiInside(app, c, caller, onStep),
    number: (of) => {
      const id = asId(param(of));
      if (id === undefined) throw new Refused(404, 'No such page', 'Expected a number in the address.');
      return id;
    },
    query: (of) => filterOf(c, of),
    queryId: (of) => asId(filterOf(c, of) ?? ''),
    may: (operation, connectionId) => isAllowed(caller, operation, connectionId),
  };
}

/** Ids are plain digits that an integer of the database holds. */
function asId(text: string): number | undefined {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return id > 0 && id <= MOST_INTEGER ? id : undefined;
}

/** Pages are ahead of the API's own check of texts. */
function filterOf(c: Context<AppEnv>, name: string): string | undefined {
  const text = c.req.query(name)?.trim().slice(0, 500) || undefined;
  return text === undefined ? undefined : asText(text);
}

function asText(text: string): string {
  const fault = unfit(text);
  if (fault === undefined) return text;
  throw new Refused(400, 'The address holds characters that no text needs', `It holds ${fault}.`);
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

/** Undefined where the body is no form, or ends before its end. */
async function fieldsOf(c: Context<AppEnv>): Promise<Fields | undefined> {
  const body = await readForm(c);
  if (!body) return undefined;
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
