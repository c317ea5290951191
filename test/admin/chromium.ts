/**
 * Debian's Chromium, driven by playwright-core. What a page must never do is watched all the time: errors on the
 * console, requests to another host, and anything that the Content-Security-Policy forbade.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] || '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];
/** Git ignores it. */
const PICTURES = join(import.meta.dirname, '../../.data/screenshots');

/** Names what is missing; undefined where the tests can run. */
export const noChromium: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `there is no ${CHROMIUM} (apt-get install chromium, or CHROMIUM=path)`;

export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What must not happen and did. */
  readonly complaints: string[];
}

export async function launch(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: { readonly javaScriptEnabled?: boolean; readonly width?: number; readonly dark?: boolean } = {},
): Promise<Watched> {
  const { javaScriptEnabled = true, width = 1280, dark = false } = options;
  const context = await browser.newContext({
    ...{ javaScriptEnabled, viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // An answer of 4xx is told on the console by the browser itself; tests look at those answers.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`foreign request: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return { page, context, complaints };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.1 AA on the page as it is, a line each; of these rules only, where some are named. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // The debugger's own evaluation is not under the page's policy.
  await page.evaluate(AXE);
  return await page.evaluate(async (only) => {
    const runOnly = only
      ? { type: 'rule', values: only }
      : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
    // biome-ignore lint/suspicious/noExplicitAny: axe is put into the page by name.
    const found = await (globalThis as any).axe.run(document, { runOnly });
    return found.violations.flatMap(
      (rule: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
        rule.nodes.map(
          (node) => `${rule.id}: ${node.html.slice(0, 200)} — ${node.failureSummary.slice(0, 300)}`,
        ),
    );
  }, rules);
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** What fits on a screen, for the README. */
export async function pictureForReadme(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 794 });
  await page.screenshot({ path: join(PICTURES, 'readme', `${name}.png`) });
}
