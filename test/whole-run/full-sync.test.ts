import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

describe('a full sync', async () => {
  const site = await world.site({
    population: { seed: 'full', patients: LONG_RUN ? 8 : 4 },
    polls: 2,
    maxPerFile: 300,
    config: { limits: { chunk_bytes: 256 * 1024 } },
  });
  const { ehr } = site;
  const run = await site.sync();

  it('ends completed, with every time of its life noted', () => {
    expect(run).toMatchObject({ status: 'completed', mode: 'full', since: null, polls: 2, error_code: null });
    for (const time of [
      'created_at',
      'started_at',
      'kick_off_started_at',
      'manifest_at',
      'closing_at',
      'finished_at',
    ])
      expect(run[time], time).toBeInstanceOf(Date);
    // Words on a wait that is over would only mislead.
    expect(run['export_progress']).toBeNull();
  });

  it('asks for no _since, with the token, once', () => {
    const kickOffs = ehr.requests.filter(({ kind }) => kind === 'kick-off');
    expect(kickOffs).toHaveLength(1);
    expect(kickOffs[0]?.path).toBe('/fhir/$export');
    expect(ehr.requests.filter(({ kind }) => kind === 'status')).toHaveLength(3);
    expect(ehr.requests.filter(({ kind }) => kind === 'token')).toHaveLength(1);
  });

  it('makes a person of every Patient with a year of birth, and of nobody else', async () => {
    const persons = await sql<{ fhir_id: string }[]>`
      select r.fhir_id from person p join resource r on r.resource_key = p.person_id and r.resource_type = 'Patient'`;
    expect(persons).toHaveLength(ehr.count('Patient'));
    for (const { fhir_id } of persons) expect(ehr.get('Patient', fhir_id)).toBeDefined();
    const [all] = await sql`select count(*)::int as n from person`;
    expect(all?.['n']).toBe(ehr.count('Patient'));
  });

  it('counts as extracted what the server holds, type by type', async () => {
    const counts = await sql<{ resource_type: string; extracted: number }[]>`
      select resource_type, sum(extracted)::int as extracted from chunk_count where run_id = ${run['run_id']}
      group by resource_type order by resource_type`;
    expect(counts.length).toBeGreaterThan(8);
    for (const { resource_type, extracted } of counts)
      expect([resource_type, extracted]).toEqual([resource_type, ehr.count(resource_type)]);
    expect(run['records_extracted']).toBe(ehr.count());
  });

  it('accounts for every resource: in the run, per type and per resource', async () => {
    expect(run['records_extracted'] + run['records_redriven']).toBe(
      run['records_unchanged'] +
        run['records_loaded'] +
        run['records_excluded'] +
        run['records_failed'] +
        run['records_parked'],
    );
    expect(run).toMatchObject({
      records_unchanged: 0,
      records_failed: 0,
      records_parked: 0,
      records_redriven: 0,
    });
    const outcomes = await sql<{ outcome: string; n: number }[]>`
      select outcome, count(*)::int as n from resource group by outcome order by outcome`;
    expect(outcomes).toEqual([
      { outcome: 'excluded', n: run['records_excluded'] },
      { outcome: 'loaded', n: run['records_loaded'] },
    ]);
    const [reasons] = await sql`
      select sum(resources)::int as n from exclusions where run_id = ${run['run_id']}`;
    expect(reasons?.['n']).toBe(run['records_excluded']);
  });

  it('leaves no row that points at nothing or that nobody owns, and fills the tables that the EHR has data for', async () => {
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    const filled = sizes(await contentOf(sql, site.id));
    for (const table of [
      'person',
      'visit_occurrence',
      'condition_occurrence',
      'drug_exposure',
      'procedure_occurrence',
      'measurement',
      'observation',
      'care_site',
      'provider',
      'location',
    ])
      expect(filled[table], table).toBeGreaterThan(0);
    const [written] = await sql`
      select sum(written)::int - sum(deleted)::int as n from chunk_rows where run_id = ${run['run_id']}`;
    const rows = await sql<{ table_name: string }[]>`select table_name from cdm_table`;
    const mapped = rows.reduce((sum, { table_name }) => sum + (filled[table_name] ?? 0), 0);
    expect(written?.['n']).toBe(mapped);
  });

  it('places events in visits and with providers, not only beside them', async () => {
    const [measured] = await sql`
      select count(*)::int as n, count(visit_occurrence_id)::int as visits from measurement`;
    expect(measured?.['visits']).toBeGreaterThan(measured?.['n'] * 0.9);
    const [visits] = await sql`
      select count(*)::int as n, count(provider_id)::int as providers, count(care_site_id)::int as places from visit_occurrence`;
    expect(visits).toMatchObject({ providers: visits?.['n'], places: visits?.['n'] });
    // What stays open was never sent.
    expect(
      await sql`select 1 from open_link l join resource r on (r.connection_id, r.resource_type, r.fhir_id)
        = (l.connection_id, l.target_type, l.target_id) and r.outcome = 'loaded'`,
    ).toHaveLength(0);
    expect(await sql`select 1 from waiting`).toHaveLength(0);
  });

  it("moves the watermark to the server's transactionTime as it was written", async () => {
    const [connection] =
      await sql`select watermark, watermark_scope from connection where connection_id = ${site.id}`;
    expect(connection?.['watermark']).toBe(run['transaction_time']);
    expect(connection?.['watermark']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(connection?.['watermark_scope']).toBe(run['export_scope']);
  });

  it('releases the export on the server last, when every file has been read', () => {
    const kinds = ehr.requests.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'delete')).toHaveLength(1);
    expect(kinds.at(-1)).toBe('delete');
    expect(ehr.requests.at(-1)?.status).toBe(202);
    expect(kinds.filter((kind) => kind === 'file').length).toBeGreaterThan(12);
    expect(run).toMatchObject({ status_url: null, server_released: 'the server answered 202' });
  });

  it('writes the cdm_source row that the CDM asks for', async () => {
    const sources = await sql`select * from cdm_source`;
    expect(sources).toHaveLength(1);
    expect(sources[0]).toMatchObject({
      cdm_source_name: 'Site 1',
      cdm_source_abbreviation: 'site-1',
      cdm_version_concept_id: 756265,
      vocabulary_version: expect.stringContaining('demo'),
      source_release_date: run['transaction_time'].slice(0, 10),
    });
  });

  it('repeated in full sends everything again and writes nothing into the CDM', async () => {
    const before = await traces();
    const again = await site.sync({ full: true });
    expect(again).toMatchObject({
      status: 'completed',
      mode: 'full',
      since: null,
      records_extracted: run['records_extracted'],
      records_unchanged: run['records_extracted'],
      records_loaded: 0,
      rows_written: 0,
      rows_deleted: 0,
    });
    expect(await traces()).toEqual(before);
  });

  inLongRun(it)(
    'after a change of the mapping settings maps everything again, under the same ids',
    async () => {
      const ids = await sql`select person_id from person order by 1`;
      await sql`
      update connection set updated_at = now(),
        sync_config = jsonb_set(sync_config, '{mapping}', '{"person_source_value": "resource-id"}')
      where connection_id = ${site.id}`;
      const again = await site.sync({ full: true });
      expect(again).toMatchObject({ records_unchanged: 0, records_loaded: run['records_loaded'] });
      expect(again['rows_written']).toBe(again['rows_deleted']);
      expect(await sql`select person_id from person order by 1`).toEqual(ids);
      const [named] = await sql`
      select count(*)::int as n from person p join resource r on r.resource_key = p.person_id and r.fhir_id = p.person_source_value`;
      expect(named?.['n']).toBe(ids.length);
      expect(await sql`select 1 from resource_history where run_id = ${again['run_id']}`).toHaveLength(0);
    },
  );

  /** Count and transaction ids of all rows: any write at all, even of the same values, shows. */
  async function traces() {
    const tables = await sql<{ table_name: string }[]>`
      select table_name from cdm_table union all select 'resource' order by table_name`;
    const found: Record<string, unknown> = {};
    for (const { table_name } of tables) {
      const [row] = await sql`
        select count(*)::int as n, md5(string_agg(xmin::text || ctid::text, ',' order by ctid)) as xmins from ${sql(table_name)}`;
      found[table_name] = row;
    }
    return found;
  }
});

describe('a sync of a connection', () => {
  inLongRun(it)(
    'starts with a full export when its types have changed, and is incremental again after that',
    async () => {
      const site = await world.site({
        population: { seed: 'types', patients: 2 },
        connection: { export_resource_types: ['Patient', 'Encounter'] },
      });
      expect(await site.sync()).toMatchObject({ status: 'completed', mode: 'full' });
      expect(await site.sync()).toMatchObject({
        status: 'completed',
        mode: 'incremental',
        records_extracted: 0,
      });
      await sql`update connection set export_resource_types = ${['Encounter', 'Patient', 'Observation']} where connection_id = ${site.id}`;
      const widened = await site.sync();
      expect(widened).toMatchObject({ status: 'completed', mode: 'full', since: null });
      expect(widened['records_loaded'] + widened['records_excluded']).toBe(site.ehr.count('Observation'));
      expect(await site.sync()).toMatchObject({ mode: 'incremental', since: widened['transaction_time'] });
      // The order in which the types are written down is no change.
      await sql`update connection set export_resource_types = ${['Patient', 'Observation', 'Encounter']} where connection_id = ${site.id}`;
      expect(await site.sync()).toMatchObject({ mode: 'incremental' });
    },
  );

  it('is refused while one is live, and possible again after', async () => {
    const site = await world.site();
    site.ehr.load([patient('p')]);
    const first = await site.start();
    await expect(site.start()).rejects.toMatchObject({
      code: 'sync-already-running',
      message: expect.stringContaining(`Run ${first} `),
    });
    expect(await sql`select 1 from run where connection_id = ${site.id}`).toHaveLength(1);
    await drain(world.deps, world.clock);
    expect(await sql`select status from run where run_id = ${first}`).toEqual([{ status: 'completed' }]);
    expect(await site.sync()).toMatchObject({ status: 'completed' });
  });
});
