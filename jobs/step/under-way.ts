/**
 * What the code under way belongs to: a step, its run, its connection. Logs, figures and traces ask here, so that not
 * every function has to pass it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { StepName } from './queue.ts';

export interface UnderWay {
  readonly step: StepName;
  readonly run_id?: number | undefined;
  readonly connection_id?: number | undefined;
}

const storage = new AsyncLocalStorage<UnderWay>();

export const underWay = (): UnderWay | undefined => storage.getStore();

export function doUnderWay<T>(what: UnderWay, work: () => Promise<T>): Promise<T> {
  return storage.run(what, work);
}
