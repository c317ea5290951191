/** `purge SITE PATIENT --reason TEXT` takes a patient out for good; `purge SITE` lists purges, `--lift` ends one. */
import { setTimeout as wait } from 'node:timers/promises';
import { Option } from '@commander-js/extra-typings';
import { type ApiClient, must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { watched, whoWorks } from '../follow.ts';
import { NotUnderstood } from '../not-understood.ts';
import { type Session, withApi } from '../session.ts';
import { table } from '../table.ts';
import { say, sayJson } from '../terminal.ts';
import { ended, verb, watchOption, whole } from '../verb.ts';
import { watchRun } from '../watch.ts';

export const purge = verb(
  'purge',
  'Take a patient out, and never load them again; without a patient list the purges of a site.',
  ['purge memorial eXyz --reason opt-out --watch', 'purge memorial', 'purge memorial --lift 3'],
)
  .argument('<site>', 'site key of the connection')
  .argument('[patient]', 'FHIR id of the Patient')
  .option('--reason <text>', 'why; stays in the list')
  .option('--unknown', 'also one who has not come yet')
  .addOption(new Option('--lift <purge>', 'let this purged patient be loaded again').argParser(whole))
  .addOption(watchOption())
  .action(async (site, patient, options) => {
    const { reason, lift, watch, unknown } = options;
    if (patient === undefined && (reason || unknown || watch))
      throw new NotUnderstood(
        'purge: --reason, --unknown and --watch are about a PATIENT, and none was given.',
      );
    if (patient !== undefined && lift !== undefined)
      throw new NotUnderstood('purge: --lift takes the number of a purge, and no PATIENT.');
    if (patient !== undefined && !reason) throw new NotUnderstood('purge SITE PATIENT needs --reason TEXT.');
    const json = options.json === true;
    await withApi(
      options,
      async (api, session) => {
        const { connection_id: id } = await connectionOf(api, site);
        if (lift !== undefined) await liftPurge(api, { id, site }, lift, json);
        else if (patient === undefined) await listPurges(api, id, json);
        else {
          const asked = { patient_id: patient, reason: reason ?? '', unknown: unknown === true };
          ended(await takeOut(session, { id, site }, asked, { watch: watch === true, json }));
        }
      },
      { withWorkers: watch === true },
    );
  });

interface Site {
  readonly id: number;
  readonly site: string;
}

async function takeOut(
  session: Session,
  { id, site }: Site,
  body: { patient_id: string; reason: string; unknown: boolean },
  { watch, json }: { readonly watch: boolean; readonly json: boolean },
): Promise<boolean> {
  const data = must(
    await session.api.POST('/api/v1/admin/fhir-connections/{id}/purges', { params: { path: { id } }, body }),
  );
  if (!json)
    say(`Purge ${data.purge_id} of "${site}" is asked for; nothing of the patient is loaded any more.`);
  if (!watch) {
    if (json) sayJson(data);
    else say(await whoWorks(session.api, `watch ${site}`));
    return true;
  }
  const finished = await watched(session, { again: `watch ${site}`, json }, async (watching) => {
    const run_id = await turnOf(session.api, id, data.purge_id, watching.signal);
    return await watchRun(session.api, { connection_id: id, run_id }, watching);
  });
  if (json && finished) sayJson(finished);
  return finished?.status === 'completed';
}

async function listPurges(api: ApiClient, id: number, json: boolean): Promise<void> {
  const data = must(await purgesOf(api, id));
  if (json) return sayJson(data);
  // Never whom: nobody can tell that any more.
  const shown = data.items.map(({ purge_id, state, requested_at, reason, resources }) => ({
    ...{ purge: purge_id, state, requested: new Date(requested_at), resources, reason },
  }));
  say(table(shown));
}

async function liftPurge(api: ApiClient, { id, site }: Site, pid: number, json: boolean): Promise<void> {
  const lifted = must(
    await api.DELETE('/api/v1/admin/fhir-connections/{id}/purges/{pid}', { params: { path: { id, pid } } }),
  );
  if (json) return sayJson(lifted);
  say(`Purge ${pid} of "${site}" is lifted: a full sync brings the patient back (sync ${site} --full).`);
}

const purgesOf = (api: ApiClient, id: number) =>
  api.GET('/api/v1/admin/fhir-connections/{id}/purges', { params: { path: { id }, query: { limit: 500 } } });

/** Its run, once no other of the connection is live. */
async function turnOf(api: ApiClient, id: number, purge: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { items } = must(await purgesOf(api, id));
    const run = items.find((one) => one.purge_id === purge)?.run_id;
    if (run) return run;
    await wait(500, undefined, { signal });
  }
}
