/** `vocabulary concept ID`: a concept with its relationships and ancestors. */
import { must } from '../../../../openapi/client/index.ts';
import { conceptRow } from '../../concept-row.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const concept = verb('concept', 'A concept with its relationships and ancestors.', [
  'vocabulary concept 201826',
  'vocabulary concept 201826 --json',
])
  .argument('<concept>', 'concept_id', whole)
  .action((id, options) =>
    withApi(options, async (api) => {
      const data = must(await api.GET('/api/v1/vocabulary/concepts/{id}', { params: { path: { id } } }));
      if (options.json) return sayJson(data);
      say(table([conceptRow(data)]));
      say(
        `\nValid from ${data.valid_start_date} to ${data.valid_end_date}; ${data.children} concepts one level below.`,
      );
      if (data.synonyms.length > 0) say(`\nSynonyms\n${table(data.synonyms)}`);
      say(`\nRelationships${data.more_relationships ? ' (the first of them)' : ''}`);
      say(
        table(
          data.relationships.map((one) => ({
            relationship: one.relationship_id,
            ...conceptRow(one.concept),
          })),
        ),
      );
      say(`\nAncestors${data.more_ancestors ? ' (the nearest)' : ''}`);
      say(table(data.ancestors.map((one) => ({ levels: one.min_levels, ...conceptRow(one.concept) }))));
    }),
  );
