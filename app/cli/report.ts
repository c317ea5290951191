/** What a finished run did, for people, and how its connection is doing since. */
import type { ApiClient } from '../../openapi/client/index.ts';
import { noticesText, showHealth } from './health.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';
import { accountLine, number, type Run } from './watch.ts';

export async function report(api: ApiClient, run: Run): Promise<void> {
  say(`\nRun ${run.run_id} ${run.status} after ${run.duration_seconds.toFixed(1)} s (${run.mode}).`);
  say(`  ${accountLine(run)}`);
  if (run.records_removed > 0) {
    say(`  ${number(run.records_removed)} removed from the CDM (not received, so not part of the sum).`);
  }
  if (run.error) {
    say(`\n  Step ${run.error.step} failed with ${run.error.code}:\n  ${run.error.message}`);
  }
  if (run.by_type.length > 0) {
    say(`\nResources by type (${coverage(run)})`);
    say(table(run.by_type));
  }
  if (run.hydration.length > 0) {
    say(`\nAsked for one by one, since the export left it out\n${table(run.hydration)}`);
  }
  if (run.by_table.length > 0) say(`\nCDM rows\n${table(run.by_table)}`);
  reasons('Why resources were not loaded', run, ['excluded', 'failed', 'parked']);
  reasons('What was removed from the CDM', run, ['removed']);
  if (run.notices.length > 0) say(`\nNotices\n${noticesText(run.notices)}`);
  await showHealth(api, run.connection_id);
}

function reasons(title: string, run: Run, outcomes: readonly string[]): void {
  const rows = run.by_reason.filter((reason) => outcomes.includes(reason.outcome));
  if (rows.length > 0) say(`\n${title}\n${table(rows)}`);
}

function coverage(run: Run): string {
  return run.mapping_coverage === null
    ? 'nothing was loaded'
    : `${run.mapping_coverage} % of the loaded ones have Standard concepts`;
}
