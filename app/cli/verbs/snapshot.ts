/** `snapshot`: a copy of the CDM for a study. */
import { Option } from '@commander-js/extra-typings';
import { withLocal } from '../session.ts';
import { machineVerb } from '../verb.ts';

export const snapshot = machineVerb(
  'snapshot',
  'Copy the CDM with its vocabulary as of one moment, with a manifest. One that was interrupted goes on if nothing has changed.',
  [
    'snapshot --out /data/study-7',
    'snapshot --out /data/study-7 --schema cdm_deid --format duckdb',
    'snapshot --out /data/labs --tables person,measurement',
  ],
)
  .requiredOption('--out <folder>', 'where to; made if it is not there')
  .option('--schema <name>', 'which schema: the CDM, or the copy for researchers (cdm_deid)')
  .addOption(
    new Option('--format <format>', 'a Parquet file a table, or one DuckDB file')
      .choices(['parquet', 'duckdb'] as const)
      .default('parquet' as const),
  )
  .option('--tables <names>', 'some tables only, with commas between', (text) =>
    text.split(',').map((name) => name.trim().toLowerCase()),
  )
  .action(({ json, ...flags }) =>
    withLocal(async (local) => {
      const { snapshot: take } = await import('../snapshot.ts');
      await take(local, { ...flags, json: json === true });
    }),
  );
