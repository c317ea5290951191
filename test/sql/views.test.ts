import { afterAll, describe, expect, it } from 'vitest';
import { LONG_RUN } from '../long-run.ts';
import { condition, observation, patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

describe('the views', async () => {
  const site = await world.site({ population: { seed: 'views', patients: 6 } });
  const { ehr } = site;
  const local = { coding: [{ system: 'urn:local', code: 'L-1', display: 'house code' }] };
  ehr.load([
    patient('p'),
    observation('unmapped-1', 'p', { code: local }),
    observation('unmapped-2', 'p', { code: local }),
    observation('parked', 'nobody-yet'),
    condition('broken', 'p', { onsetDateTime: 'last year' }),
  ]);
  const full = await site.sync();
  ehr.put(observation('added', 'p'));
  const incremental = await site.sync();
  ehr.faults.push({ on: 'kick-off', do: { status: 403 } });
  const failed = await site.sync();
  const quiet = await world.site();
  const runs = [full, incremental, failed].map((run) => run['run_id']);

  it('run_metrics: reads no chunk of a run that is closed, however many runs there were', async () => {
    const plan = await sql<{ 'QUERY PLAN': string }[]>`
      explain (analyze, costs off, timing off, summary off, buffers off) select * from run_metrics`;
    const scans = plan
      .map((row) => row['QUERY PLAN'])
      .filter((line) => / on chunk_(count|rows)\b/.test(line));
    expect(scans.length).toBeGreaterThan(0);
    for (const scan of scans) expect(scan).toContain('(never executed)');
  });

  it('run_metrics: one row a run, with what its chunks add up to', async () => {
    const rows = await sql`select * from run_metrics order by run_id`;
    expect(rows.map((row) => row['run_id'])).toEqual(runs);
    for (const row of rows) expect([row['run_id'], row['accounted_for']]).toEqual([row['run_id'], true]);
    const [first, second, third] = rows;
    expect(first).toMatchObject({
      status: 'completed',
      mode: 'full',
      records_failed: 1,
      records_parked: 1,
      error_code: null,
    });
    expect(second).toMatchObject({
      mode: 'incremental',
      records_extracted: 1,
      records_loaded: 1,
      records_written: 1,
      mapping_coverage: 100,
    });
    expect(third).toMatchObject({
      status: 'failed',
      error_code: 'kick-off-refused',
      records_extracted: 0,
      mapping_coverage: null,
    });
    const [loaded] =
      await sql`select count(*)::int as n from resource where outcome = 'loaded' and first_run = ${runs[0]}`;
    expect(first?.['records_loaded']).toBe(loaded?.['n']);
    const [unmapped] = await sql`
      select count(distinct resource_key)::int as n from unmapped_use join resource using (resource_key)
      where element = 'code' and first_run = ${runs[0]}`;
    expect(first?.['records_mapped']).toBe(loaded?.['n'] - unmapped?.['n']);
    expect(first?.['mapping_coverage']).toBeCloseTo(
      (100 * first?.['records_mapped']) / first?.['records_loaded'],
      1,
    );
  });

  it('run_metrics: a run that is under way shows what its chunks add up to so far', async () => {
    const before = await sql`select * from run_metrics where run_id = ${runs[0]}`;
    await sql
      .begin(async (tx) => {
        await tx`update run set status = 'processing', finished_at = null, records_extracted = null, records_unchanged = null,
        records_loaded = null, records_excluded = null, records_failed = null, records_parked = null, records_redriven = null,
        records_mapped = null, rows_written = null, rows_deleted = null where run_id = ${runs[0] ?? 0}`;
        const [live] = await tx`select * from run_metrics where run_id = ${runs[0] ?? 0}`;
        const counts = Object.entries(before[0] ?? {}).filter(([name]) =>
          /^(records|rows)_|coverage|accounted/.test(name),
        );
        expect(counts.length).toBeGreaterThan(9);
        for (const [name, value] of counts)
          expect([name, Number(live?.[name])]).toEqual([name, Number(value)]);
        throw new Error('undo');
      })
      .catch((error: Error) => {
        if (error.message !== 'undo') throw error;
      });
  });

  it('run_sums: what run_metrics says of each run, live ones too, and reads no chunk of one that is closed', async () => {
    await sql
      .begin(async (tx) => {
        await tx`update run set status = 'processing', finished_at = null, records_extracted = null, records_unchanged = null,
          records_loaded = null, records_excluded = null, records_failed = null, records_parked = null,
          records_redriven = null, records_mapped = null, rows_written = null, rows_deleted = null
          where run_id = ${runs[0] ?? 0}`;
        const sums = await tx`
          select run_id, extracted::text, unchanged::text, loaded::text, mapped::text, rows_written::text, excluded::text,
            failed::text, parked::text from run_sums order by run_id`;
        const told = await tx`
          select run_id, records_extracted::text as extracted, records_skipped::text as unchanged,
            records_loaded::text as loaded, records_mapped::text as mapped, records_written::text as rows_written,
            records_excluded::text as excluded, records_failed::text as failed, records_parked::text as parked
          from run_metrics order by run_id`;
        expect(sums.length).toBeGreaterThan(2);
        expect([...sums]).toEqual([...told]);
        throw new Error('undo');
      })
      .catch((error: Error) => {
        if (error.message !== 'undo') throw error;
      });
    const plan = await sql<{ 'QUERY PLAN': string }[]>`
      explain (analyze, costs off, timing off, summary off, buffers off) select * from pipeline_funnel`;
    const scans = plan.map((row) => row['QUERY PLAN']).filter((line) => / on chunk_count\b/.test(line));
    expect(scans.length).toBeGreaterThan(0);
    for (const scan of scans) expect(scan).toContain('(never executed)');
  });

  it('pipeline_funnel: what became of all that a connection ever sent', async () => {
    const [funnel] = await sql`select * from pipeline_funnel where connection_id = ${site.id}`;
    const [rows] = await sql`
      select ${await rowsInCdm()}::int as n, sum(written - deleted)::int as counted, sum(written)::int as written from chunk_rows`;
    expect(funnel).toMatchObject({
      extracted: ehr.count(),
      unchanged: 0,
      failed: 1,
      parked: 1,
      rows_written: rows?.['written'],
    });
    expect(rows?.['counted']).toBe(rows?.['n']);
    expect(funnel?.['loaded'] + funnel?.['excluded'] + funnel?.['failed'] + funnel?.['parked']).toBe(
      ehr.count(),
    );
    const [other] = await sql`select * from pipeline_funnel where connection_id = ${quiet.id}`;
    expect(other).toMatchObject({ extracted: 0, loaded: 0, rows_written: 0 });
  });

  it('connection_health: how each connection is doing', async () => {
    const [health] = await sql`select * from connection_health where connection_id = ${site.id}`;
    expect(health).toMatchObject({
      last_status: 'failed',
      health: 'failing',
      runs_30d: 3,
      failed_30d: 1,
      success_rate_30d: 66.7,
      records_failed_open: 1,
      parked_open: 1,
      live_run_id: null,
      watermark: incremental['transaction_time'],
    });
    expect(health?.['last_success_at']).toEqual(incremental['finished_at']);
    const [other] =
      await sql`select health, last_status from connection_health where connection_id = ${quiet.id}`;
    expect(other).toEqual({ health: 'never-synced', last_status: null });
    const runId = await quiet.start();
    const [live] = await sql`select live_run_id from connection_health where connection_id = ${quiet.id}`;
    expect(live?.['live_run_id']).toBe(runId);
    await sql`update run set status = 'cancelled', finished_at = now() where run_id = ${runId}`;
  });

  it('mapping_coverage: rows with a Standard concept, as the CDM has them', async () => {
    const rows = await sql`select * from mapping_coverage where connection_id = ${site.id}`;
    expect(rows.length).toBeGreaterThan(5);
    for (const { table_name, row_count, mapped_rows, coverage } of rows) {
      const concept = `${table_name.replace(/_(occurrence|exposure)$/, '')}_concept_id`;
      const [counted] = await sql`
        select count(*)::int as n, count(*) filter (where ${sql(concept)} <> 0)::int as mapped from ${sql(table_name)}`;
      expect([table_name, row_count, mapped_rows]).toEqual([table_name, counted?.['n'], counted?.['mapped']]);
      expect(coverage).toBeCloseTo((100 * mapped_rows) / row_count, 1);
    }
  });

  it('unmapped_codes: the worklist, the most frequent first', async () => {
    const rows = await sql`select * from unmapped_codes where connection_id = ${site.id}`;
    const [house] = rows.filter(({ system }) => system === 'urn:local');
    expect(house).toMatchObject({
      code: 'L-1',
      display: null,
      resource_type: 'Observation',
      element: 'code',
      records: 2,
      persons: 1,
    });
    const records = rows.map((row) => row['records']);
    expect(records).toEqual(records.toSorted((a, b) => b - a));
    expect(rows.at(-1)?.['cumulative_share']).toBe(100);
    const [zero] = await sql`
      select count(distinct condition_occurrence_id / 1000)::int as n from condition_occurrence where condition_concept_id = 0`;
    const conditions = rows.filter(
      (row) => row['resource_type'] === 'Condition' && row['element'] === 'code',
    );
    expect(conditions.reduce((sum, row) => sum + row['records'], 0)).toBe(zero?.['n']);
  });

  it('failures and exclusions: what was not loaded, with the reason and the place', async () => {
    expect(await sql`select resource_type, fhir_id, reason, field, line, resolved_at from failures`).toEqual([
      {
        resource_type: 'Condition',
        fhir_id: 'broken',
        reason: expect.stringContaining('date'),
        field: 'Condition.onsetDateTime',
        line: ehr.count('Condition'),
        resolved_at: null,
      },
    ]);
    const rules =
      await sql`select resource_type, rule, resources from exclusions where run_id = ${runs[0] ?? 0}`;
    expect(rules.length).toBeGreaterThan(1);
    expect(rules.reduce((sum, row) => sum + row['resources'], 0)).toBe(full['records_excluded']);
    // Corrected at the source, it is no longer open.
    ehr.put(condition('broken', 'p'));
    await site.sync();
    expect(await sql`select 1 from failures where resolved_at is null`).toEqual([]);
    if (!LONG_RUN) return;
    ehr.put(condition('broken-too', 'p', { onsetDateTime: 'one day' }));
    await site.sync();
    ehr.remove('Condition', 'broken-too');
    await site.sync();
    expect(await sql`select 1 from failures where resolved_at is null`).toEqual([]);
  });

  it('lineage: from a row of the CDM back to the resource, run, file and line', async () => {
    const measurements = await sql<
      { measurement_id: number }[]
    >`select measurement_id from measurement order by 1`;
    for (const { measurement_id } of [measurements[0], measurements.at(-1)].flatMap((row) => row ?? [])) {
      const rows = await sql`select * from lineage_of('measurement', ${measurement_id})`;
      expect(rows).toHaveLength(1);
      expect(rows).toEqual(
        await sql`
          select * from lineage where table_name = 'measurement' and ${measurement_id} between row_id_from and row_id_to`,
      );
      const [row] = rows;
      expect(ehr.get('Observation', row?.['fhir_id'])).toBeDefined();
      expect(row).toMatchObject({
        resource_type: 'Observation',
        connection_id: site.id,
        content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(row?.['vocabulary_version']).toContain('demo');
      const [file] = await sql`
        select url, lines_done from export_file where run_id = ${row?.['last_run']} and file_no = ${row?.['file_no']}`;
      expect(file?.['url']).toContain('Observation');
      expect(row?.['line']).toBeLessThanOrEqual(file?.['lines_done']);
    }
    const [person] = await sql`select row_id from lineage where table_name = 'person' and fhir_id = 'p'`;
    expect(await sql`select 1 from person where person_id = ${person?.['row_id']}`).toHaveLength(1);
    expect(await sql`select fhir_id from lineage_of('person', ${person?.['row_id']})`).toEqual([
      { fhir_id: 'p' },
    ]);
    expect(await sql`select 1 from lineage_of('measurement', 1)`).toEqual([]);
  });

  it('all say what they are and what each of their columns is', async () => {
    const bare = await sql<{ name: string }[]>`
      select c.relname || coalesce('.' || a.attname, '') as name
      from pg_class c
      join lateral (
        select 0 as attnum, null as attname
        union all select attnum, attname::text from pg_attribute where attrelid = c.oid and attnum > 0
      ) a on true
      where c.relnamespace = 'ehr_sync'::regnamespace and c.relkind = 'v'
        and col_description(c.oid, a.attnum) is null and (a.attnum > 0 or obj_description(c.oid) is null)
      order by 1`;
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('lineage_of: finds a row by index alone, as long as resources are looked up by their key', async () => {
    const plan = await sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`;
      return await tx<{ line: string }[]>`explain select * from lineage_of('measurement', 8434000)`.values();
    });
    const lines = plan.flat().join('\n');
    expect(lines).toMatch(/Index Scan using \S+ on resource[^\n]*\n\s*Index Cond: \(resource_key = '?8434/);
    expect(lines).not.toContain('Function Scan');
  });

  it('sync_timeline_30d: thirty days, today with the runs of today', async () => {
    const days = await sql`select * from sync_timeline_30d`;
    expect(days).toHaveLength(30);
    const sum = (name: string) => days.reduce((total, day) => total + day[name], 0);
    const [all] = await sql`
      select count(*)::int as runs, count(*) filter (where status = 'completed')::int as completed,
        count(*) filter (where status = 'failed')::int as failed, sum(records_extracted)::int as extracted from run`;
    expect({
      runs: sum('runs'),
      completed: sum('completed'),
      failed: sum('failed'),
      extracted: sum('extracted'),
    }).toEqual(all);
  });

  async function rowsInCdm(): Promise<number> {
    let rows = 0;
    for (const { table_name } of await sql<{ table_name: string }[]>`select table_name from cdm_table`) {
      const [count] = await sql`select count(*)::int as n from ${sql(table_name)}`;
      rows += count?.['n'];
    }
    return rows;
  }
});
