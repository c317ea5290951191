/** What a finished run did, for people. */
import { table } from './table.ts';
import { accountLine, type Run } from './watch.ts';

export function report(run: Run): void {
  console.log(`\nRun ${run.run_id} ${run.status} after ${run.duration_seconds.toFixed(1)} s (${run.mode}).`);
  console.log(`  ${accountLine(run)}`);
  if (run.error) {
    console.log(`\n  Step ${run.error.step} failed with ${run.error.code}:\n  ${run.error.message}`);
  }
  if (run.by_type.length > 0) {
    console.log(`\nResources by type (${coverage(run)})`);
    console.log(table(run.by_type));
  }
  if (run.by_table.length > 0) console.log(`\nCDM rows\n${table(run.by_table)}`);
  const reasons = run.by_reason.filter((reason) => reason.outcome !== 'loaded');
  if (reasons.length > 0) console.log(`\nWhy resources were not loaded\n${table(reasons)}`);
}

function coverage(run: Run): string {
  return run.mapping_coverage === null
    ? 'nothing was loaded'
    : `${run.mapping_coverage} % of the loaded ones have Standard concepts`;
}
