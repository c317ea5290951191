/** `dqd set CHECK PERCENT`: the threshold of a check. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const set = verb(
  'set',
  'Set how many percent of the rows may violate a check. It counts at once, also for passes made before.',
  ['dqd set field_isrequired_person_person_id 2.5 --note "agreed with the laboratory"'],
)
  .argument('<check>', 'check_id, as results and the view dqd_results have it')
  .argument('<percent>', '0 to 100', asPercent)
  .requiredOption('--note <text>', 'why; it is shown with the result')
  .action((check_id, threshold, options) =>
    withApi(options, async (api) => {
      const { note } = options;
      const params = { path: { check_id } };
      const body = { threshold, note };
      const done = must(await api.PUT('/api/v1/admin/quality/dqd/thresholds/{check_id}', { params, body }));
      if (options.json) return sayJson(done);
      say(`${check_id} fails from now on where more than ${threshold} % of the rows violate it.`);
    }),
  );

function asPercent(text: string): number {
  if (/^\d{1,3}(\.\d{1,10})?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError('Expected a number from 0 to 100, such as 2.5.');
}
