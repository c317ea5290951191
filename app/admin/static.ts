/**
 * Stylesheet, scripts and icon. htmx comes out of its package as it is; its licence is served beside it. Addresses
 * carry a hash of the content, so browsers keep them until they change.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App } from '../app-env.ts';

const OWN = join(import.meta.dirname, 'static');
const HTMX = dirname(dirname(createRequire(import.meta.url).resolve('htmx.org')));

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const FILES: Readonly<Record<string, { readonly type: string; readonly file: string }>> = {
  'style.css': { type: CSS, file: join(OWN, 'style.css') },
  'admin.js': { type: SCRIPT, file: join(OWN, 'admin.js') },
  'icon.svg': { type: 'image/svg+xml', file: join(OWN, 'icon.svg') },
  'htmx.js': { type: SCRIPT, file: join(HTMX, 'dist', 'htmx.min.js') },
  'htmx-licence.txt': { type: 'text/plain; charset=utf-8', file: join(HTMX, 'LICENSE') },
};

const loaded = new Map(
  Object.entries(FILES).map(([name, { type, file }]) => {
    const text = readFileSync(file, 'utf8');
    return [name, { type, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 12) }];
  }),
);

/** The address of a file, with the hash of its content. */
export function asset(name: keyof typeof FILES & string): string {
  return `/admin/static/${name}?v=${loaded.get(name)?.hash ?? ''}`;
}

export function mountStatic(app: App): void {
  app.get('/admin/static/:name', async (c, next) => {
    const found = loaded.get(c.req.param('name'));
    if (!found) return await next();
    const current = c.req.query('v') === found.hash;
    return c.body(found.text, 200, {
      'content-type': found.type,
      'cache-control': current ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });
}
