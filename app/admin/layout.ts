/** The frame of every page: head, menu, who is signed in, and what was just done. */
import { html } from 'hono/html';
import { stream } from 'hono/streaming';
import { describeError } from '../../jobs/step/describe-error.ts';
import type { Html } from '../auth/page.ts';
import { flashOf } from './flash.ts';
import { menu } from './menu.ts';
import { stampOf } from './parts/text.ts';
import { refusalOf, refusedBox } from './refused.ts';
import { asset } from './static.ts';
import type { PageContent, Visit } from './visit.ts';

/** Nothing from elsewhere, and nothing inline. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** htmx sends its polling and nothing else: no styles of its own, no pages kept, nothing evaluated. */
const HTMX = '{"includeIndicatorCSS":false,"history":false}';

export async function layout(visit: Visit, page: PageContent) {
  const { head, foot } = await frame(visit, page);
  return visit.c.html(html`${head}${page.body}${foot}`, page.status ?? 200);
}

/**
 * A page whose parts are sent as they become ready, so that browsers show them meanwhile, also without JavaScript.
 * What fails once it has begun is told in its place: the status has gone out already.
 */
export async function layoutInParts(
  visit: Visit,
  page: Omit<PageContent, 'body' | 'status'>,
  parts: (send: (part: Html) => Promise<void>) => Promise<void>,
) {
  const { c } = visit;
  const { head, foot } = await frame(visit, page);
  c.header('content-type', 'text/html; charset=UTF-8');
  // Proxies collect an answer otherwise, and give it out whole.
  c.header('x-accel-buffering', 'no');
  return stream(c, async (out) => {
    const send = async (part: Html) => void (await out.write(String(await part)));
    await send(head);
    try {
      await parts(send);
    } catch (error) {
      const refused = refusalOf(error);
      visit.services.log.error({ error: describeError(error), request_id: c.var.requestId }, 'page failed');
      await send(html`${refusedBox(refused)}`);
    }
    await send(foot);
  });
}

async function frame(visit: Visit, { title, at, live = false }: Omit<PageContent, 'body'>) {
  const { c, caller, csrf } = visit;
  const said = flashOf(c.req.query('said'));
  c.header('content-security-policy', POLICY);
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${title} · fhir-omop-sync</title>
<link rel="icon" href="${asset('icon.svg')}" />
<link rel="stylesheet" href="${asset('style.css')}" />
${live ? html`<meta name="htmx-config" content="${HTMX}" /><script src="${asset('htmx.js')}" defer></script>` : ''}
<script src="${asset('admin.js')}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/admin">fhir-omop-sync</a>
<details class="who"><summary>${caller.name} <span class="quiet">(${caller.role})</span></summary>
<dl><dt>Signed in as</dt><dd>${caller.name}</dd><dt>Role</dt><dd>${caller.role}</dd>
<dt>Connections</dt><dd>${caller.connections === null ? 'all' : caller.connections.join(', ') || 'none'}</dd>
<dt>Until</dt><dd>${stampOf(visit.session.endsAt.toISOString())} at the latest</dd></dl></details>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}" /><button class="plain">Sign out</button></form>
</header>
${await menu(visit, at)}
<main id="main" tabindex="-1">
<h1>${title}</h1>
${said === undefined ? '' : html`<p class="box good" role="status">${said}</p>`}
`;
  const foot = html`
</main>
<footer><a href="/docs">API</a></footer>
</body>
</html>`;
  return { head, foot };
}

/** A part of a page, for the script that refreshes it. */
export function fragment({ c }: Visit, body: ReturnType<typeof html>) {
  c.header('content-security-policy', POLICY);
  return c.html(body);
}
