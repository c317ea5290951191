/** What the demo asks the database at the end: the same views that a data team would query. */
import { table } from '../../app/cli/table.ts';
import type { Run } from '../../app/cli/watch.ts';
import type { Sql } from '../../sql/connect.ts';

export async function showAnswers(sql: Sql, run: Run): Promise<void> {
  const show = (title: string, query: string, rows: readonly object[]) => {
    console.log(`\n  ${title}\n  \x1b[2m${query}\x1b[0m`);
    console.log(table(rows as Record<string, string | number | null>[]));
  };
  show(
    'The funnel',
    'select * from ehr_sync.pipeline_funnel',
    await sql`
    select site_key, extracted, unchanged, loaded, mapped, rows_written, excluded, failed, parked from pipeline_funnel`,
  );
  show(
    'Accounting, run by run',
    'select … from ehr_sync.run_metrics',
    await sql`
    select run_id, mode, status, records_extracted as extracted, records_skipped as unchanged, records_loaded as loaded,
      records_excluded as excluded, records_failed as failed, records_parked as parked, accounted_for
    from run_metrics order by run_id`,
  );
  show(
    'Rows in the CDM, and how many have a Standard concept',
    'select * from ehr_sync.mapping_coverage',
    await sql`
    select table_name, row_count as rows, mapped_rows, coverage as percent from mapping_coverage order by row_count desc`,
  );
  show(
    'Codes without a Standard concept: the worklist',
    'select * from ehr_sync.unmapped_codes',
    await sql`
    select system, code, display, element, records, persons, cumulative_share from unmapped_codes limit 8`,
  );
  show(
    'Why resources were not loaded',
    'select * from ehr_sync.exclusions',
    await sql`
    select resource_type, rule, sum(resources)::int as resources from exclusions group by 1, 2 order by 3 desc limit 8`,
  );
  show(
    'Data quality checks that do not pass',
    'select … from ehr_sync.quality_results where is_latest and not passed',
    await sql`
    select kind, name, table_name, field_name, violated, total, percent, threshold
    from quality_results where is_latest and not passed limit 8`,
  );
  show(
    'Where a row came from',
    "select … from ehr_sync.lineage_of('measurement', …)",
    await sql`
    select l.table_name, m.measurement_id as row_id, m.measurement_concept_id as concept, m.value_as_number as value,
      l.resource_type, l.fhir_id, l.last_run, l.file_no, l.line
    from measurement m cross join lateral lineage_of('measurement', m.measurement_id) l
    where l.last_run = ${run.run_id} order by m.measurement_id limit 3`,
  );
}
