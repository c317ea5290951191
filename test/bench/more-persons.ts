/**
 * Makes a database of few persons one of many: everything that is stored of its persons is copied within Postgres, with
 * ids that lie apart. What belongs to nobody (providers, places, medications) is shared, as at a real site.
 */

import type { Sql } from '../../sql/connect.ts';
import { quoted } from '../../sql/quoted.ts';

/** Types whose resources are nobody's, or which many share. */
const SHARED = ['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication', 'Substance'];

/** Of rows of the CDM: resource_key * 1000 + n. */
const ROW_IDS = [
  ...['visit_occurrence_id', 'visit_detail_id', 'condition_occurrence_id', 'drug_exposure_id'],
  ...['procedure_occurrence_id', 'device_exposure_id', 'measurement_id', 'observation_id', 'note_id'],
  ...['specimen_id', 'payer_plan_period_id', 'cost_id', 'cost_event_id', 'preceding_visit_occurrence_id'],
  ...['preceding_visit_detail_id', 'parent_visit_detail_id', 'measurement_event_id', 'observation_event_id'],
  ...['note_event_id', 'row_id', 'fact_id_1', 'fact_id_2'],
];
/** person_id * 100000 + n. */
const DERIVED_IDS = ['observation_period_id', 'condition_era_id', 'drug_era_id', 'dose_era_id'];

const TABLES = [
  ...['person', 'observation_period', 'visit_occurrence', 'visit_detail', 'condition_occurrence'],
  ...[
    'drug_exposure',
    'procedure_occurrence',
    'device_exposure',
    'measurement',
    'observation',
    'death',
    'note',
  ],
  ...['specimen', 'payer_plan_period', 'cost', 'condition_era', 'drug_era', 'dose_era', 'fact_relationship'],
  ...['resource', 'condition_own_status', 'content_use', 'diagnosis_role', 'open_link', 'open_period'],
  ...['resource_link', 'specimen_use', 'unkept_answer', 'unmapped_use', 'written_fact'],
];

/** `times` is by how many the persons are multiplied. All of them must belong to one connection. */
export async function multiplyPersons(sql: Sql, times: number): Promise<void> {
  const [last] = await sql<{ key: number }[]>`select max(resource_key) as key from resource`;
  const apart = (last?.key ?? 0) + 1;
  const columns = await sql<{ table: string; column: string }[]>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = any(current_schemas(false)) and table_name = any(${TABLES})
    order by table_name, ordinal_position`;
  for (const table of TABLES) {
    const of = columns.filter((one) => one.table === table).map((one) => one.column);
    const values = of.map((column) => copied(table, column, apart)).join(', ');
    await sql.unsafe(`
      insert into ${quoted(table)} (${of.map(quoted).join(', ')}) ${table === 'resource' ? 'overriding system value' : ''}
      select ${values} from ${quoted(table)} t cross join generate_series(1, ${times - 1}::bigint) n ${only(table)}`);
  }
  await sql`select setval(pg_get_serial_sequence('resource', 'resource_key'), ${apart * times})`;
  await sql`vacuum (analyze)`;
}

function copied(table: string, column: string, apart: number): string {
  const value = `t.${quoted(column)}`;
  if (table === 'specimen_use' && column === 'specimen_id') return `${value} || '-' || n * ${apart}`;
  if (column === 'person_id' || column === 'resource_key') return `${value} + n * ${apart}`;
  if (ROW_IDS.includes(column)) return `${value} + n * ${apart}000`;
  if (DERIVED_IDS.includes(column)) return `${value} + n * ${apart}00000`;
  if (['fhir_id', 'condition_id', 'target_id'].includes(column)) return `${value} || '-' || n * ${apart}`;
  if (column === 'content_id')
    return `case when content_type = 'Encounter' then ${value} || '-' || n * ${apart} else ${value} end`;
  return value;
}

/** What is copied: nothing of what is shared. */
function only(table: string): string {
  const shared = SHARED.map((type) => `'${type}'`).join(', ');
  if (table === 'resource') return `where t.resource_type not in (${shared})`;
  if (['content_use', 'open_link', 'unmapped_use'].includes(table)) {
    return `where not exists (select from resource r where r.resource_key = t.resource_key and r.resource_type in (${shared}))`;
  }
  return '';
}
