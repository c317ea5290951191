/**
 * Brings a cohort of a study into the CDM's tables cohort and cohort_definition: from a file, or from another schema, as
 * ATLAS fills one. All of it is written, or nothing: every member must be a person here, with dates in order.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Actor } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { MembersFile } from './read-members.ts';

/** What is wrong with a line. */
export type Fault = Readonly<Record<'line', number> & Record<'fault', FaultCode>>;
type FaultCode = 'not-a-person' | 'several-persons' | 'not-a-date' | 'ends-before-start' | 'twice';

export interface CohortReport {
  readonly cohort_definition_id: number;
  readonly members: number;
  readonly persons: number;
  /** Members whose days lie in no observation period of theirs: OHDSI's tools leave them out. */
  readonly outside_observation: number;
  readonly faults: number;
  /** The first of them. */
  readonly first_faults: readonly Fault[];
  /** Rows of the same cohort that were there. */
  readonly there: number;
  readonly written: boolean;
}

export interface CohortOptions {
  readonly id: number;
  readonly name: string;
  readonly description?: string | undefined;
  /** Writes it; without, it is only checked. */
  readonly apply: boolean;
  /** Takes the place of a cohort of the same number. */
  readonly replace: boolean;
}

const SHOWN = 20;

export async function importCohort(
  deps: { readonly sql: Sql; readonly clock: Clock; readonly actor: Actor },
  source: MembersFile | { readonly schema: string },
  options: CohortOptions,
): Promise<CohortReport> {
  return await deps.sql.begin(async (tx) => {
    await tx`
      create temp table cohort_sent (line integer, subject text, starts text, ends text, person bigint, fault text)
      on commit drop`;
    if ('schema' in source) await takeFromSchemaInTx(tx, source.schema, options.id);
    else await takeFromFileInTx(tx, source);
    await checkInTx(tx, 'by' in source ? source.by : 'person_id');
    if (options.apply) await holdPersonsInTx(tx);
    const report = await writeInTx(tx, options);
    if (report.written) {
      const { members, persons, there } = report;
      await recordInTx(tx, {
        ...{ at: deps.clock(), actor: deps.actor, action: 'cohort.import', object: `cohort/${options.id}` },
        details: { members, persons, replaced: there },
      });
    }
    return report;
  });
}

async function takeFromFileInTx(tx: Tx, { members }: MembersFile): Promise<void> {
  for await (const batch of members) {
    await tx`
      insert into cohort_sent (line, subject, starts, ends)
      select * from unnest(${batch.map((one) => one.line)}::int[], ${batch.map((one) => one.subject)}::text[],
        ${batch.map((one) => one.start)}::text[], ${batch.map((one) => one.end)}::text[])`;
  }
}

async function takeFromSchemaInTx(tx: Tx, schema: string, id: number): Promise<void> {
  const [there] = await tx`
    select 1 from pg_tables where schemaname = ${schema} and tablename = 'cohort'
    union all select 1 from pg_views where schemaname = ${schema} and viewname = 'cohort'`;
  if (!there) throw syncError('cohort-schema', { schema });
  await tx`
    insert into cohort_sent (line, subject, starts, ends)
    select row_number() over (order by subject_id, cohort_start_date), subject_id, cohort_start_date, cohort_end_date
    from ${tx(schema)}.cohort where cohort_definition_id = ${id}`;
}

const DATE = '^(1[89]|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$';

async function checkInTx(tx: Tx, by: MembersFile['by']): Promise<void> {
  await tx`
    update cohort_sent set fault = 'not-a-date'
    where exists (
      select from unnest(array[starts, ends]) as d(day)
      where case
        when d.day ~ ${DATE} then
          -- What is written as a date need not be one: 2026-02-30.
          right(d.day, 2)::integer >
            extract(day from (left(d.day, 8) || '01')::date + interval '1 month' - interval '1 day')
        else true
      end
    )`;
  if (by === 'person_id') {
    await tx`
      update cohort_sent s set person = p.person_id from person p
      where s.subject ~ '^[0-9]{1,18}$' and p.person_id = case when s.subject ~ '^[0-9]{1,18}$' then s.subject::bigint end`;
  } else {
    await tx`
      update cohort_sent s set person = p.person, fault = case when p.persons > 1 then 'several-persons' else s.fault end
      from (
        select person_source_value as value, min(person_id) as person, count(*) as persons from person
        where person_source_value in (select subject from cohort_sent) group by 1
      ) p where p.value = s.subject`;
  }
  await tx`update cohort_sent set fault = 'not-a-person' where fault is null and person is null`;
  await tx`update cohort_sent set fault = 'ends-before-start' where fault is null and ends::date < starts::date`;
  await tx`
    update cohort_sent s set fault = 'twice'
    from (
      select line, row_number() over (partition by person, starts, ends order by line) as nth
      from cohort_sent where fault is null
    ) d where d.line = s.line and d.nth > 1`;
}

/** None of them goes before the commit: whoever takes a person away locks its resource first. */
async function holdPersonsInTx(tx: Tx): Promise<void> {
  const persons = await tx<
    { person: number }[]
  >`select distinct person from cohort_sent where person is not null`;
  const ids = persons.map((one) => one.person);
  await tx`select from resource where resource_key = any(${ids}::bigint[]) order by resource_key for share`;
  const here = await tx<{ person_id: number }[]>`
    select person_id from person where person_id = any(${ids}::bigint[])`;
  await tx`
    update cohort_sent set fault = 'not-a-person'
    where fault is null and person not in (select unnest(${here.map((one) => one.person_id)}::bigint[]))`;
}

async function writeInTx(tx: Tx, options: CohortOptions): Promise<CohortReport> {
  const { id, name, description = null, apply, replace } = options;
  const [sums] = await tx<{ members: number; persons: number; outside: number; faults: number }[]>`
    -- On Citus the periods are fetched before they are compared with a table of the coordinator.
    with period as materialized (
      select person_id, observation_period_start_date as starts_on, observation_period_end_date as ends_on
      from observation_period where person_id in (select person from cohort_sent)
    )
    select count(*)::int as members, count(distinct person)::int as persons, count(fault)::int as faults,
      (count(*) filter (where fault is null and not exists (
        select 1 from period o where o.person_id = s.person
          and s.starts::date >= o.starts_on and s.ends::date <= o.ends_on
      )))::int as outside
    from cohort_sent s`;
  const first_faults = await tx<Fault[]>`
    select line, fault from cohort_sent where fault is not null order by line limit ${SHOWN}`;
  const [before] = await tx<{ there: number }[]>`
    select count(*)::int as there from cohort where cohort_definition_id = ${id}`;
  const { members = 0, persons = 0, outside = 0, faults = 0 } = sums ?? {};
  const there = before?.there ?? 0;
  const written = apply && faults === 0 && members > 0;
  if (written && there > 0 && !replace) throw syncError('cohort-exists', { id, there });
  if (written) {
    await tx`delete from cohort where cohort_definition_id = ${id}`;
    await tx`delete from cohort_definition where cohort_definition_id = ${id}`;
    await tx`
      insert into cohort_definition (cohort_definition_id, cohort_definition_name, cohort_definition_description,
        definition_type_concept_id, subject_concept_id)
      values (${id}, ${name}, ${description}, 0, 0)`;
    await tx`
      insert into cohort (cohort_definition_id, subject_id, cohort_start_date, cohort_end_date)
      select ${id}::integer, person, starts::date, ends::date from cohort_sent order by person, starts::date`;
  }
  return {
    ...{ cohort_definition_id: id, members, persons, outside_observation: outside, faults },
    ...{ first_faults: [...first_faults], there, written },
  };
}
