/** `audit acknowledge`: a break of the record that you know of. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { faultRow } from '../../fault-row.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const acknowledge = verb('acknowledge', 'A break that you know of: verify then tells of it apart.', [
  'audit acknowledge --reason "restored from the backup of 1 May" --seals 800-812',
])
  .requiredOption('--reason <text>', 'why it is broken')
  .addOption(new Option('--seals <a-b>', 'the seals that it is about').conflicts('events'))
  .option('--events <a-b>', 'the events, where they never had a seal')
  .action((options) =>
    withApi(options, async (api) => {
      const { reason, seals, events } = options;
      if (!seals && !events) throw new NotUnderstood('audit acknowledge needs --seals A-B or --events A-B.');
      const body = { reason, ...(seals ? { seals } : {}), ...(events ? { events } : {}) };
      const data = must(await api.POST('/api/v1/admin/audit/acknowledgements', { body }));
      if (options.json) return sayJson(data);
      say(`Acknowledged:\n${table(data.acknowledged.map(faultRow))}`);
    }),
  );
