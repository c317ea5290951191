/** `keys rotate-encryption`: all stored secrets are sealed again with the first encryption key. */
import { withLocal } from '../../session.ts';
import { ended, machineVerb } from '../../verb.ts';

export const rotateEncryption = machineVerb(
  'rotate-encryption',
  'Seal all stored secrets again with the first encryption key.',
  ['keys rotate-encryption'],
).action((options) =>
  withLocal(async (local) => {
    const { sealAgain } = await import('../../seal-again.ts');
    ended(await sealAgain(local, { json: options.json === true }));
  }),
);
