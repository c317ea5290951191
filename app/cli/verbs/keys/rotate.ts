/** `keys rotate`: lets the next key sign. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { sayKeys } from '../../keys-of.ts';
import { withApi } from '../../session.ts';
import { verb, whole } from '../../verb.ts';

export const rotate = verb('rotate', 'Let the next key sign; the one before stays published for 7 days.', [
  'keys rotate --connection memorial --overlap-days 14',
])
  .requiredOption('--connection <site>', 'site key of the connection')
  .addOption(new Option('--overlap-days <n>', 'how long the one before stays published').argParser(whole))
  .action((options) =>
    withApi(options, async (api) => {
      const { connection: site, overlapDays: days } = options;
      const { connection_id: id } = await connectionOf(api, site);
      const body = days === undefined ? {} : { overlap_days: days };
      const params = { path: { id } };
      const keys = must(await api.POST('/api/v1/admin/fhir-connections/{id}/keys/rotate', { params, body }));
      await sayKeys({ api, id, site }, keys, options);
    }),
  );
