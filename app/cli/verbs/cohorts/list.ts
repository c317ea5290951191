/** `cohorts list`: what is in the tables cohort and cohort_definition. */
import { withLocal } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { machineVerb } from '../../verb.ts';

interface Row {
  readonly [column: string]: string | number | null;
}

export const list = machineVerb('list', 'The cohorts of studies in the CDM.', ['cohorts list']).action(
  (options) =>
    withLocal(async ({ engine: { deps } }) => {
      const items = await deps.sql<Row[]>`
        select coalesce(d.cohort_definition_id, c.id) as id, d.cohort_definition_name as name, coalesce(c.rows, 0) as rows,
          coalesce(c.persons, 0) as persons, coalesce(c.missing, 0) as persons_missing
        from cohort_definition d
        full join (
          select cohort_definition_id as id, count(*)::int as rows, count(distinct subject_id)::int as persons,
            (count(distinct subject_id) filter (where p.person_id is null))::int as missing
          from cohort left join person p on p.person_id = subject_id group by 1
        ) c on c.id = d.cohort_definition_id
        order by 1`;
      if (options.json) return sayJson({ items: [...items] });
      say(items.length === 0 ? 'There is none.' : table(items));
    }),
);
