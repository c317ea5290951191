/** `audit verify`: whether somebody has changed the record. */
import { must } from '../../../../openapi/client/index.ts';
import { noun } from '../../../../sql/noun.ts';
import { faultRow } from '../../fault-row.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, verb } from '../../verb.ts';

export const verify = verb('verify', 'Whether somebody has changed the record; the exit code is 1 when so.', [
  'audit verify',
  'audit verify --anchor 812:9f2c…',
])
  .option('--anchor <text>', 'what the log said once a day (audit_anchor)')
  .action((options) =>
    withApi(options, async (api) => {
      const { anchor } = options;
      const query = anchor === undefined ? {} : { anchor };
      const data = must(await api.GET('/api/v1/admin/audit/verification', { params: { query } }));
      ended(data.intact);
      if (options.json) return sayJson(data);
      say(`${data.seals} ${noun(data.seals, 'seal')} checked.`);
      if (data.dropped > 0)
        say(
          `${data.dropped} ${noun(data.dropped, 'event')} from before ${data.dropped_before} ${noun(data.dropped, 'was', 'were')} dropped by the rule.`,
        );
      if (data.unsealed.length > 0)
        say(`Not sealed yet: ${noun(data.unsealed.length, 'event')} ${data.unsealed.join(', ')}.`);
      if (data.acknowledged.length > 0) {
        const rows = data.acknowledged.map((one) => ({
          ...faultRow(one),
          acknowledged_by: `event ${one.acknowledged_by}`,
        }));
        say(`\nAcknowledged:\n${table(rows)}\n`);
      }
      if (data.faults.length > 0) say(`\n${table(data.faults.map(faultRow))}`);
      else say(anchor === undefined ? 'Nothing is missing before its end.' : 'It is as the anchor says.');
      say(`\nAnchor, to be kept elsewhere: ${data.anchor}`);
    }),
  );
