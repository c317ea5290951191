/** `quality`: runs all data quality checks over the whole CDM, ours or those of the Data Quality Dashboard. */

import { NotUnderstood } from '../not-understood.ts';
import { withLocal } from '../session.ts';
import { ended, machineVerb } from '../verb.ts';

export const quality = machineVerb(
  'quality',
  "Run the data quality checks over the whole CDM; the exit code is 0 when all pass. With --dqd run those of OHDSI's Data Quality Dashboard, and write its file of results; the exit code is 0 once it is written, whatever fails. Workers make the same pass, on a server too: dqd start.",
  ['quality', 'quality --json', 'quality --dqd results.json'],
)
  .option('--dqd <file>', "run the Data Quality Dashboard's checks, and write their results for its viewer")
  .option('--concept-level <file>', 'with --dqd: its own file of checks of concepts')
  .action(async ({ dqd, conceptLevel, json }) => {
    if (conceptLevel !== undefined && dqd === undefined)
      throw new NotUnderstood('--concept-level goes with --dqd FILE.');
    await withLocal(async (local) => {
      if (dqd !== undefined) {
        const { writeDqdResults } = await import('../dqd.ts');
        await writeDqdResults(local, { file: dqd, conceptLevel, json: json === true });
        return;
      }
      const { checkQuality } = await import('../quality.ts');
      ended(await checkQuality(local, { json: json === true }));
    });
  });
