/** `unmapped map ID CONCEPT`: maps one of the unmapped codes, and maps again what uses it. */
import { must } from '../../../../openapi/client/index.ts';
import { namesOfConnections } from '../../connection-of.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const map = verb('map', 'Map one of the unmapped codes to a concept, and map again what uses it.', [
  'unmapped map 17 3004501',
])
  .argument('<id>', 'id of the code, as unmapped lists it', whole)
  .argument('<concept>', 'concept_id of a Standard concept', whole)
  .action((code_id, target_concept_id, options) =>
    withApi(options, async (api) => {
      const data = must(
        await api.POST('/api/v1/admin/vocabulary/unmapped/{code_id}/map', {
          params: { path: { code_id } },
          body: { target_concept_id },
        }),
      );
      if (options.json) return sayJson(data);
      const { map: made } = data;
      say(
        `${made.source_code} is mapped to ${made.target_concept_id} ${made.target_name ?? ''} (${made.target_domain}).`,
      );
      for (const warning of data.warnings) say(`Warning: ${warning.message}`);
      const names = await namesOfConnections(api);
      for (const { connection_id, run_id, note } of data.remaps) {
        const site = names.get(connection_id) ?? String(connection_id);
        say(
          run_id === null
            ? `"${site}" is not mapped again now (${note}); its next remap or full sync does it.`
            : `"${site}": run ${run_id} maps again what uses it, as soon as a worker runs.`,
        );
      }
    }),
  );
