/** Every page in a real browser: accessible, silent on the console, alone on its host, wide and narrow, light and dark. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, noChromium, openPage, picture, violations } from './chromium.ts';
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
  ['run-live', '/admin/connections/2/runs/3'],
  ['alerts', '/admin/alerts'],
  ['refused', '/admin/connections/999'],
];

describe.skipIf(noChromium)(`every page in a browser${noChromium ? `, skipped: ${noChromium}` : ''}`, () => {
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    stage = await openStage();
    browser = await launch();
    const site = await stage.world.site({ population: { seed: 'looks', patients: 30 } });
    await site.sync();
    await site.sync();
    const second = await stage.world.site({ population: { seed: 'live', patients: 2 } });
    await second.start();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it.each(PAGES)('%s has no violation, no complaint, and no sideways scroll', async (name, path) => {
    const seen = [];
    for (const look of [{}, { dark: true }, { width: 360 }] as const) {
      const { page, context, complaints } = await openPage(browser, stage.url, look);
      const { cookie } = await stage.session('admin');
      const [key = '', value = ''] = cookie.split('=');
      await context.addCookies([{ name: key, value, url: stage.url }]);
      await page.goto(`${stage.url}${path}`);
      const suffix = 'dark' in look ? '-dark' : 'width' in look ? '-narrow' : '';
      await picture(page, `${name}${suffix}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      seen.push(
        ...(await violations(page)),
        ...complaints,
        ...(sideways ? [`scrolls sideways ${suffix}`] : []),
      );
      await context.close();
    }
    expect(seen).toEqual([]);
  });
});
