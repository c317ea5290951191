/**
 * Every page in a real browser: no violation of WCAG 2.1 AA in light and dark, nothing on the console, no request to
 * another host, no scrolling sideways at 360 px. SCREENSHOTS=1 keeps a picture of each look under .data/screenshots.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  launch,
  noChromium,
  openPage,
  picture,
  pictureForReadme,
  violations,
  type Watched,
} from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/admin'],
  ['connections', '/admin/connections'],
  ['connection-new', '/admin/connections/new'],
  ['connection', '/admin/connections/1'],
  ['connection-runs', '/admin/connections/1/runs'],
  ['connection-settings', '/admin/connections/1/settings'],
  ['connection-keys', '/admin/connections/1/keys'],
  ['connection-delete', '/admin/connections/1/delete'],
  ['runs', '/admin/runs'],
  ['run', '/admin/connections/1/runs/1'],
  ['run-failed', '/admin/connections/1/runs/2'],
  ['run-live', '/admin/connections/2/runs/3'],
  ['not-loaded', '/admin/not-loaded?kind=excluded'],
  ['not-loaded-failed', '/admin/connections/1/not-loaded'],
  ['not-loaded-excluded', '/admin/connections/1/not-loaded?kind=excluded'],
  ['not-loaded-parked', '/admin/connections/1/not-loaded?kind=parked'],
  ['codes', '/admin/codes'],
  ['code', '/admin/codes/1/map?q=diabetes'],
  ['maps', '/admin/codes/maps'],
  ['remap', '/admin/codes/changes'],
  ['concepts', '/admin/concepts?q=diabetes'],
  ['concept', '/admin/concepts/201826'],
  ['vocabulary', '/admin/vocabulary'],
  ['lineage', '/admin/lineage?table=person&row=1'],
  ['quality', '/admin/quality'],
  ['thresholds', '/admin/quality/thresholds'],
  ['alerts', '/admin/alerts'],
  ['reconciliations', '/admin/reconciliations'],
  ['purges', '/admin/purges'],
  ['webhooks', '/admin/webhooks'],
  ['webhook', '/admin/webhooks/1'],
  ['tokens', '/admin/tokens'],
  ['audit', '/admin/audit'],
  ['groups', '/admin/groups'],
  ['approvals', '/admin/approvals'],
  ['coverage', '/admin/coverage'],
  ['codes-review', '/admin/codes/review?code=1&code=2'],
  ['map-new', '/admin/codes/maps/new'],
  ['docs', '/docs'],
  ['refused', '/admin/connections/999'],
];

describe.skipIf(noChromium)(`every page in a browser${noChromium ? `, skipped: ${noChromium}` : ''}`, () => {
  let stage: Stage;
  let browser: Browser;
  let watched: Watched;

  beforeAll(async () => {
    stage = await openStage();
    browser = await launch();
    const { world } = stage;
    const site = await world.site({ population: { seed: 'looks', patients: 30 } });
    site.ehr.faults.push({
      ...{ on: 'file', match: ({ path }) => path.includes('Condition') },
      do: { rewrite: (line, index) => (index === 2 ? '{"resourceType":"Condition", broken\n' : line) },
    });
    await site.sync();
    site.ehr.faults.push({ on: 'kick-off', do: { status: 403, body: '{}' } });
    await site.sync();
    const second = await world.site({ population: { seed: 'live', patients: 2 } });
    await second.start();
    watched = await openPage(browser, stage.url);
    const { cookie, csrf } = await stage.session('admin');
    await stage.app.request(`${stage.url}/admin/webhooks`, {
      ...{ method: 'POST', headers: { cookie, origin: stage.url, 'sec-fetch-site': 'same-origin' } },
      body: new URLSearchParams({
        csrf,
        name: 'on call',
        url: 'https://hooks.example/',
        events: 'run.failed',
      }),
    });
    const [name = '', value = ''] = cookie.split('=');
    await watched.context.addCookies([{ name, value, url: stage.url }]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it('is looked at by something that finds what is wrong', async () => {
    const { page } = await openPage(browser, 'about:blank');
    await page.setContent('<main><img src="data:,"><p style="color:#aaa;background:#fff">faint</p></main>');
    expect((await violations(page)).map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['image-alt', 'color-contrast']),
    );
    await page.context().close();
  });

  it.each(PAGES)('%s', async (name, path) => {
    const { page, complaints } = watched;
    const seen: string[] = [];
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${stage.url}${path}`);
    // What is folded is looked at too; of the reference, where all is alike, the first of each kind.
    await page.evaluate(() => {
      for (const one of [...document.querySelectorAll('main details')].slice(0, 8))
        one.setAttribute('open', '');
    });
    seen.push(...(await violations(page)));
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('main details')) one.removeAttribute('open');
    });
    await keep(name);
    await page.emulateMedia({ colorScheme: 'dark' });
    seen.push(...(await violations(page, ['color-contrast'])));
    await keep(`${name}-dark`);
    if (name === 'codes') await keepForReadme();
    await page.emulateMedia({ colorScheme: 'light' });
    if (['overview', 'run', 'not-loaded'].includes(name)) await keepForReadme();
    await page.setViewportSize({ width: 360, height: 800 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    await keep(`${name}-narrow`);
    expect([...seen, ...complaints.splice(0), ...(sideways ? ['scrolls sideways at 360 px'] : [])]).toEqual(
      [],
    );

    async function keepForReadme(): Promise<void> {
      if (process.env['SCREENSHOTS']) await pictureForReadme(page, name);
    }

    async function keep(as: string): Promise<void> {
      if (process.env['SCREENSHOTS']) await picture(page, as);
    }
  });
});
