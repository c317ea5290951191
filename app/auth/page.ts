/** The frame of the pages for people: no script, one style that the Content-Security-Policy names by its hash. */
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { html, raw } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from '../app-env.ts';

/** What `html` makes: everything put into it is escaped. */
export type Html = ReturnType<typeof html>;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 12vh auto 0; padding: 0 1.25rem; }
h1 { font-size: 1.25rem; }
dt { opacity: 0.7; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
button { font: inherit; padding: 0.4rem 1rem; cursor: pointer; }
footer { margin-top: 3rem; font-size: 0.85rem; opacity: 0.7; }
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Goes on there at once, by itself. */
  readonly onward?: string | undefined;
}

export function answerPage(c: Context<AppEnv>, status: ContentfulStatusCode, { title, body, onward }: Page) {
  const refresh = onward === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${onward}" />`;
  return c.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
${refresh}
<title>${title} · fhir-omop-sync</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
<footer>fhir-omop-sync</footer>
</main>
</body>
</html>`,
    status,
  );
}

/**
 * Sends the browser on from a page of ours. A redirect would not do: the browser would count the next request as sent
 * by whoever sent it here, keep the strict cookie back, and hold the target against `form-action`.
 */
export function sendOn(c: Context<AppEnv>, title: string, onward: string) {
  return answerPage(c, 200, { title, body: html`<p><a href="${onward}">Continue</a></p>`, onward });
}

/**
 * Headers of pages, which win over those of the API. A page may bring a policy of its own. With `no-referrer` browsers would send "Origin: null" with our own
 * forms.
 */
export const pageHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (c.res.headers.get('content-type')?.startsWith('text/html') !== true) return;
  if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', POLICY);
  c.header('referrer-policy', 'same-origin');
};
