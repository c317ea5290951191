/** `sync SITE`: starts a sync of a connection, or of some patients. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { follow } from '../follow.ts';
import { withApi } from '../session.ts';
import { say } from '../terminal.ts';
import { ended, several, verb, watchOption } from '../verb.ts';

export const sync = verb('sync', 'Start a sync, of what changed or of everything, or of some patients now.', [
  'sync memorial --watch',
  'sync memorial --full',
  "sync memorial --patient 'urn:oid:1.2.3|E123' --patient Patient/eXyz --watch",
])
  .argument('<site>', 'site key of the connection')
  .addOption(new Option('--full', 'ask for everything').conflicts('patient'))
  .addOption(
    new Option(
      '--patient <who>',
      'only this patient, by searches: system|value or Patient/id; up to a hundred times',
    ).argParser(several),
  )
  .addOption(watchOption())
  .action(async (site, options) => {
    const { watch, json, patient } = options;
    await withApi(
      options,
      async (api, session) => {
        const { connection_id: id } = await connectionOf(api, site);
        const path = { params: { path: { id } } };
        if (patient) {
          const run = must(
            await api.POST('/api/v1/admin/fhir-connections/{id}/patients/sync', {
              ...path,
              body: { patients: patient.map(named) },
            }),
          );
          if (!json) say(`Run ${run.run_id} of "${site}" started (patients: ${patient.length}).`);
          return ended(await follow(session, run, { site, watch, json }));
        }
        const body = { force_full: options.full === true };
        const run = must(await api.POST('/api/v1/admin/fhir-connections/{id}/sync', { ...path, body }));
        if (!json) say(`Run ${run.run_id} of "${site}" started (${run.mode}).`);
        ended(await follow(session, run, { site, watch, json }));
      },
      { withWorkers: watch === true },
    );
  });

/** `system|value`, `Patient/id`, or an id. */
function named(who: string): { identifier: string } | { patient_id: string } {
  return who.includes('|') ? { identifier: who } : { patient_id: who.replace(/^Patient\//, '') };
}
