/** `cohorts import`: a cohort of a study into the CDM. */

import { noun } from '../../../../sql/noun.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { osUser } from '../../os-user.ts';
import { withLocal } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, machineVerb, whole } from '../../verb.ts';

export const importCohorts = machineVerb(
  'import',
  'Check a cohort against the persons of the CDM; --apply writes all of it or nothing.',
  [
    'cohorts import members.csv --id 7 --name "Type 2 diabetes, 2025"',
    'cohorts import members.csv --id 7 --name "Type 2 diabetes, 2025" --apply',
    'cohorts import --from results --id 7 --name "Type 2 diabetes, 2025" --apply --replace',
  ],
)
  .argument(
    '[file]',
    'CSV: subject_id (or person_id, person_source_value), cohort_start_date, cohort_end_date',
  )
  .requiredOption('--id <number>', 'cohort_definition_id', whole)
  .requiredOption('--name <text>', 'cohort_definition_name')
  .option('--description <text>', 'cohort_definition_description')
  .option('--from <schema>', 'take it from the table cohort of another schema')
  .option('--apply', 'write it')
  .option('--replace', 'let it take the place of a cohort of the same number')
  .action(async (file, options) => {
    const { id, name, description, from, json } = options;
    if ((file === undefined) === (from === undefined))
      throw new NotUnderstood('"cohorts import" takes a FILE, or --from SCHEMA.');
    await withLocal(async ({ engine: { deps } }) => {
      const { importCohort } = await import('../../../../jobs/cohorts/import-cohort.ts');
      const { openMembers } = await import('../../../../jobs/cohorts/read-members.ts');
      const { commandLine } = await import('../../../../jobs/record/actor.ts');
      const source = from === undefined ? await openMembers(file ?? '') : { schema: from };
      const actor = commandLine(osUser());
      const report = await importCohort({ sql: deps.sql, clock: deps.clock, actor }, source, {
        ...{ id, name, description, apply: options.apply === true, replace: options.replace === true },
      });
      ended(report.faults === 0 && report.members > 0);
      if (json) return sayJson(report);
      say(
        `Cohort ${id}: ${report.members} ${noun(report.members, 'member')}, ${report.persons} ${noun(report.persons, 'person')}; ${report.outside_observation} outside their observation periods.`,
      );
      if (report.faults > 0) say(`\n${table(report.first_faults)}`);
      if (report.faults > 0)
        say(
          `\n${report.faults} ${noun(report.faults, 'line cannot be taken as it is', 'lines cannot be taken as they are')}: nothing was written.`,
        );
      else if (report.members === 0) say('There are no members: nothing was written.');
      else if (report.written)
        say(report.there > 0 ? `Written, in the place of ${report.there}.` : 'Written.');
      else say('Nothing was written yet: add --apply.');
    });
  });
