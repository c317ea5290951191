/**
 * Records that a connection's key was used: an assertion signed, or its client secret sent. Once a run, since a token
 * lives minutes and a run hours. It is recorded before the token goes anywhere; a step that cannot record has none.
 */
import type { Sql } from '../sql/connect.ts';
import type { Connection } from './connection/connection.ts';
import type { TokenSource } from './fhir/token/access-token.ts';
import { type Tokens, wrapTokens } from './fhir/token/tokens.ts';
import { WORKER } from './record/actor.ts';
import { recordInTx } from './record/record.ts';
import type { Clock } from './step/clock.ts';

interface KeyUseDeps {
  readonly sql: Sql;
  readonly clock: Clock;
}

export const recordingTokens = (deps: KeyUseDeps, tokens: Tokens): Tokens =>
  wrapTokens(tokens, (source, connection) => recording(deps, source, connection));

function recording(deps: KeyUseDeps, source: TokenSource, connection: Connection): TokenSource {
  let recorded: string | undefined;
  return {
    forget: (token) => source.forget(token),
    async get() {
      const found = await source.get();
      if (found.token !== recorded) await recordKeyUse(deps, connection);
      recorded = found.token;
      return found;
    },
  };
}

/** The mark on the run makes it once, however many workers get a token at the same time. */
async function recordKeyUse({ sql, clock }: KeyUseDeps, connection: Connection): Promise<void> {
  const at = clock();
  await sql.begin(async (tx) => {
    const [run] = await tx<{ run_id: number }[]>`
      update run set key_used_at = ${at}
      where key_used_at is null
        and run_id = (select max(run_id) from run where connection_id = ${connection.connection_id})
      returning run_id`;
    if (!run) return;
    const hasKey = connection.signing_key_sealed !== null || connection.private_key_sealed !== null;
    await recordInTx(tx, {
      ...{ at, actor: WORKER, action: 'key.use', object: `connection/${connection.connection_id}` },
      details: { run_id: run.run_id, kind: hasKey ? 'private-key' : 'client-secret' },
    });
  });
}
