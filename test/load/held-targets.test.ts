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

/** The person of a Patient, and its key where a row is not asked for, for a chunk of a phase, beside another run or not. */
async function find(tx: Tx, id: string, of: { holds: boolean; phase: number }) {
  const ref = { types: ['Patient'], id };
  const context = { connectionId: 1, memory: new ByIdentity<never>(), mine: new Set<number>(), ...of };
  const references = await resolveReferences(tx, context, [ref], new ByIdentity());
  return { person: references.find(ref, 'person'), key: references.find(ref, undefined) };
}
const BESIDE = { holds: true, phase: 3 };
const SAME_PHASE = { holds: false, phase: phaseOf('Patient') };
const EXCLUDED = { outcome: 'excluded', row_tables: 0 };
const ROWLESS = { row_tables: 0 };

/** What is found of `id` by a chunk that has to wait for this change of a resource. */
async function findAfter(id: string, of: typeof BESIDE, key: number, change: object) {
  const { found } = await db.sql.begin(async (taking) => {
    await taking`select 1 from resource where resource_key = ${key} for update`;
    await taking`update resource set ${taking(change)} where resource_key = ${key}`;
    const found = db.sql.begin((tx) => find(tx, id, of));
    await untilWaitedFor(db.sql, taking);
    return { found };
  });
  return await found;
}

it.each([
  ['is excluded', EXCLUDED, BESIDE],
  ['loses its row', ROWLESS, BESIDE],
  ['is excluded by a chunk of its own phase', EXCLUDED, SAME_PHASE],
])('a target that %s at that moment is waited for, and then is none', async (name, change, of) => {
  const key = await load(name);
  expect(await findAfter(name, of, key, change)).toEqual({
    person: undefined,
    // It is still there for what needs no row of it.
    key: change === ROWLESS ? key : undefined,
  });
});

it.each([
  ['is excluded', EXCLUDED],
  ['loses its row', ROWLESS],
])('so is the person of a replaced Patient that %s at that moment', async (name, change) => {
  const survivor = await load(`survivor that ${name}`);
  await db.sql`insert into patient_merge ${db.sql({ connection_id: 1, replaced_id: `of ${name}`, person_id: survivor })}`;
  expect(await findAfter(`of ${name}`, BESIDE, survivor, change)).toEqual({
    ...{ person: undefined, key: undefined },
  });
});

it('a target that was found keeps its rows until what refers to it is there', async () => {
  const key = await load('kept');
  const taken = await db.sql.begin(async (tx) => {
    expect(await find(tx, 'kept', BESIDE)).toEqual({ person: key, key });
    const locked = db.sql.begin(
      (other) => other`select resource_key from resource where resource_key = ${key} for update`,
    );
    await untilWaitedFor(db.sql, tx);
    return { locked };
  });
  expect(await taken.locked).toMatchObject([{ resource_key: key }]);
});
