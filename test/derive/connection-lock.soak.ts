/** What a close computes may take minutes, in which the connection's settings can be changed all the same. */
import { afterAll, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { holdTable } from '../world/locks.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const TOKEN = 'the-token-of-the-admin';
const app = createApp({ ...deps, config: { adminToken: TOKEN } });

it.each(['observation_period', 'quality_assessment', 'unmapped_summary'])(
  'a connection can be changed while its close waits to write %s',
  async (table) => {
    const site = await world.site({ population: { seed: 'lock', patients: 2 } });
    site.ehr.put(patient('p'));
    const runId = await site.start();
    const held = await holdTable(sql, table);
    const closing = drain(deps, clock);
    try {
      await Promise.race([held.reached(), closing]);
      expect((await runOf(sql, runId))['status']).toBe('processing');
      // Told at once where it is locked, instead of waiting.
      await sql`select 1 from connection where connection_id = ${site.id} for no key update nowait`;
      const answer = await app.request(`/api/v1/admin/fhir-connections/${site.id}`, {
        ...{ method: 'PUT', body: JSON.stringify({ site_name: 'Renamed' }) },
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(200);
    } finally {
      await held.release();
      await closing;
    }
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed' });
    const [connection] = await sql`
      select site_name, watermark is not null as moved, periods_reach is not null as reaches, unmapped_counted, cdm_source_name
      from connection where connection_id = ${site.id}`;
    expect(connection).toMatchObject({
      site_name: 'Renamed',
      moved: true,
      reaches: true,
      unmapped_counted: true,
    });
    const sources =
      await sql`select 1 from cdm_source where cdm_source_name = ${connection?.['cdm_source_name']}`;
    expect(sources).toHaveLength(1);
  },
);
