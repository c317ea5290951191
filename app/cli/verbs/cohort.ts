/** `cohort SITE FILE`: whom searches of a site are about, from a file with a patient a line. */

import { readFile } from 'node:fs/promises';
import { noun } from '../../../sql/noun.ts';
import { changeConnection } from '../change-connection.ts';
import { readCohort } from '../cohort.ts';
import { connectionOf } from '../connection-of.ts';
import { withApi } from '../session.ts';
import { say, sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';

export const cohort = verb(
  'cohort',
  'Whom searches are about: patient ids or system|value, a line each (of a CSV the first column).',
  ['cohort memorial cohort.txt', 'cohort memorial mrns.csv --system urn:oid:1.2.3'],
)
  .argument('<site>', 'site key of the connection')
  .argument('<file>', 'a patient a line')
  .option('--system <uri>', 'each line is a value of this system')
  .action((site, file, options) =>
    withApi(options, async (api) => {
      const cohort = readCohort(await readFile(file, 'utf8'), options.system);
      const { connection_id: id } = await connectionOf(api, site);
      const changed = await changeConnection(api, id, ({ sync_config }) => ({
        sync_config: { ...sync_config, cohort },
      }));
      if (options.json) return sayJson(changed);
      const { patients, identifiers } = cohort;
      say(
        `Searches of "${site}" are about ${patients.length} patient ${noun(patients.length, 'id')} and ${identifiers.length} ${noun(identifiers.length, 'identifier')}.`,
      );
    }),
  );
