/** Rows that others have written about what we loaded go where that goes, whichever way it goes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { startDeletionInTx } from '../../jobs/operator/delete-connection.ts';
import { migrate } from '../../sql/migrate.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { few, inLongRun } from '../long-run.ts';
import { loadRelease } from '../remap/release.ts';
import { orphans } from '../world/content.ts';
import { deleteOthersRows, writeOthersRows } from '../world/others-rows.ts';
import { condition, encounter, patient, to } from '../world/record.ts';
import { confirmReconciliation, startPurge, startRemap, startRun } from '../world/verbs.ts';
import { drain, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps } = world;
afterAll(() => world.close());
// With the foreign keys of the CDM, an episode of nobody is refused at its commit.
beforeAll(async () => {
  await migrate(sql, world.database.schemas, { constraints: true });
  // The demo's vocabulary has no concepts of domains.
  for (const side of [1, 2]) {
    await sql`alter table fact_relationship drop constraint ${sql(`fk_fact_relationship_domain_concept_id_${side}`)}`;
  }
});

const note = (id: string, fields: Record<string, unknown> = {}, text = `Of ${id}.`): Resource => ({
  ...{ resourceType: 'DocumentReference', id: `note-${id}`, status: 'current', subject: to('Patient', id) },
  type: { coding: [{ system: 'http://loinc.org', code: '34109-9' }] },
  date: '2026-03-01T10:00:00Z',
  content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(text).toString('base64') } }],
  ...fields,
});
const diabetes = (id: string, fields: Record<string, unknown> = {}) =>
  condition(`ill-${id}`, id, { encounter: to('Encounter', `visit-${id}`), ...fields });

/** Of the CDM's field of ids of a table. */
const FIELD_OF_CONDITIONS = 1147127;
const PERSON = 56;
const CONDITION = 19;
const VISIT = 8;
const NOTE = 5085;
/** Ids that are no resource's. */
const ELSEWHERE = 8_000_000_000_000;

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.load(
    ['gone', 'other'].flatMap((id) => [patient(id), encounter(`visit-${id}`, id), diabetes(id), note(id)]),
  );
  expect(await made.sync()).toMatchObject({ records_loaded: 8 });
  await deleteOthersRows(sql);
  await writeOthersRows(sql, made.id);
  await sql.begin(async (tx) => {
    await tx`delete from fact_relationship`;
    await tx`delete from cost where cost_id >= ${ELSEWHERE}`;
    await tx`delete from observation where observation_id >= ${ELSEWHERE}`;
    const persons = tx`
      select person_id, condition_occurrence_id as ill, c.visit_occurrence_id as visit, note_id
      from person join condition_occurrence c using (person_id) join note using (person_id)
      join resource on resource_key = person_id where connection_id = ${made.id}`;
    // What the episodes are of.
    await tx`
      update episode_event set event_id = ill, episode_event_field_concept_id = ${FIELD_OF_CONDITIONS}::integer
      from (${persons}) p where episode_id = person_id + 5`;
    // One way only, and the other way only.
    await tx`
      insert into fact_relationship (domain_concept_id_1, fact_id_1, domain_concept_id_2, fact_id_2, relationship_concept_id)
      select d.concept, d.id, 27, 5, 0 from (${persons}) p, lateral (values (${PERSON}::int, person_id), (${CONDITION}, ill), (${VISIT}, visit), (${NOTE}, note_id)) as d(concept, id)
      union all
      select 27, 5, d.concept, d.id, 0 from (${persons}) p, lateral (values (${PERSON}::int, person_id), (${CONDITION}, ill), (${VISIT}, visit), (${NOTE}, note_id)) as d(concept, id)`;
    await tx`
      insert into cost (cost_id, cost_event_id, cost_domain_id, cost_type_concept_id)
      select ${ELSEWHERE}::bigint + ill, ill, 'Condition', 0 from (${persons}) p
      union all select ${ELSEWHERE}::bigint + visit, visit, 'Visit', 0 from (${persons}) p`;
    await tx`
      insert into observation (observation_id, person_id, observation_concept_id, observation_date, observation_type_concept_id, visit_occurrence_id)
      select ${ELSEWHERE}::bigint + person_id, person_id, 0, date '2026-01-01', 0, visit from (${persons}) p`;
  });
  return made;
}

/** What each of these rows is about, by tables. */
async function left(): Promise<Record<string, string[]>> {
  const rows = await sql<{ name: string; ids: string[] }[]>`
    select name, array_agg(coalesce(fhir_id, 'nothing') order by coalesce(fhir_id, 'nothing')) as ids
    from (
      select 'cohort' as name, subject_id as key from cohort
      union all select 'episode', person_id from episode
      union all select 'episode_event', event_id / 1000 from episode_event
      union all select 'note_nlp', note_id / 1000 from note_nlp
      union all select 'cost', case cost_domain_id when 'Visit' then cost_event_id else cost_event_id / 1000 end
        from cost where cost_id >= ${ELSEWHERE}
      union all select 'observation', person_id from observation where observation_id >= ${ELSEWHERE}
      union all select 'fact', case when domain_concept_id_1 in (${PERSON}, ${VISIT}) then fact_id_1 else fact_id_1 / 1000 end
        from fact_relationship where domain_concept_id_1 <> 27
      union all select 'fact back', case when domain_concept_id_2 in (${PERSON}, ${VISIT}) then fact_id_2 else fact_id_2 / 1000 end
        from fact_relationship where domain_concept_id_2 <> 27
    ) o left join resource on resource_key = key
    group by name order by name`;
  return Object.fromEntries(rows.map(({ name, ids }) => [name, ids]));
}

/** What is left where something goes of one patient, and all of the other stays. */
function without(...gone: string[]): Record<string, string[]> {
  const of = (...names: string[]) =>
    ['gone', 'other']
      .flatMap((id) => names.map((name) => name + id))
      .filter((one) => !gone.includes(one))
      .sort();
  return {
    ...{ cohort: of(''), cost: of('ill-', 'visit-'), episode: of(''), episode_event: of('ill-') },
    ...{ fact: of('', 'ill-', 'note-', 'visit-'), 'fact back': of('', 'ill-', 'note-', 'visit-') },
    ...{ note_nlp: of('note-'), observation: of('') },
  };
}
const WITHOUT_PATIENT = without('gone', 'ill-gone', 'note-gone', 'visit-gone');

const put =
  (...resources: Resource[]) =>
  async (one: Site) => {
    for (const resource of resources) one.ehr.put(resource);
    expect(await one.sync()).toMatchObject({ status: 'completed' });
  };
const remove =
  (...names: string[]) =>
  async (one: Site) => {
    for (const name of names) one.ehr.remove(...(name.split('/') as [string, string]));
    expect(await one.sync()).toMatchObject({ status: 'completed' });
  };
const ALL = ['Patient/gone', 'Encounter/visit-gone', 'Condition/ill-gone', 'DocumentReference/note-gone'];

async function reconcile(one: Site): Promise<void> {
  for (const name of ALL) one.ehr.remove(...(name.split('/') as [string, string]));
  const { run_id } = await startRun(deps, { connection_id: one.id, triggered_by: 'test', reconcile: true });
  await drain(deps, world.clock);
  await confirmReconciliation(deps, {
    ...{ connection_id: one.id, run_id, vanished: 4, override: true, confirmed_by: 'test' },
  });
  await drain(deps, world.clock);
}

async function purge(one: Site): Promise<void> {
  await startPurge(deps, {
    ...{ connection_id: one.id, patient_id: 'gone', unknown: false, reason: 'opt-out' },
    requested_by: 'test',
  });
  await drain(deps, world.clock);
}

describe('what others have written about a patient goes with one', () => {
  few(it, 1).each<[string, (one: Site) => Promise<void>]>([
    ['who is purged', purge],
    ['who is deleted at the source with all that is theirs', remove(...ALL)],
    ['of whom the Patient alone is deleted', remove('Patient/gone')],
    ['who has vanished at the source', reconcile],
    ['whose Patient is excluded from now on', put(patient('gone', { birthDate: undefined }))],
    ['whose Patient fails from now on', put(patient('gone', { birthDate: 'in spring' }))],
  ])('%s', async (_, goes) => {
    const one = await site();
    await goes(one);
    expect(await left()).toEqual(WITHOUT_PATIENT);
    expect(await orphans(sql)).toEqual([]);
  });

  inLongRun(it)('whose whole connection goes', async () => {
    const one = await site();
    await sql.begin((tx) => startDeletionInTx(tx, deps, { connection_id: one.id, triggered_by: 'test' }));
    await drain(deps, world.clock);
    expect(await sql`select 1 from connection where connection_id = ${one.id}`).toEqual([]);
    expect(await left()).toEqual({});
    expect(await orphans(sql)).toEqual([]);
  });
});

describe('what others have written about a row goes with one', () => {
  inLongRun(it).each<[string, string, (one: Site) => Promise<void>]>([
    ['of a note that is deleted', 'note-', remove('DocumentReference/note-gone')],
    ['of a condition that is deleted', 'ill-', remove('Condition/ill-gone')],
    ['of a visit that is deleted', 'visit-', remove('Encounter/visit-gone')],
    ['of a note that was entered in error', 'note-', put(note('gone', { status: 'entered-in-error' }))],
    ['of a note that fails', 'note-', put(note('gone', { date: 'in spring' }))],
    ['of a note that waits for another Patient', 'note-', put(note('gone', { subject: to('Patient', 'x') }))],
    [
      'of a condition that is refuted',
      'ill-',
      put(diabetes('gone', { verificationStatus: { coding: [{ code: 'refuted' }] } })),
    ],
    [
      'of a condition whose new code is in another domain',
      'ill-',
      put(diabetes('gone', { code: codeable(coding('SNOMED', '305351004')) })),
    ],
    ['of a visit that was not', 'visit-', put(encounter('visit-gone', 'gone', { status: 'cancelled' }))],
    [
      'of a visit that is part of another',
      'visit-',
      put(encounter('visit-gone', 'gone', { partOf: to('Encounter', 'visit-other') })),
    ],
  ])('%s', async (_, kind, goes) => {
    const one = await site();
    await goes(one);
    expect(await left()).toEqual(without(`${kind}gone`));
    expect(await orphans(sql)).toEqual([]);
  });

  inLongRun(it)('whose concept is in another domain by a new vocabulary', async () => {
    const one = await site();
    await loadRelease(deps, (release) => release.move('SNOMED', '44054006', 'Observation'));
    const { run_id } = await startRemap(deps, { connection_id: one.id, triggered_by: 'test' });
    await drain(deps, world.clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
    await loadRelease(deps, () => {});
    const { episode_event: _, ...rest } = without('ill-gone', 'ill-other');
    expect(await left()).toEqual(rest);
  });
});

describe('what others have written stays', () => {
  inLongRun(it)('where a new version gives the same rows, and a note the same words', async () => {
    const one = await site();
    await put(
      patient('gone', { gender: 'male' }),
      encounter('visit-gone', 'gone', { status: 'in-progress' }),
      diabetes('gone', { onsetDateTime: '2026-02-01' }),
      note('gone', { description: 'A letter' }),
    )(one);
    expect(await left()).toEqual(without());
  });

  inLongRun(it)('except the terms that were found in words that a note has no longer', async () => {
    const one = await site();
    await put(note('gone', {}, 'Of somebody.'))(one);
    expect(await left()).toEqual({ ...without(), note_nlp: ['note-other'] });
  });

  it('and is told, by the tables of the run that took it out', async () => {
    const one = await site();
    one.ehr.put(patient('gone', { birthDate: undefined }));
    const run = await one.sync();
    const told = await sql`
      select table_name, sum(deleted)::int as deleted from chunk_rows
      where run_id = ${run['run_id']} and table_name = any(${['cohort', 'episode', 'episode_event', 'note_nlp']})
      group by 1 order by 1`;
    expect(told).toEqual(
      ['cohort', 'episode', 'episode_event', 'note_nlp'].map((table_name) => ({ table_name, deleted: 1 })),
    );
  });
});

describe('what others have written about a patient who is replaced', () => {
  inLongRun(it)('is the survivor’s, each member of a cohort once', async () => {
    const one = await site();
    await put(patient('gone', { link: [{ other: to('Patient', 'other'), type: 'replaced-by' }] }))(one);
    // What was told of each of both is told twice of the one.
    const facts = [...(without('gone')['fact'] ?? []), 'other'].sort();
    expect(await left()).toEqual({
      ...without(),
      ...{ cohort: ['other'], episode: ['other', 'other'], observation: ['other', 'other'] },
      ...{ fact: facts, 'fact back': facts },
    });
    expect(await orphans(sql)).toEqual([]);
  });
});
