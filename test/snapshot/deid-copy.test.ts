/** A snapshot of the copy for researchers on CDM 5.5: what that version added is in it as the decisions say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshCopy } from '../../jobs/deid/copy.ts';
import { keyedId } from '../../jobs/deid/keyed-id.ts';
import { openDeidKeys } from '../../jobs/deid/secret.ts';
import { openDuck } from '../../jobs/snapshot/duckdb.ts';
import { type Manifest, takeSnapshot } from '../../jobs/snapshot/snapshot.ts';
import { ADDED_COLUMNS } from '../../sql/cdm-version.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
const folder = await mkdtemp(join(tmpdir(), 'snapshot-deid-'));
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.close();
});

const DAY = '2024-03-02';
let manifest: Manifest;
let visit = 0;
let person = 0;
beforeAll(async () => {
  await moveCdm(sql, deps.schemas, '5.5');
  const site = await world.site();
  const at = `${DAY}T10:00:00Z`;
  site.ehr.load([
    patient('p'),
    encounter('v', 'p', { period: { start: at, end: at } }),
    observation('m', 'p', { effectiveDateTime: at, encounter: to('Encounter', 'v') }),
  ]);
  await site.sync();
  const [row] = await sql<{ visit: number; person: number }[]>`
    select visit_occurrence_id as visit, person_id as person from visit_occurrence`;
  visit = row?.visit ?? 0;
  person = row?.person ?? 0;
  // Each column that 5.5 added, with a value of its own.
  await sql`update measurement set value_as_source_concept_id = 11`;
  await sql`
    insert into observation (observation_id, person_id, observation_concept_id, observation_date, observation_type_concept_id,
      value_as_date, unit_source_concept_id, value_as_source_concept_id)
    values (7, ${person}, 0, ${DAY}, 32817, '1999-09-09', 12, 13)`;
  await sql`
    insert into specimen (specimen_id, person_id, specimen_concept_id, specimen_type_concept_id, specimen_date,
      visit_occurrence_id, visit_detail_id)
    values (8, ${person}, 0, 32817, ${DAY}, ${visit}, 4711)`;
  await sql`update cdm_source set cdm_release_identifier = 'release 7'`;
  await refreshCopy(deps);
  manifest = await takeSnapshot(
    { sql, schemas: deps.schemas, clock },
    { folder: join(folder, 'out'), schema: 'cdm_deid', format: 'parquet', program: 'test 1' },
  );
});

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const { duck, close } = await openDuck(':memory:');
  try {
    const file = join(folder, 'out', `${table}.parquet`);
    return (await duck.runAndReadAll(`select * from read_parquet('${file}')`)).getRowObjectsJson();
  } finally {
    close();
  }
}

/** The only row in which the column may have a value. */
async function onlyValue(table: string, column: string): Promise<unknown> {
  const rows = (await rowsOf(table)).filter(
    (row) => table !== 'observation' || row['unit_source_concept_id'],
  );
  expect(rows, table).toHaveLength(1);
  expect(rows[0], table).toHaveProperty(column);
  return rows[0]?.[column];
}

describe('a snapshot of the copy for researchers, on CDM 5.5', () => {
  it('has concepts of what 5.5 added as they are, ids by the key, and no date of which nobody knows what it is of', async () => {
    const { id: key } = await openDeidKeys(sql, deps.keyring);
    const expected: Record<string, unknown> = {
      'measurement.value_as_source_concept_id': 11,
      'observation.value_as_date': null,
      'observation.unit_source_concept_id': 12,
      'observation.value_as_source_concept_id': 13,
      'specimen.visit_occurrence_id': String(keyedId(visit, key)),
      'specimen.visit_detail_id': String(keyedId(4711, key)),
      'cdm_source.cdm_release_identifier': 'release 7',
    };
    const added = Object.entries(ADDED_COLUMNS).flatMap(([table, columns]) =>
      columns.map((column) => ({ table, column })),
    );
    expect(added.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
      Object.keys(expected).sort(),
    );
    for (const { table, column } of added) {
      const name = `${table}.${column}`;
      expect([name, await onlyValue(table, column)]).toEqual([name, expected[name]]);
    }
    expect(keyedId(visit, key)).not.toBe(visit);
    const [stay] = await rowsOf('visit_occurrence');
    expect(stay?.['visit_occurrence_id']).toBe(expected['specimen.visit_occurrence_id']);
  });

  it('has as many rows of each table as the copy, and the tables that 5.5 added', async () => {
    expect(manifest).toMatchObject({ complete: true, schema: 'cdm_deid' });
    const names = manifest.tables.map(({ table }) => table);
    for (const table of ['pack_content', 'concept_metadata', 'concept_relationship_metadata'])
      expect(names).toContain(table);
    for (const table of ['source_to_concept_map', 'cohort', 'cohort_definition', 'metadata'])
      expect(names).not.toContain(table);
    for (const { table, rows } of manifest.tables) {
      const [there] = await sql<{ n: number }[]>`select count(*)::int as n from ${sql(`cdm_deid.${table}`)}`;
      expect([table, rows]).toEqual([table, there?.n]);
      // Nobody is cut here, so what was inserted is in it once.
      if (['observation', 'specimen', 'measurement', 'visit_occurrence'].includes(table)) {
        expect(rows).toBeGreaterThan(0);
      }
    }
  });
});
