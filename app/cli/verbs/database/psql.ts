/** `database psql`: psql on the database, also on the embedded one, which it starts where it is not running. */
import { ended, machineFileVerb } from '../../verb.ts';

export const psql = machineFileVerb(
  'psql',
  'Open psql on the database, also on the embedded one; words behind -- are for psql.',
  ['database psql', 'database psql -- -c "select * from ehr_sync.run_metrics"'],
)
  .argument('[words...]', 'for psql')
  .action(async (words) => {
    const { openOwnDatabase, runPsql } = await import('../../own-database.ts');
    const database = await openOwnDatabase();
    try {
      ended(await runPsql(database, words));
    } finally {
      await database.close();
    }
  });
