/** What is known of a chunk's resources is locked before it is replaced, and must still be what was read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import { type Known, lockKnown, readKnown } from '../../jobs/load/compare/known.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newResource, newSite, type Site } from '../derive/chart.ts';

let db: TestDatabase;
let site: Site;
let other: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'north');
  other = await newSite(db.sql, 'south');
});
afterAll(() => db.drop());

const entries = (...ids: string[]) => {
  const lines = ids.map((id) => JSON.stringify({ resourceType: 'Patient', id }));
  return readLines(splitLines(Buffer.from(lines.join('\n')), 0, false)).entries;
};
const read = (...ids: string[]) => db.sql.begin((tx) => readKnown(tx, site.connectionId, entries(...ids)));

let made = 0;
async function loaded(): Promise<Known> {
  const id = `p-${++made}`;
  await newResource(db.sql, site, 'Patient', { id });
  const known = (await read(id)).get('Patient', id);
  if (!known) throw new Error('Expected it to be known');
  return known;
}

it('is read by type and id, of this connection', async () => {
  const known = await loaded();
  await newResource(db.sql, other, 'Patient', { id: 'p-elsewhere' });
  await newResource(db.sql, site, 'Practitioner', { id: 'p-of-another-type' });
  const found = await read(known.fhir_id, 'p-elsewhere', 'p-of-another-type', 'p-unknown');
  expect(found.size).toBe(1);
  expect(found.get('Patient', known.fhir_id)).toEqual(known);
});

it('is still known where nobody has changed it, and nothing has to be asked for nothing', async () => {
  const [one, two] = [await loaded(), await loaded()];
  expect(await db.sql.begin((tx) => lockKnown(tx, [two, one]))).toBe(true);
  expect(await db.sql.begin((tx) => lockKnown(tx, []))).toBe(true);
});

it.each<[string, (tx: Tx, key: number) => Promise<unknown>]>([
  ['its content', (tx, key) => tx`update resource set content_hash = '\\xbb' where resource_key = ${key}`],
  [
    'the run that brought it',
    (tx, key) => tx`update resource set last_run = last_run + 1 where resource_key = ${key}`,
  ],
  [
    'what became of it',
    (tx, key) =>
      tx`update resource set outcome = 'excluded', reason = 'deleted-at-source' where resource_key = ${key}`,
  ],
  ['that it is there', (tx, key) => tx`delete from resource where resource_key = ${key}`],
])('is not known any more where another has changed %s', async (_, change) => {
  const [one, two] = [await loaded(), await loaded()];
  await db.sql.begin((tx) => change(tx, two.resource_key));
  expect(await db.sql.begin((tx) => lockKnown(tx, [one, two]))).toBe(false);
  expect(await db.sql.begin((tx) => lockKnown(tx, [one]))).toBe(true);
});

it('is locked for as long as the transaction lasts', async () => {
  const known = await loaded();
  await db.sql.begin(async (tx) => {
    await lockKnown(tx, [known]);
    await expect(
      db.sql`select 1 from resource where resource_key = ${known.resource_key} for update nowait`,
    ).rejects.toMatchObject({ code: '55P03' });
  });
});
