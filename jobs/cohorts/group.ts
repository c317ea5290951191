/** A cohort as a FHIR Group: the members of one connection by the ids that its EHR knows. */
import type { Sql } from '../../sql/connect.ts';
import { syncError } from '../step/errors.ts';

export interface FhirGroup {
  readonly resourceType: 'Group';
  readonly type: 'person';
  readonly actual: true;
  readonly name: string;
  readonly quantity: number;
  readonly member: readonly {
    readonly entity: { readonly reference: string };
    readonly period: { readonly start: string; readonly end: string };
  }[];
}

/** With how many members are of no Patient of that connection. */
export async function groupOf(
  sql: Sql,
  of: { readonly id: number; readonly connectionId: number },
): Promise<{ readonly group: FhirGroup; readonly elsewhere: number }> {
  const [definition] = await sql<{ name: string }[]>`
    select cohort_definition_name as name from cohort_definition where cohort_definition_id = ${of.id}`;
  const rows = await sql<{ id: string | null; start: string; end: string }[]>`
    select r.fhir_id as id, c.cohort_start_date as start, c.cohort_end_date as "end"
    from cohort c
    left join resource r on r.resource_key = c.subject_id and r.resource_type = 'Patient'
      and r.connection_id = ${of.connectionId}
    where c.cohort_definition_id = ${of.id}
    order by r.fhir_id, c.cohort_start_date`;
  if (rows.length === 0) throw syncError('cohort-empty', { id: of.id });
  const member = rows.flatMap(({ id, start, end }) =>
    id === null ? [] : [{ entity: { reference: `Patient/${id}` }, period: { start, end } }],
  );
  const persons = new Set(member.map(({ entity }) => entity.reference)).size;
  return {
    group: {
      ...{ resourceType: 'Group', type: 'person', actual: true },
      ...{ name: definition?.name ?? `cohort ${of.id}`, quantity: persons, member },
    },
    elsewhere: rows.length - member.length,
  };
}
