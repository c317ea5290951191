/** `unmapped suggest ID`: Standard concepts that an unmapped code may mean. */
import { must } from '../../../../openapi/client/index.ts';
import { conceptRow } from '../../concept-row.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const suggest = verb('suggest', 'Standard concepts with like words, for one of the unmapped codes.', [
  'unmapped suggest 17',
])
  .argument('<id>', 'id of the code, as unmapped lists it', whole)
  .action((code_id, options) =>
    withApi(options, async (api) => {
      const params = { path: { code_id } };
      const data = must(await api.GET('/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions', { params }));
      if (options.json) return sayJson(data);
      say(`"${data.text}" in ${data.domains.length > 0 ? data.domains.join(', ') : 'any domain'}`);
      const rows = data.items.map(({ concept, similarity, matched_text }) => {
        const { standard: _, invalid: __, ...row } = conceptRow(concept);
        return { alike: similarity, ...row, by: matched_text === concept.concept_name ? '' : matched_text };
      });
      say(table(rows));
      if (data.index === 'building') say('\nThe search is not built yet: ask again in a few minutes.');
      say(`\nTo take one: npm run cli -- unmapped map ${code_id} CONCEPT`);
    }),
  );
