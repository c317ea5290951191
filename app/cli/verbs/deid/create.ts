/** `deid create`: the de-identified copy of the CDM for researchers. */
import { withLocal } from '../../session.ts';
import { ended, machineVerb } from '../../verb.ts';

export const create = machineVerb(
  'create',
  'Make the de-identified copy of the CDM for researchers (schema cdm_deid).',
  ['deid create'],
).action((options) =>
  withLocal(async (local) => {
    const { makeCopy } = await import('../../deid.ts');
    ended(await makeCopy(local, 'create', { json: options.json === true }));
  }),
);
