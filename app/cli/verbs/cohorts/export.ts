/** `cohorts export ID`: a cohort as a FHIR Group of the Patients of a connection. */
import { writeFile } from 'node:fs/promises';
import { connectionOf } from '../../connection-of.ts';
import { osUser } from '../../os-user.ts';
import { withLocal } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { machineVerb, whole } from '../../verb.ts';

export const exportCohort = machineVerb(
  'export',
  'Write a cohort as a FHIR Group, its members by the ids that the EHR of a connection knows.',
  ['cohorts export 7 --site memorial --out group.json'],
)
  .argument('<id>', 'cohort_definition_id', whole)
  .requiredOption('--site <site>', 'the connection whose Patients are written')
  .requiredOption('--out <file>', 'where to; it names patients, and is made for its owner alone')
  .action((id, { site, out, json }) =>
    withLocal(async ({ api, engine: { deps } }) => {
      const { groupOf } = await import('../../../../jobs/cohorts/group.ts');
      const { commandLine } = await import('../../../../jobs/record/actor.ts');
      const { recordInTx } = await import('../../../../jobs/record/record.ts');
      const { connection_id } = await connectionOf(api, site);
      await deps.sql.begin((tx) =>
        recordInTx(tx, {
          ...{ at: deps.clock(), actor: commandLine(osUser()), action: 'cohort.export' },
          ...{ object: `cohort/${id}`, details: { connection_id } },
        }),
      );
      const { group, elsewhere } = await groupOf(deps.sql, { id, connectionId: connection_id });
      // A file that is there is not written over: it may be another study's.
      await writeFile(out, JSON.stringify(group, null, 2), { mode: 0o600, flag: 'wx' });
      if (json)
        return sayJson({ file: out, persons: group.quantity, members: group.member.length, elsewhere });
      say(
        `${out}: ${group.quantity} Patients of ${site}${elsewhere ? `; ${elsewhere} members are of no Patient of it` : ''}.`,
      );
    }),
  );
