/** `quality`: runs all data quality checks over the whole CDM. */

import { withLocal } from '../session.ts';
import { ended, machineVerb } from '../verb.ts';

export const quality = machineVerb(
  'quality',
  'Run the data quality checks over the whole CDM; the exit code is 0 when all pass.',
  ['quality', 'quality --json'],
).action((options) =>
  withLocal(async (local) => {
    const { checkQuality } = await import('../quality.ts');
    ended(await checkQuality(local, { json: options.json === true }));
  }),
);
