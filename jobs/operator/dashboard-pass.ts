/**
 * Step: checks one table of the CDM by the Data Quality Dashboard's rules, and sends itself for the next. What a table
 * gave is kept beside the pass (`dqd_finding`), so a worker that dies repeats one table. The last step makes the results
 * of all, in the transaction that ends the pass.
 *
 * Each table is read as of the moment at which its turn comes; what a check compares is read in one statement. A pass of
 * one moment would hold its snapshot for as long as all tables take, and begin anew with each interruption.
 */
import { readCdmVersion } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import { readCdmSourceInTx } from '../connection/cdm-source.ts';
import { type Check, listChecks } from '../quality/dashboard/checks.ts';
import { findInTx } from '../quality/dashboard/run.ts';
import type { Found } from '../quality/dashboard/statements.ts';
import { storeResultsInTx } from '../quality/dashboard/store-results.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Clock } from '../step/clock.ts';
import type { Handler } from '../step/handler.ts';

export const dashboardPassStep: Handler<'dqd'> = async ({ sql, queue, clock }, step) => {
  const { dqd_run_id } = step.payload;
  const [live] = await sql`
    select 1 from dqd_run where dqd_run_id = ${dqd_run_id} and state in ('queued', 'running')`;
  if (!live) return step.commit(async () => {});
  const done = await sql<{ table_name: string }[]>`
    select table_name from dqd_finding where dqd_run_id = ${dqd_run_id}`;
  const known = new Set(done.map(({ table_name }) => table_name));
  const read = await sql.begin('isolation level repeatable read read only', async (tx) => {
    const byTable = Map.groupBy(
      listChecks(undefined, (await readCdmVersion(tx)).version),
      ({ table }) => table,
    );
    // A release may check other tables than the one that began the pass: what it knows of them says nothing of these.
    const left = [...byTable].filter(([table]) => !known.has(table));
    const [next] = left;
    return { left: left.length, ...(next && (await checkedInTx(tx, next))) };
  });

  await step.commit(async (tx) => {
    if (!(await isLiveInTx(tx, dqd_run_id))) return;
    if (read.table !== undefined) {
      await tx`
        insert into dqd_finding (dqd_run_id, table_name, findings)
        values (${dqd_run_id}, ${read.table}, ${tx.json(read.found as never)})`;
    }
    const checked = known.size + (read.table === undefined ? 0 : 1);
    await tx`
      update dqd_run set state = 'running', tables = ${known.size + read.left}, tables_done = ${checked}
      where dqd_run_id = ${dqd_run_id}`;
    if (read.left > 1) await queue.sendInTx(tx, 'dqd', { dqd_run_id });
    else await endInTx(tx, clock, dqd_run_id);
  });
};

async function checkedInTx(tx: Tx, [table, checks]: readonly [string, readonly Check[]]) {
  return { table, found: await findInTx(tx, checks) };
}

/** Whoever cancels it meanwhile waits, or is waited for. */
async function isLiveInTx(tx: Tx, dqd_run_id: number): Promise<boolean> {
  const [live] = await tx`
    select 1 from dqd_run where dqd_run_id = ${dqd_run_id} and state in ('queued', 'running') for update`;
  return live !== undefined;
}

async function endInTx(tx: Tx, clock: Clock, dqd_run_id: number): Promise<void> {
  const found = await tx<{ findings: readonly Found[] }[]>`
    select findings from dqd_finding where dqd_run_id = ${dqd_run_id} order by table_name`;
  const all = found.flatMap(({ findings }) => findings);
  await storeResultsInTx(tx, dqd_run_id, all);
  await tx`delete from dqd_finding where dqd_run_id = ${dqd_run_id}`;
  await tx`
    update dqd_run
    set state = 'ended', ended_at = greatest(${clock()}, started_at), source = ${tx.json(await readCdmSourceInTx(tx))}
    where dqd_run_id = ${dqd_run_id}`;
  await recordInTx(tx, {
    ...{ at: clock(), actor: WORKER, action: 'dqd-pass.end', object: `dqd-pass/${dqd_run_id}` },
    details: { checks: all.length },
  });
}
