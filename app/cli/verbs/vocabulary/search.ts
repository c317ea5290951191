/** `vocabulary search TEXT`: concepts by name, synonym or code. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { conceptRow } from '../../concept-row.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const search = verb('search', 'Concepts by name, synonym or code.', [
  'vocabulary search type 2 diabetes',
  'vocabulary search glucose --domain Measurement --vocabulary LOINC --standard S',
])
  .argument('<text...>', 'words, or a code')
  .option('--domain <names>', 'only of these domains, with commas')
  .option('--vocabulary <names>', 'only of these vocabularies, with commas')
  .option('--class <names>', 'only of these concept classes, with commas')
  .option('--standard <kinds>', 'only these kinds, with commas: S, C, none')
  .addOption(new Option('--limit <n>', 'how many').argParser(whole))
  .addOption(new Option('--offset <n>', 'how many to leave out at the beginning').argParser(whole))
  .action((text, options) =>
    withApi(options, async (api) => {
      const { domain, vocabulary, class: conceptClass, limit, offset } = options;
      const standard = options.standard?.split(',');
      if (standard && !standard.every(isKind)) throw new NotUnderstood('--standard: expected S, C or none.');
      const query = {
        q: text.join(' '),
        ...(domain ? { domain: domain.split(',') } : {}),
        ...(vocabulary ? { vocabulary: vocabulary.split(',') } : {}),
        ...(conceptClass ? { class: conceptClass.split(',') } : {}),
        ...(standard ? { standard } : {}),
        ...(limit === undefined ? {} : { limit }),
        ...(offset === undefined ? {} : { offset }),
      };
      const data = must(await api.GET('/api/v1/vocabulary/search', { params: { query } }));
      if (options.json) return sayJson(data);
      say(table(data.items.map((one) => ({ ...conceptRow(one.concept), synonym: one.matched_text }))));
      for (const { typed, taken_as } of data.corrected)
        say(`\n"${typed}" was taken for ${taken_as.join(', ')} too.`);
      if (data.ignored.length > 0) say(`\nIn no name, left out: ${data.ignored.join(', ')}.`);
      if (data.more) say('\nThere are more: --offset, --limit.');
      if (data.index === 'building')
        say('\nThe search is not built yet, so names were only compared from their beginning.');
    }),
  );

const isKind = (given: string): given is 'S' | 'C' | 'none' => ['S', 'C', 'none'].includes(given);
