/**
 * How fast the server of a connection is asked, by all workers together: limits.requests_per_second, and the waits that
 * the server itself asked for.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import type { Connection } from './connection.ts';

/** A turn that is further away is not waited for: the job is sent again. */
const LONGEST_WAIT_SECONDS = 30;

/** Seconds until the next try at a server that wants fewer requests: its own wish, within the connection's bounds. */
export function throttledSeconds({ config }: Pick<Connection, 'config'>, wished: number | undefined): number {
  const { poll_min_seconds, poll_max_seconds } = config.limits;
  return Math.min(poll_max_seconds, Math.max(poll_min_seconds, 1, wished ?? 60));
}

/** Who is waited for goes ahead of a crawl by requests of so many seconds, which the crawl then waits for. */
const AHEAD_SECONDS = 5;

/** Seconds after which the request may be sent; or when to ask again for a turn. */
export type Turn = { readonly waitSeconds: number } | { readonly againInSeconds: number };

export async function takeTurn(
  sql: Sql,
  { connection_id, config }: Pick<Connection, 'connection_id' | 'config'>,
  clock: Clock,
  { ahead = false }: { readonly ahead?: boolean } = {},
): Promise<Turn> {
  const credit = ahead ? AHEAD_SECONDS : 0;
  const seconds = 1 / config.limits.requests_per_second;
  const now = clock();
  const [turn] = await sql<{ wait: number }[]>`
    insert into request_pace as p (connection_id, next_at)
    values (${connection_id}, clock_timestamp() + make_interval(secs => ${seconds}))
    on conflict (connection_id) do update
    set next_at = greatest(p.next_at, clock_timestamp()) + make_interval(secs => ${seconds})
    where (p.not_before is null or p.not_before <= ${now})
      and p.next_at <= clock_timestamp() + make_interval(secs => ${LONGEST_WAIT_SECONDS + credit})
    returning extract(epoch from next_at - clock_timestamp())::float8 - ${seconds}::float8 as wait`;
  if (turn) return { waitSeconds: Math.max(0, turn.wait - credit) };
  const [later] = await sql<{ not_before: Date | null; wait: number }[]>`
    select not_before, extract(epoch from next_at - clock_timestamp())::float8 as wait
    from request_pace where connection_id = ${connection_id}`;
  const asked = later?.not_before ? (later.not_before.getTime() - now.getTime()) / 1000 : 0;
  return { againInSeconds: Math.max(1, asked, (later?.wait ?? 0) - credit - LONGEST_WAIT_SECONDS) };
}

/** The server wants no request before then. */
export async function holdRequestsInTx(tx: Tx, connectionId: number, until: Date): Promise<void> {
  await tx`
    insert into request_pace as p (connection_id, next_at, not_before)
    values (${connectionId}, clock_timestamp(), ${until})
    on conflict (connection_id) do update set not_before = greatest(p.not_before, excluded.not_before)`;
}
