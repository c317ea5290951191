/**
 * `reconcile SITE` starts a full sync that is compared with what is stored; `--confirm RUN --vanished N` removes what
 * that run found vanished.
 */
import { Option } from '@commander-js/extra-typings';
import { type ApiClient, must, type Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { connectionOf } from '../connection-of.ts';
import { follow } from '../follow.ts';
import { NotUnderstood } from '../not-understood.ts';
import { withApi } from '../session.ts';
import { say } from '../terminal.ts';
import { ended, verb, watchOption, whole } from '../verb.ts';

export const reconcile = verb(
  'reconcile',
  'Full sync, compared with what is stored: what vanished at the source; --confirm removes it.',
  ['reconcile memorial --watch', 'reconcile memorial --confirm 41 --vanished 12'],
)
  .argument('<site>', 'site key of the connection')
  .addOption(new Option('--confirm <run>', 'remove what this run found vanished').argParser(whole))
  .addOption(new Option('--vanished <n>', 'how many that are, as a check').argParser(whole))
  .option('--override', 'also where the number is doubtful')
  .addOption(watchOption())
  .action(async (site, options) => {
    const { confirm, vanished, override, watch, json } = options;
    if (confirm !== undefined && vanished === undefined)
      throw new NotUnderstood(
        'reconcile --confirm RUN needs --vanished N, how many resources are to be removed.',
      );
    if (confirm === undefined && (vanished !== undefined || override))
      throw new NotUnderstood('reconcile: --vanished and --override go with --confirm RUN.');
    await withApi(
      options,
      async (api, session) => {
        const { connection_id: id } = await connectionOf(api, site);
        if (confirm !== undefined && vanished !== undefined) {
          const run = must(
            await api.POST('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm', {
              params: { path: { id, rid: confirm } },
              body: { vanished, override: override === true },
            }),
          );
          if (!json)
            say(`Run ${run.run_id} of "${site}" removes ${vanished} vanished ${noun(vanished, 'resource')}.`);
          return ended(await follow(session, run, { site, watch, json }));
        }
        const run = must(
          await api.POST('/api/v1/admin/fhir-connections/{id}/reconcile', { params: { path: { id } } }),
        );
        if (!json)
          say(`Run ${run.run_id} of "${site}" asks for everything, to compare it with what is stored.`);
        const completed = await follow(session, run, { site, watch, json });
        ended(completed);
        if (watch && completed && !json) tell(site, await found(api, id, run.run_id));
      },
      { withWorkers: watch === true },
    );
  });

async function found(api: ApiClient, id: number, rid: number): Promise<Schemas['Reconciliation']> {
  return must(
    await api.GET('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}', {
      params: { path: { id, rid } },
    }),
  );
}

function tell(site: string, one: Schemas['Reconciliation']): void {
  say(`${one.vanished} of ${one.stored} stored resources did not come (${one.types.join(', ')}).`);
  if (one.types_missing.length > 0) say(`Not compared, since nothing came: ${one.types_missing.join(', ')}.`);
  if (one.obstacles.length > 0) say(`Nothing may be removed: ${one.obstacles.join(', ')}.`);
  else if (one.vanished > 0) {
    if (one.doubts.length > 0) say(`Doubtful (needs --override): ${one.doubts.join(', ')}.`);
    say(`To remove them: reconcile ${site} --confirm ${one.run_id} --vanished ${one.vanished}`);
  }
}
