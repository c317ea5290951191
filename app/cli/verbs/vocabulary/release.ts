/** `vocabulary release`: which vocabulary is loaded. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const release = verb('release', 'Which vocabulary is loaded, and which were.', [
  'vocabulary release',
]).action((options) =>
  withApi(options, async (api) => {
    const data = must(await api.GET('/api/v1/vocabulary/release', {}));
    if (options.json) return sayJson(data);
    say(`Current release\n${table(data.current ? [data.current] : [])}`);
    say(`\nVocabularies\n${table(data.vocabularies)}`);
    if (data.earlier.length > 0) say(`\nEarlier releases\n${table(data.earlier)}`);
  }),
);
