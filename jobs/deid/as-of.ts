/**
 * The CDM as it stood for each person on a day of their own, for the copy to be made of. Whoever knows the day of the
 * extract would read the days of a person off whatever ends on it: the period of somebody who is still followed, a stay
 * or a cover that is not over, the last event of all. So each record is cut where it ends on one day once it is moved:
 * HORIZON days before the extract, for everybody of a source. Nothing that became known later is in the copy. ("Shift and
 * truncate": Hripcsak et al., JAMIA 2016.)
 *
 * Temporary views take the names of the CDM's tables, and periods and eras are derived of them anew, so that no end and
 * no count tells of what was cut off.
 */
import type { Schemas, Tx } from '../../sql/connect.ts';
import { quoted } from '../../sql/quoted.ts';
import { datePatientObservationsInTx, derivePeriodsAndErasInTx } from '../derive/derive.ts';
import { describePersonsInTx, openScopeInTx, scopeToEveryoneInTx } from '../derive/scope.ts';
import { VISIT } from '../map/cdm/concepts.ts';
import { DOMAIN_OF_PERSONS, EVENTS } from '../map/cdm/row-names.ts';
import { datesOf } from './decisions.ts';

/** One day more than the most by which a person is moved. */
export const HORIZON = 364;

export type Columns = ReadonlyMap<string, { readonly isRequired: boolean; readonly isText: boolean }>;

interface Source {
  readonly schemas: Schemas;
  readonly today: string;
  /** Tables of the CDM, with their columns. */
  readonly there: ReadonlyMap<string, Columns>;
}

/** References to rows of one table. */
const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['visit_occurrence_id', 'visit_occurrence'],
  ['preceding_visit_occurrence_id', 'visit_occurrence'],
  ['visit_detail_id', 'visit_detail'],
  ['preceding_visit_detail_id', 'visit_detail'],
  ['parent_visit_detail_id', 'visit_detail'],
  ['episode_parent_id', 'episode'],
  ['payer_plan_period_id', 'payer_plan_period'],
]);

/** References to rows of any table, with the column that says of which. */
const ANYWHERE: ReadonlyMap<string, string> = new Map([
  ['measurement_event_id', 'meas_event_field_concept_id'],
  ['observation_event_id', 'obs_event_field_concept_id'],
  ['note_event_id', 'note_event_field_concept_id'],
]);

/** What is derived of the events. */
const DERIVED = ['observation_period', 'condition_era', 'drug_era', 'dose_era'];

/**
 * Makes `working_person` and the views, which take the names of tables. Returns what drops the views: who uses this
 * connection next must not meet them. The tables go with the transaction.
 */
export async function openAsOfInTx(tx: Tx, source: Source): Promise<() => Promise<void>> {
  const { there } = source;
  const views: string[] = [];
  const view = async (name: string, text: string) => {
    await tx.unsafe(`create temporary view ${quoted(name)} as ${text}`);
    views.push(name);
  };
  await makePersons(tx, source);
  await openHidden(tx, source);
  if (there.has('death')) await view('death', deaths(source));
  await tx`update persons_in_scope s set pulled_on = w.until from working_person w where w.person_id = s.person_id`;
  await describePersonsInTx(tx);
  for (const table of Object.keys(EVENTS)) {
    const columns = there.get(table);
    if (!columns) continue;
    if (table === 'observation') await view('any_observation', await observations(tx, source, columns));
    await hide(tx, source, table, columns);
    await view(table, events(source, table, columns));
  }
  for (const [table, text] of Object.entries(ASIDE)) {
    const columns = there.get(table);
    if (columns) await view(table, text(columns, quoted(source.schemas.cdm)));
  }
  await deriveAnew(tx, source);
  for (const table of DERIVED) {
    const columns = there.get(table);
    if (columns) await view(table, derived(source, table, columns));
  }
  return async () => {
    for (const name of views.reverse()) await tx.unsafe(`drop view pg_temp.${quoted(name)}`);
  };
}

/**
 * What the tables need of each person: the new id, the days, the day of the cut, the year of birth that is told, and the
 * first day that may be. The age is that at death, or at the cut; of one over 89 the year makes 90. Who was born later,
 * or came later, is left out.
 */
async function makePersons(tx: Tx, { schemas, today, there }: Source): Promise<void> {
  const cdm = quoted(schemas.cdm);
  await openScopeInTx(tx);
  await scopeToEveryoneInTx(tx, today, 'loaded');
  const died = there.has('death')
    ? `(select min(blurred_death(d.death_date, d.death_datetime, c.days)) from ${cdm}.death d
        where d.person_id = c.person_id and d.death_date <= c.until)`
    : 'null::date';
  await tx.unsafe(`
    create temporary table working_person on commit drop as
    with known as materialized (
      select p.person_id, keyed_id(p.person_id) as new_id, days_of(p.person_id) as days, s.person_id is not null as is_ours,
        coalesce(s.pulled_on, others.pulled_on) as pulled_on,
        make_date(greatest(p.year_of_birth, 1),
            case when p.month_of_birth between 1 and 12 then p.month_of_birth else 7 end, 1)
          + case when p.day_of_birth between 1 and 31 then p.day_of_birth - 1 else 0 end as born_on,
        (select min(o.observation_period_start_date) from ${cdm}.observation_period o where o.person_id = p.person_id)
          as first_on
      from ${cdm}.person p left join persons_in_scope s using (person_id)
      cross join (select ${pulledOfOthers(cdm, today)} as pulled_on) others
    ),
    cut as (
      select *, pulled_on - ${HORIZON} - days as until from known
    ),
    aged as (
      select *, extract(year from born_on + days)::integer as birth_year,
        extract(year from least(coalesce(${died}, until), until) + days)::integer as last_year
      from cut c
      where born_on <= until and (first_on is null or first_on <= until)
    )
    select person_id, new_id, days, until, is_ours,
      case when last_year - birth_year > 89 then last_year - 90 else birth_year end as birth_year,
      make_date(case when last_year - birth_year > 89 then last_year - 90 else greatest(birth_year - 1, 1) end, 1, 1)
        as earliest
    from aged`);
  await tx`create unique index on working_person (person_id)`;
  await tx`analyze working_person`;
  await tx`delete from persons_in_scope where person_id not in (select person_id from working_person)`;
}

/** The day up to which data reach of persons whom no connection loaded: their source says so, else their periods do. */
function pulledOfOthers(cdm: string, today: string): string {
  return `coalesce(
    (select min(source_release_date) from ${cdm}.cdm_source
      where cdm_source_name not in (select cdm_source_name from connection where cdm_source_name is not null)),
    (select max(observation_period_end_date) from ${cdm}.observation_period
      where person_id not in (select person_id from persons_in_scope)),
    date '${today}')`;
}

/** Rows that are not in the views. Persons are the first. */
async function openHidden(tx: Tx, { schemas }: Source): Promise<void> {
  await tx`
    create temporary table hidden (name text, id bigint, domain integer, field integer, cost text) on commit drop`;
  await tx.unsafe(`
    insert into hidden (name, id, domain)
    select 'person', p.person_id, ${DOMAIN_OF_PERSONS} from ${quoted(schemas.cdm)}.person p
    where not exists (select from working_person w where w.person_id = p.person_id)`);
}

/** Deaths that had happened. One of which only month or year is known is at its end, in the moved calendar too. */
function deaths({ schemas, there }: Source): string {
  return `
    select ${listed(there.get('death'), {
      death_date: 'least(b.dead_on, w.until)',
      death_datetime: 'case when t.death_datetime::date = b.dead_on then t.death_datetime end',
    })}
    from ${quoted(schemas.cdm)}.death t join working_person w on w.person_id = t.person_id
    cross join lateral (select blurred_death(t.death_date, t.death_datetime, w.days) as dead_on) b
    where t.death_date <= w.until`;
}

/** All observations; those that Patients make of themselves are dated by the last visit that is in the views. */
async function observations(tx: Tx, { schemas }: Source, columns: Columns): Promise<string> {
  const cdm = quoted(schemas.cdm);
  await tx.unsafe(`
    create temporary table observation on commit drop as
    select t.* from persons_in_scope s
    join ${cdm}.observation t on t.person_id = s.person_id
      and t.observation_id >= s.person_id * 1000 and t.observation_id < (s.person_id + 1) * 1000`);
  await datePatientObservationsInTx(tx);
  await tx`alter table observation rename to said_by_patient`;
  return `
    select ${listed(columns)} from ${cdm}.observation t
    where not exists (select from said_by_patient p where p.observation_id = t.observation_id)
    union all select ${listed(columns)} from said_by_patient t`;
}

/** Table, start and ends of an event, as they were known on the day of the cut. */
function spanOf({ schemas, there }: Source, table: string) {
  const { start = '', ends } = datesOf(table);
  const has = (column: string) => there.get(table)?.has(column) === true;
  const moment = (date: string) => {
    const name = date.replace(/date$/, 'datetime');
    return name !== date && has(name) ? name : undefined;
  };
  const at = (date: string) => (moment(date) ? `t.${moment(date)}` : 'null::timestamp');
  const endsOn = (date: string) => (table === 'payer_plan_period' ? COVER_ENDS : `t.${date}`);
  const known = ends.filter(has);
  return {
    from: table === 'observation' ? 'any_observation' : `${quoted(schemas.cdm)}.${quoted(table)}`,
    start,
    startMoment: moment(start),
    startsOn: `blurred(t.${start}, ${at(start)}, ${known[0] ? `t.${known[0]}` : 'null::date'}, w.days)`,
    ends: known.map((date, n) => ({
      ...{ date, moment: moment(date), isRequired: there.get(table)?.get(date)?.isRequired === true },
      ...{ name: `e${n}`, on: `greatest(blurred(${endsOn(date)}, ${at(date)}, null, w.days), b.starts_on)` },
    })),
  };
}

/**
 * The end of a cover that has not ended is the day of the extract that it was mapped with, whichever that was; it lasts
 * beyond the cut.
 */
const COVER_ENDS = `case when exists (
    select from resource r left join chunk c on c.chunk_id = r.chunk_id
    join run on run.run_id in (c.run_id, r.last_run)
    where r.resource_key = t.payer_plan_period_id / 1000 and r.resource_type = 'Coverage'
      and t.payer_plan_period_end_date::text = case when run.transaction_time ~ '^\\d{4}-\\d{2}-\\d{2}'
        then left(run.transaction_time, 10) else (run.created_at at time zone 'UTC')::date::text end
  ) then w.until + 1 else t.payer_plan_period_end_date end`;

/** Notes which rows of a table are not in its view. */
async function hide(tx: Tx, source: Source, table: string, columns: Columns): Promise<void> {
  const { from, startsOn } = spanOf(source, table);
  const { domain = null, field = null, cost = null } = EVENTS[table] ?? {};
  if (!columns.has(`${table}_id`)) return;
  const isOfHidden =
    table === 'visit_detail'
      ? `or exists (select from hidden h where h.name = 'visit_occurrence' and h.id = t.visit_occurrence_id)`
      : '';
  await tx.unsafe(
    `insert into hidden (name, id, domain, field, cost)
     select '${table}', t.${table}_id, ${domain}, ${field}, ${cost === null ? null : `'${cost}'`}
     from ${from} t left join working_person w on w.person_id = t.person_id
     where w.person_id is null or ${startsOn} > w.until ${isOfHidden}`,
  );
  await tx`analyze hidden`;
}

function events(source: Source, table: string, columns: Columns): string {
  const { from, start, startMoment, startsOn, ends } = spanOf(source, table);
  const shown: Record<string, string> = { [start]: 'b.starts_on', ...references(table, columns).shown };
  if (startMoment) {
    shown[startMoment] =
      `case when t.${startMoment} is null or t.${startMoment}::date = b.starts_on then t.${startMoment}
        else b.starts_on::timestamp end`;
  }
  for (const { date, moment, isRequired, name } of ends) {
    // What the CDM requires ends at the cut, what it does not has not ended.
    shown[date] = isRequired
      ? `least(${name}.ends_on, w.until)`
      : `case when ${name}.ends_on <= w.until then ${name}.ends_on end`;
    if (!moment) continue;
    shown[moment] = `case when ${name}.ends_on > w.until then ${isRequired ? 'w.until::timestamp' : 'null'}
      when t.${moment} is null or t.${moment}::date = ${name}.ends_on then t.${moment} else ${name}.ends_on::timestamp end`;
  }
  if (columns.has('discharged_to_concept_id')) {
    shown['discharged_to_concept_id'] =
      `case when e0.ends_on > w.until then ${VISIT.stillPatient.id} else t.discharged_to_concept_id end`;
  }
  return `
    select ${listed(columns, shown)}
    from ${from} t join working_person w on w.person_id = t.person_id
    cross join lateral (select ${startsOn} as starts_on) b
    ${ends.map(({ name, on }) => `cross join lateral (select ${on} as ends_on) ${name}`).join('\n')}
    ${references(table, columns).joins}
    where b.starts_on <= w.until ${table === 'visit_detail' ? 'and of_visit_occurrence_id.id is null' : ''}`;
}

/** References without those to rows that are hidden. */
function references(table: string, columns: Columns) {
  const shown: Record<string, string> = {};
  const joins: string[] = [];
  for (const [column, to] of REFERENCES) {
    if (!columns.has(column) || column === `${table}_id`) continue;
    shown[column] = `case when of_${column}.id is null then t.${column} end`;
    joins.push(
      `left join hidden of_${column} on of_${column}.name = '${to}' and of_${column}.id = t.${column}`,
    );
  }
  for (const [column, field] of ANYWHERE) {
    if (!columns.has(column)) continue;
    for (const one of [column, field]) shown[one] = `case when of_${column}.id is null then t.${one} end`;
    joins.push(
      `left join hidden of_${column} on of_${column}.field = t.${field} and of_${column}.id = t.${column}`,
    );
  }
  return { shown, joins: joins.join('\n') };
}

/** Tables without dates of their own. */
const ASIDE: Readonly<Record<string, (columns: Columns, cdm: string) => string>> = {
  // When a program read the note is the same day for many.
  note_nlp: (columns, cdm) => `
    select ${listed(columns, { nlp_date: 'n.note_date', nlp_datetime: 'null::timestamp' })}
    from ${cdm}.note_nlp t join note n on n.note_id = t.note_id`,
  cost: (columns, cdm) => {
    const { shown, joins } = references('cost', columns);
    return `
    select ${listed(columns, shown)} from ${cdm}.cost t ${joins}
    where not exists (select from hidden h where h.cost = t.cost_domain_id and h.id = t.cost_event_id)`;
  },
  fact_relationship: (columns, cdm) => `
    select ${listed(columns)} from ${cdm}.fact_relationship t
    where not exists (select from hidden h where h.domain = t.domain_concept_id_1 and h.id = t.fact_id_1)
      and not exists (select from hidden h where h.domain = t.domain_concept_id_2 and h.id = t.fact_id_2)`,
  episode_event: (columns, cdm) => `
    select ${listed(columns)} from ${cdm}.episode_event t
    where not exists (select from hidden h where h.name = 'episode' and h.id = t.episode_id)
      and not exists (
        select from hidden h where h.field = t.episode_event_field_concept_id and h.id = t.event_id)`,
  location: (columns, cdm) => `
    select ${listed(columns)} from ${cdm}.location t
    where not exists (select from hidden h join ${cdm}.person p on p.person_id = h.id
      where h.name = 'person' and p.location_id = t.location_id)
      or exists (select from working_person w join ${cdm}.person p on p.person_id = w.person_id
      where p.location_id = t.location_id)`,
};

async function deriveAnew(tx: Tx, { schemas }: Source): Promise<void> {
  for (const table of DERIVED) {
    await tx.unsafe(`create temporary table ${table} (like ${quoted(schemas.cdm)}.${table}) on commit drop`);
  }
  await tx.unsafe(
    `create temporary table open_period (like ${quoted(schemas.sync)}.open_period) on commit drop`,
  );
  await derivePeriodsAndErasInTx(tx);
  for (const table of DERIVED) await tx.unsafe(`alter table pg_temp.${table} rename to derived_${table}`);
}

/** What was derived anew; of persons whom an existing CDM had before us its own, cut off. */
function derived({ schemas }: Source, table: string, columns: Columns): string {
  const { start = '', ends } = datesOf(table);
  const [end = ''] = ends;
  return `
    select ${listed(columns)} from derived_${table} t
    union all
    select ${listed(columns, { [start]: 'b.starts_on', [end]: `greatest(b.starts_on, least(b.ends_on, w.until))` })}
    from ${quoted(schemas.cdm)}.${table} t join working_person w on w.person_id = t.person_id and not w.is_ours
    cross join lateral (select blurred(t.${start}, null, t.${end}, w.days) as starts_on,
      blurred(t.${end}, null, null, w.days) as ends_on) b
    where b.starts_on <= w.until`;
}

function listed(columns: Columns = new Map(), shown: Readonly<Record<string, string>> = {}): string {
  return [...columns.keys()]
    .map((name) => (shown[name] ? `${shown[name]} as ${quoted(name)}` : `t.${quoted(name)}`))
    .join(', ');
}
