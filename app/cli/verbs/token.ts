/** `token SITE`: asks the EHR for a token as a sync does, and says what came. */
import { connectionOf } from '../connection-of.ts';
import { osUser } from '../os-user.ts';
import { withLocal } from '../session.ts';
import { complain, say, sayJson } from '../terminal.ts';
import { machineVerb } from '../verb.ts';

export const token = machineVerb(
  'token',
  'Ask the EHR for a token as a sync does: from where, by which key, with which scopes, for how long.',
  ['token memorial', 'token memorial --json', 'token memorial --show'],
)
  .argument('<site>', 'site key of the connection')
  .option('--show', 'also show the token, alone on standard output: who has it reads the data of patients')
  .action((site, options) =>
    withLocal(async ({ api, engine: { deps } }) => {
      const { readConnection } = await import('../../../jobs/connection/connection.ts');
      const { askToken } = await import('../../../jobs/operator/ask-token.ts');
      const { commandLine } = await import('../../../jobs/record/actor.ts');
      const { connection_id } = await connectionOf(api, site);
      const connection = await readConnection(deps.sql, connection_id);
      const shown = options.show === true;
      const { token: secret, ...asked } = await askToken(deps, connection, {
        ...{ actor: commandLine(osUser()), shown },
      });
      if (shown)
        complain(
          `Whoever has this token reads the data of patients at "${site}" for ${asked.expires_in} s: keep it out of files, logs and chats.`,
        );
      if (options.json) return sayJson(shown ? { ...asked, token: secret } : asked);
      const tell = shown ? complain : say;
      for (const line of toldOf(asked)) tell(line);
      if (shown) say(secret);
    }),
  );

interface Told {
  readonly endpoint: string;
  readonly endpoint_from: 'connection' | 'server';
  readonly method: string;
  readonly key_id: string | null;
  readonly scopes: readonly string[];
  readonly scopes_not_granted: readonly string[];
  readonly expires_in: number;
}

function toldOf({ endpoint, endpoint_from, method, key_id, scopes, ...rest }: Told): string[] {
  const from = endpoint_from === 'connection' ? 'as the connection names it' : 'as the FHIR server names it';
  return [
    `endpoint    ${endpoint} (${from})`,
    `proof       ${method}${key_id === null ? '' : `, key ${key_id}`}`,
    `expires in  ${rest.expires_in} s`,
    `scopes      ${scopes.join(' ')}`,
    ...(rest.scopes_not_granted.length > 0
      ? [`not granted ${rest.scopes_not_granted.join(' ')}: what they cover is not exported`]
      : []),
  ];
}
