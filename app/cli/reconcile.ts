/**
 * `cli reconcile SITE` starts a full sync that is compared with what is stored; `--confirm RUN --vanished N`
 * removes what that run found vanished.
 */
import type { Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { type Local, openLocal } from './local.ts';
import { follow } from './sync.ts';
import { say } from './terminal.ts';

export async function reconcileSite(site: string, watch: boolean): Promise<boolean> {
  const local = await openLocal({ withWorkers: watch });
  try {
    const { connection_id: id } = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST('/api/v1/admin/fhir-connections/{id}/reconcile', {
      params: { path: { id } },
    });
    if (!data) throw new Error(error?.detail ?? 'the reconciliation could not be started');
    say(`Run ${data.run_id} of "${site}" asks for everything, to compare it with what is stored.`);
    const completed = await follow(local, data, watch);
    if (watch && completed) tell(site, await found(local, id, data.run_id));
    return completed;
  } finally {
    await local.close();
  }
}

export async function confirmSite(
  site: string,
  confirmation: { readonly run: number; readonly vanished: number; readonly override: boolean },
  watch: boolean,
): Promise<boolean> {
  const local = await openLocal({ withWorkers: watch });
  try {
    const { connection_id: id } = await connectionOf(local.api, site);
    const { data, error } = await local.api.POST(
      '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm',
      {
        params: { path: { id, rid: confirmation.run } },
        body: { vanished: confirmation.vanished, override: confirmation.override },
      },
    );
    if (!data) throw new Error(error?.detail ?? 'the reconciliation could not be confirmed');
    say(`Run ${data.run_id} of "${site}" removes ${confirmation.vanished} vanished resources.`);
    return await follow(local, data, watch);
  } finally {
    await local.close();
  }
}

async function found(local: Local, id: number, rid: number): Promise<Schemas['Reconciliation']> {
  const { data, error } = await local.api.GET('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}', {
    params: { path: { id, rid } },
  });
  if (!data) throw new Error(error?.detail ?? 'the reconciliation cannot be read');
  return data;
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
