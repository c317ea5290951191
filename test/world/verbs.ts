/** What an operator asks for, each in a transaction of its own. The API does the same, and records it. */

import { cancelRunInTx } from '../../jobs/operator/cancel-run.ts';
import { type Confirmation, confirmReconciliationInTx } from '../../jobs/operator/confirm-reconciliation.ts';
import { type RedriveFilter, startRedriveInTx } from '../../jobs/operator/redrive-failures.ts';
import { type RetriedAs, retryRunInTx } from '../../jobs/operator/retry-run.ts';
import { type PurgeRequest, startPurgeInTx } from '../../jobs/operator/start-purge.ts';
import { type StartRemap, startRemapInTx } from '../../jobs/operator/start-remap.ts';
import { type StartRun, startRunInTx } from '../../jobs/run/start-run.ts';
import type { Deps } from '../../jobs/step/deps.ts';

type Parts = Pick<Deps, 'sql' | 'queue' | 'clock'>;
interface OneRun {
  readonly connection_id: number;
  readonly run_id: number;
}

export const startRun = (deps: Parts, request: StartRun) =>
  deps.sql.begin((tx) => startRunInTx(tx, deps, request));

export const startRemap = (deps: Parts, request: StartRemap) =>
  deps.sql.begin((tx) => startRemapInTx(tx, deps, request));

export const cancelRun = (deps: Parts, run: OneRun): Promise<void> =>
  deps.sql.begin((tx) => cancelRunInTx(tx, deps, run));

export const retryRun = (deps: Parts, run: OneRun): Promise<RetriedAs> =>
  deps.sql.begin((tx) => retryRunInTx(tx, deps, run));

export const startRedrive = (
  deps: Parts,
  request: RedriveFilter & { readonly connection_id: number; readonly triggered_by: string },
): Promise<number> => deps.sql.begin((tx) => startRedriveInTx(tx, deps, request));

export const confirmReconciliation = (deps: Parts, given: Confirmation): Promise<number> =>
  deps.sql.begin((tx) => confirmReconciliationInTx(tx, deps, given));

export const startPurge = (deps: Parts & Pick<Deps, 'keyring'>, request: PurgeRequest): Promise<number> =>
  deps.sql.begin((tx) => startPurgeInTx(tx, deps, request));
