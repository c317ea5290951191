/**
 * What an operator does, in a real browser against a simulated EHR: from the first sign-in to an acknowledged alert,
 * with JavaScript and without.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ehr, startEhr } from '../ehr/server.ts';
import { launch, noChromium, openPage } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const MODES = [
  { how: 'with JavaScript', javaScriptEnabled: true, key: 'memorial' },
  { how: 'without JavaScript', javaScriptEnabled: false, key: 'mercy' },
];

describe.skipIf(noChromium)(
  `the journey of an operator${noChromium ? `, skipped: ${noChromium}` : ''}`,
  () => {
    let stage: Stage;
    let browser: Browser;
    const ehrs: Ehr[] = [];

    beforeAll(async () => {
      stage = await openStage();
      browser = await launch();
    });
    afterAll(async () => {
      await browser?.close();
      for (const ehr of ehrs) await ehr.close();
      await stage?.close();
    });

    it.each(MODES)('is whole $how', async ({ javaScriptEnabled, key }) => {
      const { page, context, complaints } = await openPage(browser, stage.url, { javaScriptEnabled });
      const ehr = await startEhr({
        ...{ polls: 0, retryAfter: '1', clock: stage.world.clock },
        population: { seed: key, patients: 12 },
      });
      ehrs.push(ehr);
      const client_id = `client-${key}`;
      const register = (jwks: object) =>
        ehr.registerClient({ client_id, jwks: jwks as never, scopes: ['system/*.read'] });
      register({ keys: [] });
      const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
      const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
      const menu = (name: string | RegExp) =>
        page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
      const heading = () => page.locator('h1').innerText();

      await page.goto(await stage.signInAddress());
      await press('Sign in');
      expect(await heading()).toBe('Overview');

      // A connection with a key that is made here; the EHR does not know the key yet.
      await menu('Connections');
      await follow('New connection');
      await press('Any FHIR R4 server');
      await page.getByLabel('Name (required)').fill(`Hospital ${key}`);
      await page.getByLabel('Site key').fill(key);
      await page.getByLabel('FHIR base URL').fill(ehr.url);
      await page.getByLabel('Client id').fill(client_id);
      await page.getByLabel('Private addresses').fill('127.0.0.0/8');
      await press('Create the connection');
      await page.getByRole('status').getByText('Register the public key at the EHR').waitFor();
      const jwks = JSON.parse(await page.locator('#jwks').innerText());

      await follow('Status');
      await press('Test connection');
      const verdict = page.getByRole('status');
      await verdict.getByText('The connection does not work yet.').waitFor();
      const tested = page.getByRole('region', { name: 'Test of the connection' });
      expect(await tested.innerText()).toContain('To do: The EHR must know the public half of this key');
      register(jwks);
      await press('Test connection');
      await verdict.getByText('The connection works.').waitFor();

      // A sync, watched; one line of it cannot be read.
      ehr.faults.push({
        ...{ on: 'file', match: ({ path }: { path: string }) => path.includes('Condition') },
        do: { rewrite: (line, index) => (index === 2 ? '{"resourceType":"Condition", broken\n' : line) },
      });
      await press('Sync now');
      expect(await heading()).toMatch(/^Run \d+$/);
      await page.getByText('waits for a worker').waitFor();
      await stage.work();
      await seeEnd(page, javaScriptEnabled, 'completed');
      expect(await page.locator('.sum').innerText()).toContain('adds up');

      // From the funnel to the failure, and to its line.
      await menu(/^Overview/);
      await page.getByRole('link', { name: 'Failed', exact: true }).click();
      await page
        .getByRole('row')
        .filter({ hasText: `Hospital ${key}` })
        .getByRole('link')
        .first()
        .click();
      await page.getByText(/line 3, run \d+/).waitFor();

      // An unmapped code is mapped; the rows change, and it leaves the worklist.
      await menu('Codes');
      await page.getByLabel('Connection').selectOption({ label: `Hospital ${key}` });
      await page.getByLabel('Expected domain').fill('Condition');
      await press('Show');
      const code = page.locator('tbody th a').first();
      const name = await code.innerText();
      await code.click();
      expect(await heading()).toBe(`Map ${name}`);
      await page.getByRole('spinbutton', { name: 'Concept id' }).fill('201826');
      await page.getByRole('button', { name: 'Map to this' }).last().click();
      await page.getByText('The code is mapped, and what uses it is mapped again.').waitFor();
      await stage.work();
      await seeEnd(page, javaScriptEnabled, 'completed');
      const rows = await stage.world.sql`
      select 1 from condition_occurrence where condition_concept_id = 201826 and condition_source_value like ${`%${name}%`}`;
      expect(rows.length).toBeGreaterThan(0);
      await menu('Codes');
      expect(await page.getByRole('link', { name, exact: true }).count()).toBe(0);

      // A run is cancelled; another fails, is told of, and goes on after what was wrong is mended.
      await menu('Connections');
      await follow(`Hospital ${key}`);
      await press('Full sync');
      await press('Cancel the run');
      await page.getByText('What was loaded stays').waitFor();
      await stage.work();
      ehr.faults.push({ on: 'kick-off', do: { status: 403, body: '{}' } });
      await menu('Connections');
      await follow(`Hospital ${key}`);
      await press('Sync now');
      await stage.work();
      await seeEnd(page, javaScriptEnabled, 'failed');
      expect(await page.locator('.box.bad').first().innerText()).toContain('kick-off-refused');
      await menu(/^Alerts/);
      await press(/^Acknowledge/);
      await page.getByText('The alert is acknowledged.').waitFor();
      await menu(/^Runs/);
      await page.getByRole('link', { name: /^run / }).first().click();
      await press('Retry from its checkpoint');
      await stage.work();
      await seeEnd(page, javaScriptEnabled, 'completed');

      // Several codes at once: what would change is seen, and one of them is mapped to 0.
      await menu('Codes');
      await page.getByLabel('Connection').selectOption({ label: `Hospital ${key}` });
      await press('Show');
      const picked = page.getByRole('checkbox', { name: /^Pick / });
      const first = (await picked.nth(0).getAttribute('aria-label'))?.replace('Pick ', '') ?? '';
      await picked.nth(0).check();
      await picked.nth(1).check();
      await press('Review suggestions of those picked');
      await page.getByRole('combobox').nth(0).selectOption('0');
      await page.getByRole('combobox').nth(1).selectOption('');
      await press('See what changes');
      await page.getByRole('status').getByText('What a remap will change').waitFor();
      await press('Map them, and map again what uses them');
      await page.getByText('The codes are mapped').waitFor();
      expect(await page.getByRole('link', { name: first, exact: true }).count()).toBe(0);

      // What destroys asks for it by name: one patient, what vanished, the connection.
      const [someone] = await stage.world.sql<{ fhir_id: string }[]>`
        select fhir_id from resource join connection using (connection_id)
        where site_key = ${key} and resource_type = 'Patient' and outcome = 'loaded' order by 1 limit 1`;
      await menu('Purges');
      await page.getByLabel('Connection').selectOption({ label: `Hospital ${key}` });
      await page.getByLabel('FHIR id of the Patient').fill(someone?.fhir_id ?? '');
      await page.getByLabel('The same id again').fill('another');
      await page.getByLabel('Reason').fill('opt-out');
      await press('Purge the patient');
      await page.getByRole('alert').getByText('Expected the same id of a Patient twice').waitFor();
      await page.getByLabel('Connection').selectOption({ label: `Hospital ${key}` });
      await page.getByLabel('FHIR id of the Patient').fill(someone?.fhir_id ?? '');
      await page.getByLabel('The same id again').fill(someone?.fhir_id ?? '');
      await page.getByLabel('Reason').fill('opt-out');
      await press('Purge the patient');
      await page.getByText('The purge is asked for.').waitFor();
      await stage.work();
      await menu('Purges');
      await page.getByRole('button', { name: /^Lift/ }).first().waitFor();

      await menu('Connections');
      await follow(`Hospital ${key}`);
      await follow('Settings');
      await follow(/Delete/);
      await page.getByLabel('Site key of the connection').fill('another');
      await press('Delete the connection');
      await page.getByText('This is not its site key.').waitFor();
      await page.getByLabel('Site key of the connection').fill(key);
      await press('Delete the connection');
      await page.getByText(/The connection is (gone|being deleted)/).waitFor();
      await stage.work();
      await menu('Connections');
      expect(await page.getByRole('link', { name: `Hospital ${key}` }).count()).toBe(0);

      await press('Sign out');
      expect(await heading()).toBe('Signed out');
      expect(complaints).toEqual([]);
      await context.close();
    });
  },
);

/** With JavaScript the page finds the end by itself; without, somebody asks again. */
async function seeEnd(page: Page, javaScriptEnabled: boolean, status: string): Promise<void> {
  if (!javaScriptEnabled) await page.getByRole('link', { name: 'Refresh' }).click();
  await page.locator('.steps .state').getByText(status).waitFor();
  // The page has other buttons than the live one, which is gone.
  await page.getByRole('link', { name: 'Refresh' }).waitFor({ state: 'detached' });
}
