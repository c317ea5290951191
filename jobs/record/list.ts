/** Events as people ask for them, newest first, each with its seal. */
import type { Sql } from '../../sql/connect.ts';
import { eventColumns, type StoredEvent } from './events.ts';

export interface EventFilter {
  readonly actor?: string | undefined;
  /** A whole action ("run.cancel"), or all of a thing ("run"). */
  readonly action?: string | undefined;
  /** A whole object ("run/12"), or all of a kind ("run"). */
  readonly object?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Events with smaller ids. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface ListedEvent extends StoredEvent {
  /** Null until it is sealed, which takes seconds. */
  readonly seal_no: number | null;
}

export async function selectEvents(sql: Sql, filter: EventFilter): Promise<ListedEvent[]> {
  const { actor = null, action = null, object = null, outcome = null, before = null } = filter;
  return await sql<ListedEvent[]>`
    select ${eventColumns(sql)}, s.seal_no
    from audit_event e left join audit_seal s using (event_id)
    where (${before}::bigint is null or e.event_id < ${before})
      and (${actor}::text is null or e.actor = ${actor})
      and (${action}::text is null or e.action = ${action} or starts_with(e.action, ${`${action}.`}))
      and (${object}::text is null or e.object = ${object} or starts_with(e.object, ${`${object}/`}))
      and (${outcome}::text is null or e.outcome = ${outcome})
      and (${filter.since ?? null}::timestamptz is null or e.at >= ${filter.since ?? null})
      and (${filter.until ?? null}::timestamptz is null or e.at < ${filter.until ?? null})
    order by e.event_id desc
    limit ${filter.limit}`;
}
