/** `maps export`: the local maps as CSV. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { sayFile } from '../../terminal.ts';
import { fileVerb } from '../../verb.ts';

export const exportMaps = fileVerb('export', 'The local maps as CSV.', ['maps export > maps.csv'])
  .option('--system <uri>', 'only of this code system')
  .option('--search <text>', 'only with this in code or description')
  .action((options) =>
    withApi(options, async (api) => {
      const { system, search } = options;
      const query = { ...(system ? { system } : {}), ...(search ? { q: search } : {}) };
      const parameters = { params: { query }, parseAs: 'text' as const };
      sayFile(must(await api.GET('/api/v1/admin/vocabulary/local-maps/export', parameters)));
    }),
  );
