/** `connections show SITE`: all settings of a connection. */
import { connectionOf } from '../../connection-of.ts';
import { credentialsOf } from '../../connection-row.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const show = verb('show', 'All settings of a connection; no secret is among them.', [
  'connections show memorial',
])
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const one = await connectionOf(api, site);
      if (options.json) return sayJson(one);
      const { sync_config, has_private_key: _, has_client_secret: __, credentials_cleared, ...rest } = one;
      const lines = [
        ...Object.entries({ ...rest, credentials: credentialsOf(one), credentials_cleared }),
        ...Object.entries(sync_config).map(([key, value]) => [`sync_config.${key}`, value] as const),
      ];
      const width = Math.max(...lines.map(([key]) => key.length));
      for (const [key, value] of lines) say(`  ${key.padEnd(width)}  ${shown(value)}`.trimEnd());
    }),
  );

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
