/** Alerts of a run that has just been completed, in the transaction that closes it. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { Run } from '../step/run.ts';
import { readFiguresInTx, storeFiguresInTx } from './figures.ts';
import { type Finding, judge } from './judge.ts';
import { type Alarm, raiseInTx, resolveInTx } from './raise.ts';

export async function alertAtCloseInTx(
  tx: Tx,
  alarm: Alarm,
  { connection, run, held }: { connection: Connection; run: Run; held: boolean },
): Promise<void> {
  const settings = connection.config.alerts;
  await storeFiguresInTx(tx, run.run_id);
  const { own, before } = await readFiguresInTx(tx, run, settings.history_runs);
  const findings: Finding[] = judge(own, before, settings);
  if (held) {
    const message =
      'The run is complete, but something that the server has did not arrive, or not so that it could be read: the ' +
      'watermark has not moved, and the next sync asks for the same again. See the view failures.';
    findings.push({ kind: 'watermark-held', subject: '', message, measured: null, expected: null });
  }
  const over = ['run-failed', 'connection-silent'] as const;
  const long = findings.some((finding) => finding.kind === 'run-long');
  const now = alarm.clock();
  await resolveInTx(
    tx,
    run.connection_id,
    [...over, ...(held ? [] : ['watermark-held' as const]), ...(long ? [] : ['run-long' as const])],
    now,
  );
  const about = { connection_id: run.connection_id, run_id: run.run_id, sync_config: connection.sync_config };
  await raiseInTx(tx, alarm, about, findings);
}
