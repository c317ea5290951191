/**
 * The pages by which people sign in and out. They are for browsers, so they are not in the API document.
 *
 * `/sign-in` shows a button; pressed, it leads to the identity provider, which sends the browser back to
 * `/sign-in/callback`. With `?code=` of a one-time address the button redeems the code. What changes something is a
 * POST, so that neither a link preview nor another site's picture does it.
 */
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import type { App, AppEnv } from '../app-env.ts';
import { readForm } from '../http/read-form.ts';
import { Problem } from '../problems.ts';
import { giveSecret, readSecret, takeBackSecret } from './cookies.ts';
import { counted } from './counted.ts';
import { beginHandshake, handshakeOf, takeHandshake } from './handshake.ts';
import { type Claims, connectionsOf, nameOf, roleOf, subjectOf } from './identity.ts';
import { type Oidc, OidcError } from './oidc.ts';
import { answerPage, type Html, sendOn } from './page.ts';
import { comesFromOwnPage, publicUrl } from './public-url.ts';
import { recordRefusedSignIn, recordSignIn } from './record-sign-in.ts';
import { HOME, localPath } from './return-to.ts';
import {
  asRecognised,
  beginSessionInTx,
  endSessionInTx,
  isCsrfToken,
  type Person,
  readSession,
} from './session.ts';
import { redeemSignInCode } from './sign-in-code.ts';
import { WrongCredential } from './unauthorized.ts';

const CALLBACK = '/sign-in/callback';
const LARGEST_FORM = 16 * 1024;
/** A one-time code is shorter by far; what is longer is none. */
const LONGEST_CODE = 200;

/** To be mounted before what expects the API's content types. */
export function mountSignIn(app: App): void {
  const form = bodyLimit({
    maxSize: LARGEST_FORM,
    onError: (c) => refuse(c, 413, html`<p>The form is too large.</p>`),
  });
  app.get('/sign-in', showSignIn);
  app.post('/sign-in', form, signIn);
  app.get(CALLBACK, comeBack);
  app.post('/sign-out', form, signOut);
}

function showSignIn(c: Context<AppEnv>) {
  const code = c.req.query('code');
  const { oidc } = c.var.services;
  const returnTo = c.req.query('return_to') ?? HOME;
  if (code === undefined && oidc?.settings.client === undefined) {
    return answerPage(c, 200, {
      title: 'Sign in',
      body: html`<p>No identity provider is set up here (OIDC_ISSUER). On the server,
<code>npm run cli -- tokens sign-in</code> prints an address that signs you in once.</p>`,
    });
  }
  const how =
    code === undefined
      ? html`<input type="hidden" name="return_to" value="${returnTo}" />
<button>Sign in with ${new URL(oidc?.settings.issuer ?? '').host}</button>`
      : html`<input type="hidden" name="code" value="${code.slice(0, LONGEST_CODE)}" />
<p>This address signs you in once, as an admin.</p>
<button>Sign in</button>`;
  return answerPage(c, 200, {
    title: 'Sign in',
    body: html`<form method="post" action="/sign-in">${how}</form>`,
  });
}

async function signIn(c: Context<AppEnv>) {
  if (!comesFromOwnPage(c)) return refuseForeign(c);
  const form = await readForm(c);
  if (!form) return refuseForm(c);
  const code = form['code'];
  if (typeof code === 'string') return await signInByCode(c, code);
  const { oidc, sql, clock } = c.var.services;
  if (oidc?.settings.client === undefined) return c.redirect('/sign-in', 303);
  const secret = await beginHandshake(sql, clock(), localPath(form['return_to']));
  try {
    const onward = await oidc.authorizationUrl(redirectUri(c), handshakeOf(secret));
    giveSecret(c, 'sign-in', secret);
    return sendOn(c, 'Signing in', onward);
  } catch (error) {
    return refuseAnswer(c, error);
  }
}

async function signInByCode(c: Context<AppEnv>, code: string) {
  const { sql, clock } = c.var.services;
  const redeem = async () => {
    const found = await redeemSignInCode(sql, code.slice(0, LONGEST_CODE), clock());
    if (!found) throw new WrongCredential();
    return found;
  };
  const redeemed = await counted(c, redeem).catch(onlyProblem);
  if (redeemed instanceof Problem) {
    return redeemed instanceof WrongCredential
      ? refuse(
          c,
          403,
          html`<p>This address was used before, or is too old. On the server,
<code>npm run cli -- tokens sign-in</code> prints another.</p>`,
        )
      : refuse(c, 429, html`<p>${redeemed.message}</p>`);
  }
  const { name, role, connections } = redeemed;
  await begin(c, { name, role, connections, target: 'first-start' });
  return c.redirect(HOME, 303);
}

async function comeBack(c: Context<AppEnv>) {
  const { oidc, sql, clock } = c.var.services;
  const secret = readSecret(c, 'sign-in');
  const returnTo = secret === undefined ? undefined : await takeHandshake(sql, clock(), secret);
  if (oidc?.settings.client === undefined || secret === undefined || returnTo === undefined) {
    return refuse(
      c,
      400,
      html`<p>This sign-in is not under way in this browser: it took too long, or was finished before.</p>`,
    );
  }
  takeBackSecret(c, 'sign-in');
  try {
    const cameBackTo = new URL(redirectUri(c));
    cameBackTo.search = new URL(c.req.url).search;
    await begin(c, await personOf(c, oidc, await oidc.signedIn(cameBackTo, handshakeOf(secret))));
    return sendOn(c, 'Signed in', returnTo);
  } catch (error) {
    return await refuseAnswer(c, error);
  }
}

async function signOut(c: Context<AppEnv>) {
  if (!comesFromOwnPage(c)) return refuseForeign(c);
  const session = await readSession(c);
  if (session) {
    const form = await readForm(c);
    if (!form) return refuseForm(c);
    if (!isCsrfToken(session.id, form['csrf'])) return refuseForeign(c);
    c.set('caller', { ...asRecognised(session), address: c.var.address });
    await c.var.services.sql.begin(async (tx) => {
      const ended = await endSessionInTx(tx, session.id);
      if (ended) await recordSignIn(tx, c, { action: 'sign-out', target: session.target });
    });
  }
  takeBackSecret(c, 'session');
  return answerPage(c, 200, {
    title: 'Signed out',
    body: html`<p>Your session here has ended. At the identity provider you may still be signed in.</p>
<p><a href="/sign-in">Sign in again</a></p>`,
  });
}

/** Begins a session under a new id; one that the browser had before ends, whoever put it there. */
async function begin(c: Context<AppEnv>, person: Person): Promise<void> {
  const { sql, clock, config } = c.var.services;
  const before = readSecret(c, 'session');
  c.set('caller', { ...asRecognised(person), address: c.var.address });
  const id = await sql.begin(async (tx) => {
    if (before !== undefined) await endSessionInTx(tx, before);
    await recordSignIn(tx, c, { action: 'sign-in', target: person.target });
    return await beginSessionInTx(tx, person, clock(), config.signIn);
  });
  giveSecret(c, 'session', id);
}

/** Refusals are shown as pages; anything else is a fault. */
function onlyProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/**
 * @throws OidcError `no-role` where nothing that the person has is mapped to a role; `no-subject` where the provider's
 * id of them is no text that could be recorded, so that nobody would know afterwards who it was.
 */
async function personOf(c: Context<AppEnv>, { settings }: Oidc, claims: Claims): Promise<Person> {
  const name = nameOf(claims);
  const role = roleOf(claims, settings);
  if (name === undefined || role === undefined) throw new OidcError('no-role');
  const subject = subjectOf(claims);
  if (subject === undefined) throw new OidcError('no-subject');
  const connections = await connectionsOf(c.var.services.sql, claims, settings);
  return { name, role, connections, target: `subject/${subject}` };
}

async function refuseAnswer(c: Context<AppEnv>, error: unknown) {
  if (!(error instanceof OidcError)) throw error;
  c.var.services.log.warn({ code: error.code, request_id: c.var.requestId }, 'sign-in refused');
  if (error.unavailable) {
    return refuse(
      c,
      503,
      html`<p>The identity provider cannot be reached, or does not answer as one. Try again later.</p>`,
    );
  }
  await recordRefusedSignIn(c, error.code);
  return error.code === 'no-role'
    ? refuse(
        c,
        403,
        html`<p>The identity provider knows you, but gives you no role here. Ask whoever grants roles.</p>`,
      )
    : refuse(c, 403, html`<p>The identity provider's answer was refused (${error.code}).</p>`);
}

function refuseForeign(c: Context<AppEnv>) {
  return refuse(
    c,
    403,
    html`<p>Expected this form to be sent from its own page. Open the page again. Behind a proxy, PUBLIC_URL must be set.</p>`,
  );
}

function refuseForm(c: Context<AppEnv>) {
  return refuse(
    c,
    400,
    html`<p>The form cannot be read, or was cut off on its way. Open the page again.</p>`,
  );
}

function refuse(c: Context<AppEnv>, status: 400 | 403 | 413 | 429 | 503, body: Html) {
  return answerPage(c, status, {
    title: 'Not signed in',
    body: html`${body}<p><a href="/sign-in">Sign in</a></p>`,
  });
}

function redirectUri(c: Context<AppEnv>): string {
  return new URL(CALLBACK, publicUrl(c)).href;
}
