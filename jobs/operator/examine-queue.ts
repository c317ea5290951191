/** What the doctor says of the queue and of the schedules in it. */
import { isDeepStrictEqual } from 'node:util';
import type { Schemas, Sql } from '../../sql/connect.ts';
import { noun } from '../../sql/noun.ts';
import { type DueSync, dueSyncs } from '../connection/due-sync.ts';
import { readSyncConfig } from '../connection/sync-config.ts';
import { describeError } from '../step/describe-error.ts';
import { DEAD } from '../step/queue.ts';
import type { Finding } from './finding.ts';

/** Jobs that may run at once and are not taken up say that workers are too few, or hang. */
const LATE_SECONDS = 15 * 60;

export async function queueOf(sql: Sql, schemas: Schemas): Promise<Finding> {
  const what = 'queue';
  if (!(await isThere(sql, schemas.queue)))
    return { state: 'advice', what, found: 'not made yet', todo: 'npm start, or npm run work.' };
  const [row] = await sql<{ ready: number; late: number | null; active: number; dead: number }[]>`
    select count(*) filter (where name <> ${DEAD} and state in ('created', 'retry') and start_after <= now())::int as ready,
      extract(epoch from now() - min(start_after)
        filter (where name <> ${DEAD} and state in ('created', 'retry') and start_after <= now()))::float8 as late,
      count(*) filter (where state = 'active')::int as active,
      count(*) filter (where name = ${DEAD} and state in ('created', 'retry'))::int as dead
    from ${sql(schemas.queue)}.job where name like 'sync-%'`;
  const { ready = 0, late = null, active = 0, dead = 0 } = row ?? {};
  const found = `${ready} ${noun(ready, 'job')} ready, ${active} under way${dead > 0 ? `, ${dead} given up` : ''}`;
  if (late === null || late < LATE_SECONDS) return { state: 'well', what, found };
  return {
    ...{
      state: 'advice',
      what,
      found: `${found}; the first has been ready for ${Math.round(late / 60)} min`,
    },
    todo: 'Run more workers (npm run work), or see in their log what they are at.',
  };
}

/** A schedule is a setting of a connection and a time that is kept (sync_schedule): both must say the same. */
export async function schedulesOf(sql: Sql, now: Date): Promise<Finding> {
  const what = 'schedules';
  const connections = await sql<{ connection_id: number; site_key: string; sync_config: unknown }[]>`
    select connection_id, site_key, sync_config from connection
    where is_active and sync_config ? 'schedule' order by site_key`;
  if (connections.length === 0) return { state: 'well', what, found: 'none: syncs are started by hand' };
  const planned = new Map((await dueSyncs(sql)).map((row) => [row.connection_id, row]));
  const details = connections.flatMap(({ connection_id, site_key, sync_config }) => {
    const fault = faultOf(sync_config, planned.get(connection_id), now);
    return fault ? [`${site_key}: ${fault}`] : [];
  });
  if (details.length === 0) return { state: 'well', what, found: `${connections.length}, all planned` };
  const todo = 'The next start of workers, or tick, puts them right; correct settings that cannot be read.';
  return { state: 'wrong', what, found: `${details.length} are not planned as set`, todo, details };
}

function faultOf(config: unknown, planned: DueSync | undefined, now: Date): string | undefined {
  try {
    const { schedule } = readSyncConfig(config);
    if (!schedule) return undefined;
    if (!planned) return 'not planned';
    if (!isDeepStrictEqual(schedule, planned.schedule)) return 'planned by other settings';
    const late = now.getTime() - planned.due_at.getTime() > LATE_SECONDS * 1000;
    return late ? `was due at ${planned.due_at.toISOString()} and has not begun` : undefined;
  } catch (error) {
    return describeError(error).message;
  }
}

async function isThere(sql: Sql, schema: string): Promise<boolean> {
  const found = await sql`select 1 from pg_tables where schemaname = ${schema} and tablename = 'job'`;
  return found.length > 0;
}
