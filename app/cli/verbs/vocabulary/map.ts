/** `vocabulary map SYSTEM CODE`: what a sync makes of a code. */
import { must } from '../../../../openapi/client/index.ts';
import { conceptRow } from '../../concept-row.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const map = verb('map', 'What a sync makes of a code.', [
  'vocabulary map http://hl7.org/fhir/sid/icd-10-cm E11.9',
  'vocabulary map https://hospital.example/lab GLU --site memorial',
])
  .argument('<system>', 'URI of the code system, as FHIR has it')
  .argument('<code>', 'the code')
  .option('--site <site>', 'with the code systems of this connection')
  .action((system, code, options) =>
    withApi(options, async (api) => {
      const { site } = options;
      const query = { system, code, ...(site ? { site_key: site } : {}) };
      const data = must(await api.GET('/api/v1/vocabulary/source-to-standard', { params: { query } }));
      if (options.json) return sayJson(data);
      const tried = data.vocabularies.length > 0 ? data.vocabularies.join(', ') : 'no known vocabulary';
      say(`${system} is ${tried}; release ${data.version}.\n\nThe code itself`);
      say(table(data.source ? [conceptRow(data.source)] : []));
      if (data.replaced_by.length > 0) say(`\nReplaced by\n${table(data.replaced_by.map(conceptRow))}`);
      say(`\nMaps to (decided by: ${data.decided_by})\n${table(data.targets.map(conceptRow))}`);
      if (data.values.length > 0) say(`\nMaps to value\n${table(data.values.map(conceptRow))}`);
    }),
  );
