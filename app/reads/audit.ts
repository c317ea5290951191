/** Events for the API, with the filters of its query. */

import type { z } from '@hono/zod-openapi';
import { type EventFilter, type ListedEvent, selectEvents } from '../../jobs/record/list.ts';
import type { Sql } from '../../sql/connect.ts';
import type { AuditEventSchema, AuditQuery } from '../schemas/audit.ts';

type Asked = { readonly [Name in keyof typeof AuditQuery]?: z.infer<(typeof AuditQuery)[Name]> };
export type AuditRow = z.infer<typeof AuditEventSchema>;

/** Newest first, with smaller ids than `before`. */
export async function readAudit(
  sql: Sql,
  { since, until, ...asked }: Asked,
  page: Pick<EventFilter, 'before' | 'limit'>,
): Promise<AuditRow[]> {
  const times = {
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
  return (await selectEvents(sql, { ...asked, ...times, ...page })).map(shown);
}

function shown({ outcome, before, after, details, ...rest }: ListedEvent): AuditRow {
  return {
    ...rest,
    outcome: outcome === 'refused' || outcome === 'failed' ? outcome : 'done',
    ...{ before: facts(before), after: facts(after), details: facts(details) },
  };
}

function facts(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}
