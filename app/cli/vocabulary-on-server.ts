/** A vocabulary load that a worker of the server does, followed from here. */
import { setTimeout as wait } from 'node:timers/promises';
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import { drawProgress } from './load-progress.ts';
import { Refused } from './refused.ts';
import { say, sayJson } from './terminal.ts';

type Load = Schemas['VocabularyLoad'];

export async function loadOnServer(
  api: ApiClient,
  path: string,
  { json }: { readonly json: boolean },
): Promise<boolean> {
  const body = { path };
  const { load_id } = must(await api.POST('/api/v1/admin/vocabulary/loads', { body }));
  const drawn = drawProgress(process.stderr, Date.now);
  for (;;) {
    const load = must(
      await api.GET('/api/v1/admin/vocabulary/loads/{lid}', { params: { path: { lid: load_id } } }),
    );
    if (load.state === 'loaded' || load.state === 'failed') {
      drawn.end();
      if (json) sayJson(load);
      else tell(load);
      return load.state === 'loaded';
    }
    drawn.tell({
      step: load.step ?? 'copy',
      table: load.table ?? '',
      allRows: load.rows,
      fraction: load.fraction,
    });
    await wait(1000);
  }
}

function tell(load: Load): void {
  if (load.error) throw new Refused(load.error.code, load.error.message);
  say(`Release ${load.release_id} is loaded (${load.rows.toLocaleString('en-US')} rows).`);
  for (const warning of load.warnings) say(`Warning: ${warning}`);
}
