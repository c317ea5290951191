/**
 * Alerts of a run that has just been completed, in the transaction that closes it: what is unlike the runs before it, and
 * those reasons of the connection's health that a person should be told of without asking.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { readReasons } from '../connection/health.ts';
import type { Run } from '../step/run.ts';
import { readFiguresInTx, storeFiguresInTx } from './figures.ts';
import { type AlertKind, type Finding, judge } from './judge.ts';
import { type Alarm, raiseInTx, resolveInTx } from './raise.ts';

/** Reasons that are alerts too, and over as soon as they are reasons no more. */
const REASONS = ['watermark-held', 'nothing-received', 'type-missing', 'many-parked'] as const;

export async function alertAtCloseInTx(
  tx: Tx,
  alarm: Alarm,
  { connection, run }: { connection: Connection; run: Run },
): Promise<void> {
  const settings = connection.config.alerts;
  const { connection_id, sync_config } = connection;
  await storeFiguresInTx(tx, run.run_id);
  const { own, before } = await readFiguresInTx(tx, run, settings.history_runs);
  const findings = [...judge(own, before, settings), ...(await reasonsInTx(tx, connection_id))];
  const over: AlertKind[] = ['run-failed', 'run-long', ...REASONS];
  if (run.kind === 'export' || run.kind === 'import') over.push('connection-silent');
  await resolveInTx(tx, connection_id, over, findings, alarm.clock());
  await raiseInTx(tx, alarm, { connection_id, run_id: run.run_id, sync_config }, findings);
}

async function reasonsInTx(tx: Tx, connectionId: number): Promise<Finding[]> {
  return (await readReasons(tx, connectionId)).flatMap((reason): Finding[] => {
    const kind = REASONS.find((code) => code === reason.code);
    if (!kind) return [];
    const { subject, message, amount } = reason;
    return [{ kind, subject, message, measured: amount, expected: null }];
  });
}
