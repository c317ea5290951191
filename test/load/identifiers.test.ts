/** References that name a business identifier: conditional ones, and those by identifier alone. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { contentOf } from '../world/content.ts';
import { encounter, patient, practitioner } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;
const NPI = 'http://hl7.org/fhir/sid/us-npi';

describe('a reference by business identifier', async () => {
  const site = await world.site();
  const npi = (value: string) => ({ identifier: [{ system: NPI, value }] });

  async function links() {
    const rows = await sql<{ visit: string; provider: string | null; site: string | null }[]>`
      select r.fhir_id as visit, p.fhir_id as provider, c.fhir_id as site
      from visit_occurrence v join resource r on r.resource_key = v.visit_occurrence_id
      left join resource p on p.resource_key = v.provider_id left join resource c on c.resource_key = v.care_site_id
      where r.connection_id = ${site.id} order by 1`;
    return rows.map((row) => ({ ...row }));
  }

  it('finds a provider and a place that came before', async () => {
    site.ehr.load([
      patient('p'),
      practitioner('dr', npi('1234567893')),
      { resourceType: 'Organization', id: 'clinic', identifier: [{ system: 'urn:x', value: 'A|1' }] },
      encounter('conditional', 'p', {
        participant: [{ individual: { reference: `Practitioner?identifier=${NPI}|1234567893` } }],
        serviceProvider: { reference: 'Organization?identifier=urn%3Ax|A%7C1' },
      }),
      encounter('logical', 'p', {
        participant: [
          { individual: { type: 'Practitioner', identifier: { system: NPI, value: '1234567893' } } },
        ],
      }),
    ]);
    await site.sync();
    expect(await links()).toEqual([
      { visit: 'conditional', provider: 'dr', site: 'clinic' },
      { visit: 'logical', provider: 'dr', site: null },
    ]);
  });

  inLongRun(it)('waits for one that comes later', async () => {
    site.ehr.put(
      encounter('early', 'p', {
        participant: [{ individual: { reference: `Practitioner?identifier=${NPI}|9999999999` } }],
      }),
    );
    await site.sync();
    expect(await links()).toContainEqual({ visit: 'early', provider: null, site: null });
    site.ehr.put(practitioner('new', npi('9999999999')));
    await site.sync();
    expect(await links()).toContainEqual({ visit: 'early', provider: 'new', site: null });
    const fresh = await world.site({ ehr: site.ehr });
    await fresh.sync();
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  });

  it('keeps no identifier but its hash, and none of Patients', async () => {
    site.ehr.put(patient('q', { identifier: [{ system: 'urn:mrn', value: 'MRN-7' }] }));
    await site.sync();
    const rows = await sql<{ hash: string; resource_type: string }[]>`
      select hash, resource_type from resource_identifier where connection_id = ${site.id}`;
    expect(new Set(rows.map((row) => row.resource_type))).toEqual(new Set(['Practitioner', 'Organization']));
    expect(rows.every((row) => /^[0-9a-f]{64}$/.test(row.hash))).toBe(true);
  });
});
