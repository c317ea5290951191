/** `deid refresh`: the de-identified copy of the CDM for researchers. */
import { withLocal } from '../../session.ts';
import { ended, machineVerb } from '../../verb.ts';

export const refresh = machineVerb('refresh', 'Make the de-identified copy of the CDM anew.', [
  'deid refresh',
]).action((options) =>
  withLocal(async (local) => {
    const { makeCopy } = await import('../../deid.ts');
    ended(await makeCopy(local, 'refresh', { json: options.json === true }));
  }),
);
