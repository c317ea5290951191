/** What is referred to, while another chunk may take it away at the same moment. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ByIdentity } from '../../jobs/lines/by-identity.ts';
import { phaseOf } from '../../jobs/load/phases.ts';
import { resolveReferences } from '../../jobs/load/references.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { untilWaitedFor } from '../world/locks.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await newDatabase();
  await db.sql`insert into connection (site_name, site_key) values ('one', 'one')`;
});
afterAll(() => db.drop());

async function load(id: string): Promise<number> {
  const [row] = await db.sql<[{ resource_key: number }]>`
    insert into resource (connection_id, resource_type, fhir_id, content_hash, mapping_version_id, outcome, row_tables,
      position, chunk_id, chunk_line, first_run, last_run)
    values (1, 'Patient', ${id}, 'x'::bytea, 1, 'loaded', ${bitOf('person')}, 0, 0, 0, 1, 1) returning resource_key`;
  return row.resource_key;
}

/** The person of a Patient, for a chunk of a phase, beside another run or not. */
async function find(tx: Tx, id: string, of: { holds: boolean; phase: number }): Promise<number | undefined> {
  const ref = { types: ['Patient'], id };
  const context = { connectionId: 1, memory: new ByIdentity<never>(), mine: new Set<number>(), ...of };
  return (await resolveReferences(tx, context, [ref], new ByIdentity())).find(ref, 'person');
}
const BESIDE = { holds: true, phase: 3 };
const SAME_PHASE = { holds: false, phase: phaseOf('Patient') };

it.each([
  ['is excluded', { outcome: 'excluded', row_tables: 0 }, BESIDE],
  ['loses its row', { row_tables: 0 }, BESIDE],
  ['is excluded by a chunk of its own phase', { outcome: 'excluded', row_tables: 0 }, SAME_PHASE],
])('a target that %s at that moment is waited for, and then is none', async (name, change, of) => {
  const key = await load(name);
  const asked = await db.sql.begin(async (taking) => {
    await taking`select 1 from resource where resource_key = ${key} for update`;
    await taking`update resource set ${taking(change)} where resource_key = ${key}`;
    const found = db.sql.begin((tx) => find(tx, name, of).then((one) => [one]));
    await untilWaitedFor(db.sql, taking);
    return { found };
  });
  expect(await asked.found).toEqual([undefined]);
});

it('a target that was found keeps its rows until what refers to it is there', async () => {
  const key = await load('kept');
  const taken = await db.sql.begin(async (tx) => {
    expect(await find(tx, 'kept', BESIDE)).toBe(key);
    const locked = db.sql.begin(
      (other) => other`select resource_key from resource where resource_key = ${key} for update`,
    );
    await untilWaitedFor(db.sql, tx);
    return { locked };
  });
  expect(await taken.locked).toMatchObject([{ resource_key: key }]);
});
