/** Rows that others have written about a person or a note go where that goes, whichever way it goes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeletionInTx } from '../../jobs/operator/delete-connection.ts';
import { migrate } from '../../sql/migrate.ts';
import { deleteOthersRows, othersRowsOf, writeOthersRows } from '../world/others-rows.ts';
import { patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps } = world;
afterAll(() => world.close());
// With the foreign keys of the CDM, an episode of nobody is refused at its commit.
beforeAll(async () => {
  await migrate(sql, world.database.schemas, { constraints: true });
});

const note = (id: string) => ({
  ...{ resourceType: 'DocumentReference', id: `note-${id}`, status: 'current', subject: to('Patient', id) },
  type: { coding: [{ system: 'http://loinc.org', code: '34109-9' }] },
  date: '2026-03-01T10:00:00Z',
  content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(`Of ${id}.`).toString('base64') } }],
});

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.load(['gone', 'other'].flatMap((id) => [patient(id), note(id)]));
  expect(await made.sync()).toMatchObject({ records_loaded: 4 });
  await deleteOthersRows(sql);
  await writeOthersRows(sql, made.id);
  return made;
}

const left = () => othersRowsOf(sql);
const OTHERS = { cohort: ['other'], episode: ['other'], episode_event: ['other'], note_nlp: ['note-other'] };

describe('what others have written about a patient', () => {
  it('goes with a patient who is purged', async () => {
    const one = await site();
    await startPurge(deps, {
      ...{ connection_id: one.id, patient_id: 'gone', unknown: false, reason: 'opt-out' },
      requested_by: 'test',
    });
    await drain(deps, world.clock);
    expect(await left()).toEqual(OTHERS);
  });

  it('goes with a patient who is deleted at the source', async () => {
    const one = await site();
    one.ehr.remove('Patient', 'gone');
    one.ehr.remove('DocumentReference', 'note-gone');
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    expect(await left()).toEqual(OTHERS);
  });

  it('goes with the note alone where only that is deleted', async () => {
    const one = await site();
    one.ehr.remove('DocumentReference', 'note-gone');
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    expect(await left()).toEqual({
      ...{ cohort: ['gone', 'other'], episode: ['gone', 'other'], episode_event: ['gone', 'other'] },
      note_nlp: ['note-other'],
    });
  });

  it('goes with the whole connection', async () => {
    const one = await site();
    await sql.begin((tx) => startDeletionInTx(tx, deps, { connection_id: one.id, triggered_by: 'test' }));
    await drain(deps, world.clock);
    expect(await sql`select 1 from connection where connection_id = ${one.id}`).toEqual([]);
    expect(await left()).toEqual({});
  });

  it('is the survivor’s where another Patient replaces theirs', async () => {
    const one = await site();
    one.ehr.put(patient('gone', { link: [{ other: to('Patient', 'other'), type: 'replaced-by' }] }));
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    const owners = await sql`
      select distinct fhir_id from resource
      where resource_key in (select subject_id from cohort union all select person_id from episode)`;
    expect(owners).toEqual([{ fhir_id: 'other' }]);
  });
});
