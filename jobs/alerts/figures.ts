/** The figures of a run, and of the earlier runs with which it is compared. */
import type { Tx } from '../../sql/connect.ts';
import type { Run } from '../step/run.ts';

export interface Figures {
  readonly runId: number;
  /** The value of a figure for a subject; 0 when there is none. */
  get(figure: FigureName, subject?: string): number;
  subjects(figure: FigureName): string[];
}

export type FigureName = 'seconds' | 'loaded' | 'unmapped' | 'unmapped-of-system' | 'extracted' | 'written';

/**
 * Stores the figures in the transaction that closes the run, once its totals are frozen. What was asked for one by one
 * (jobs/4-hydrate) comes once and not in every run, so nothing of it is expected.
 */
export async function storeFiguresInTx(tx: Tx, runId: number): Promise<void> {
  await tx`
    insert into run_figure (run_id, figure, subject, value)
    select ${runId}::bigint, f.figure, f.subject, f.value from (
      select 'seconds' as figure, '' as subject, extract(epoch from finished_at - created_at)::bigint as value
      from run where run_id = ${runId}
      union all select 'loaded', '', records_loaded from run where run_id = ${runId}
      union all select 'unmapped', '', records_loaded - records_mapped from run where run_id = ${runId}
      union all
      select 'unmapped-of-system', system, sum(resources) from chunk_unmapped where run_id = ${runId} group by system
      union all
      select 'extracted', n.resource_type, sum(n.extracted) from chunk_count n
      where n.run_id = ${runId} and not exists (
        select from chunk c join export_file f using (file_id) where c.chunk_id = n.chunk_id and f.kind = 'hydrated'
      )
      group by n.resource_type
      union all
      select 'written', table_name, sum(written) from chunk_rows where run_id = ${runId} group by table_name
    ) f
    where f.value <> 0
    on conflict (run_id, figure, subject) do nothing`;
}

/**
 * Reads the figures of the run itself and of the completed runs of its kind and mode before it, latest first.
 */
export async function readFiguresInTx(
  tx: Tx,
  run: Pick<Run, 'run_id' | 'connection_id' | 'kind' | 'mode'>,
  runs: number,
): Promise<{ readonly own: Figures; readonly before: Figures[] }> {
  const rows = await tx<{ run_id: number; figure: FigureName; subject: string; value: number }[]>`
    with chosen as (
      (select run_id from run where run_id = ${run.run_id})
      union all
      (select run_id from run
       where connection_id = ${run.connection_id} and kind = ${run.kind} and mode = ${run.mode}
         and status = 'completed' and run_id < ${run.run_id}
         and exists (select 1 from run_figure f where f.run_id = run.run_id)
       order by run_id desc limit ${runs})
    )
    select run_id, figure, subject, value from run_figure join chosen using (run_id)`;
  const byRun = Map.groupBy(rows, (row) => row.run_id);
  const before = [...byRun.keys()].filter((id) => id !== run.run_id).sort((a, b) => b - a);
  const of = (id: number) => figuresOf(id, byRun.get(id) ?? []);
  return { own: of(run.run_id), before: before.map(of) };
}

export function figuresOf(
  runId: number,
  rows: readonly { figure: FigureName; subject: string; value: number }[],
): Figures {
  const values = new Map(rows.map((row) => [`${row.figure}\n${row.subject}`, row.value]));
  return {
    runId,
    get: (figure, subject = '') => values.get(`${figure}\n${subject}`) ?? 0,
    subjects: (figure) => rows.filter((row) => row.figure === figure).map((row) => row.subject),
  };
}
