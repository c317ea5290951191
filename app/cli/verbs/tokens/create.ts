/** `tokens create`: makes a token of the API for a program. It is shown once, alone on standard output. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { ROLES } from '../../../caller.ts';
import { connectionOf } from '../../connection-of.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { complain, say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const create = verb('create', 'Make a token of the API for a program; it is shown once.', [
  'tokens create --role viewer --note "dashboard in the hall" --site memorial --expires 90d',
  'tokens create --role operator --note "nightly job"',
])
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES))
  .option('--note <text>', 'what it is for, by which lists and the record name it')
  .option('--site <sites>', 'only for these connections: site keys with commas')
  .option('--expires <when>', 'a day, such as 2027-01-31, or days, such as 90d')
  .action((options) => {
    const { role, note } = options;
    if (!role || !note) throw new NotUnderstood(lacking(role, note));
    return withApi(options, async (api, { where }) => {
      const sites = options.site?.split(',') ?? [];
      const found = await Promise.all(sites.map((site) => connectionOf(api, site.trim())));
      const expires_at = options.expires && expiryOf(options.expires);
      const made = must(
        await api.POST('/api/v1/admin/tokens', {
          body: {
            ...{ role, note },
            ...(found.length > 0 ? { connections: found.map((one) => one.connection_id) } : {}),
            ...(expires_at ? { expires_at } : {}),
          },
        }),
      );
      if (options.json) return sayJson(made);
      // The token alone goes to stdout, so that it can be put into a variable or a file.
      complain(`Token ${made.token_id} (${made.role}) for ${where}, shown this once:`);
      say(made.token);
    });
  });

/** Both at once, so that nobody has to try twice. */
function lacking(role: string | undefined, note: string | undefined): string {
  const lacks = [
    role ? [] : `--role, one of ${ROLES.join(', ')}`,
    note ? [] : '--note "WHAT IT IS FOR", by which lists and the record name the token',
  ].flat();
  return `tokens create needs ${lacks.join('; and ')}.`;
}

function expiryOf(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(Date.now() + 86_400_000 * Number(days)).toISOString();
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (day !== undefined && !Number.isNaN(day.getTime())) return day.toISOString();
  throw new NotUnderstood(
    `--expires: expected a day, such as 2027-01-31, or days, such as 90d, got "${text}".`,
  );
}
