/** What is looked at every hour, by the job `keys`: schedules whose job was lost get another, and keys are rotated. */
import type { Handler } from '../step/handler.ts';
import { type Queue, queueName } from '../step/queue.ts';
import { applySchedules } from './apply-schedules.ts';
import { rotateKeysInTx } from './rotate-keys.ts';

export async function scheduleHourly(queue: Queue): Promise<void> {
  const key = 'keys';
  await queue.boss.schedule(
    queueName('keys'),
    '7 * * * *',
    {},
    { key, missed: 'once', singletonKey: key, singletonSeconds: 60 },
  );
}

export const hourlyStep: Handler<'keys'> = async (deps, step) => {
  await applySchedules(deps);
  await step.commit((tx) => rotateKeysInTx(tx, deps));
};
