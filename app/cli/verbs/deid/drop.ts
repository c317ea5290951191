/** `deid drop`: the de-identified copy goes. */
import { withLocal } from '../../session.ts';
import { machineVerb } from '../../verb.ts';

export const drop = machineVerb('drop', 'Drop the de-identified copy.', [
  'deid drop',
  'deid drop --forget-key',
])
  .option('--forget-key', 'also the key, so that a later copy has other ids and dates')
  .action((options) =>
    withLocal(async (local) => {
      const { dropDeidCopy } = await import('../../deid.ts');
      await dropDeidCopy(local, { forgetKey: options.forgetKey === true, json: options.json === true });
    }),
  );
