import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { condition, observation, patient } from '../world/record.ts';
import { openTestWorld, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

const ASKED = ['system/Patient.read', 'system/Observation.read', 'system/Condition.read'];

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({
    connection: { scopes: ASKED.join(' ') },
    scopes: ASKED.slice(0, 2),
    ...options,
  });
  made.ehr.load([patient('p'), observation('o', 'p'), condition('c', 'p')]);
  return made;
}

const notices = (run: Record<string, unknown>) =>
  sql`select code, subject from run_notice where run_id = ${Number(run['run_id'])} order by code, subject`;

describe('a server that grants fewer scopes than were asked for', () => {
  inLongRun(it)('is told of with the run, which goes on without their types', async () => {
    const one = await site();
    const run = await one.sync();
    expect(run).toMatchObject({
      ...{ status: 'completed', records_loaded: 2 },
      scopes_not_granted: ['system/Condition.read'],
    });
    expect(await notices(run)).toEqual([{ code: 'scope-not-granted', subject: 'system/Condition.read' }]);
  });

  it('fails the run before any export is asked for where the connection wants that', async () => {
    const one = await site({ config: { missing_scopes: 'fail' } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'export', error_code: 'scopes-not-granted' });
    expect(run['error_message']).toContain('system/Condition.read');
    expect(one.ehr.requests.filter(({ kind }) => kind === 'kick-off')).toEqual([]);
  });

  inLongRun(it)(
    'and grants them later is asked for everything once: their types are older than the watermark',
    async () => {
      const one = await site();
      await one.sync();
      clock.advance(60);
      expect(await one.sync()).toMatchObject({ mode: 'incremental', records_extracted: 0 });
      // The token that is known has the old scopes; it lives five minutes.
      clock.advance(600);
      one.grant(ASKED);
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', mode: 'full', since: null, records_loaded: 1 });
      expect(await notices(run)).toEqual([{ code: 'scope-granted-late', subject: '' }]);
      clock.advance(60);
      expect(await one.sync()).toMatchObject({
        mode: 'incremental',
        records_extracted: 0,
        scopes_not_granted: [],
      });
    },
  );
});

describe('a wildcard that the server grants type by type', () => {
  const wildcard = (types: string[], config: object = {}) =>
    site({ connection: { scopes: 'system/*.read', export_resource_types: types }, config: { ...config } });

  it('is granted when all that is exported is: nothing is told, and it may be insisted on', async () => {
    const one = await wildcard(['Patient', 'Observation'], { missing_scopes: 'fail' });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2, scopes_not_granted: [] });
    expect(await notices(run)).toEqual([]);
  });

  it('is not when a type of the export is missing, which is named', async () => {
    const one = await wildcard(['Patient', 'Condition'], { missing_scopes: 'fail' });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_code: 'scopes-not-granted' });
    expect(run['error_message']).toContain('missing: system/Condition.read.');
  });

  inLongRun(it)(
    'may lack something where the connection does not say what it exports, and says what to do',
    async () => {
      const one = await wildcard([]);
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', scopes_not_granted: ['system/*.read'] });
      const [notice] = await sql`select message from run_notice where run_id = ${run['run_id']}`;
      expect(notice?.['message']).toContain('export_resource_types');
    },
  );
});
