/** What studies and other programs write about our persons and notes: members of cohorts, episodes, terms found in notes. */
import type { Sql } from '../../sql/connect.ts';

/** A row in each of those tables for each person, and each note, of a connection. */
export async function writeOthersRows(sql: Sql, connectionId: number): Promise<void> {
  const keys = (
    await sql<{ key: number }[]>`
      select resource_key as key from resource
      where connection_id = ${connectionId} and resource_type = 'Patient' and outcome = 'loaded'`
  ).map((one) => one.key);
  await sql.begin(async (tx) => {
    const persons = tx`unnest(${keys}::bigint[]) as p(person_id)`;
    await tx`
      insert into cohort (cohort_definition_id, subject_id, cohort_start_date, cohort_end_date)
      select 7, person_id, date '2026-01-01', date '2026-02-01' from ${persons}`;
    await tx`
      insert into episode (episode_id, person_id, episode_concept_id, episode_start_date, episode_object_concept_id, episode_type_concept_id)
      select person_id + 5, person_id, 0, date '2026-01-01', 0, 0 from ${persons}`;
    await tx`
      insert into episode_event (episode_id, event_id, episode_event_field_concept_id)
      select person_id + 5, 1, 0 from ${persons}`;
    await tx`
      insert into note_nlp (note_nlp_id, note_id, section_concept_id, snippet, lexical_variant, nlp_date)
      select note_id, note_id, 0, note_text, 'x', date '2026-03-02' from note where person_id = any(${keys}::bigint[])`;
  });
}

export async function deleteOthersRows(sql: Sql): Promise<void> {
  for (const table of ['cohort', 'episode_event', 'episode', 'note_nlp'])
    await sql`delete from ${sql(table)}`;
}

/** Whose rows each of those tables has, by FHIR id: an episode is its person's, its events and terms are as they were. */
export async function othersRowsOf(sql: Sql): Promise<Record<string, string[]>> {
  const nameOf = new Map(
    (await sql<{ key: number; id: string }[]>`select resource_key as key, fhir_id as id from resource`).map(
      ({ key, id }) => [key, id],
    ),
  );
  const rows = {
    cohort: await sql<{ key: number }[]>`select subject_id as key from cohort`,
    episode: await sql<{ key: number }[]>`select person_id as key from episode`,
    episode_event: await sql<{ key: number }[]>`select episode_id - 5 as key from episode_event`,
    note_nlp: await sql<{ key: number }[]>`select note_id / 1000 as key from note_nlp`,
  };
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([, found]) => found.length > 0)
      .map(([table, found]) => [table, found.map(({ key }) => nameOf.get(key) ?? 'nobody').sort()]),
  );
}
