/**
 * What a process measures, kept in memory and added to the table `meter` every few seconds: several processes share
 * their figures there, and a restart loses none that was added. The names are few and fixed; labels are steps,
 * operations, classes of status and error codes, never anything that a server or caller chose.
 */
import type { Sql } from '../../sql/connect.ts';
import { describeError } from './describe-error.ts';

export type MeterName = 'step' | 'ehr-request' | 'token-error' | 'api-request';

export interface Measured {
  readonly name: MeterName;
  readonly connection_id?: number | undefined;
  readonly label?: string | undefined;
  readonly outcome: string;
}

export interface Meters {
  observe(what: Measured, seconds: number): void;
  /** Adds what was measured to the database; what cannot be added now is added later. */
  flush(): Promise<void>;
  /** Flushes a last time. */
  stop(): Promise<void>;
}

/** Upper bounds of the buckets, in seconds. */
export const BOUNDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800] as const;

const EVERY_MS = 10_000;

interface Sums {
  readonly what: Measured;
  observed: number;
  seconds: number;
  readonly buckets: number[];
}

export interface MetersOptions {
  readonly sql: Sql;
  readonly onError?: ((reason: string) => void) | undefined;
}

export function openMeters({ sql, onError }: MetersOptions): Meters {
  let sums = new Map<string, Sums>();
  const timer = setInterval(() => void flush(), EVERY_MS);
  timer.unref();

  async function flush(): Promise<void> {
    const taken = sums;
    if (taken.size === 0) return;
    sums = new Map();
    try {
      await add(sql, [...taken.values()]);
    } catch (error) {
      for (const one of taken.values()) addTo(sums, one.what, one);
      onError?.(describeError(error).code);
    }
  }

  return {
    observe(what, seconds) {
      const buckets = BOUNDS.map(() => 0);
      const place = BOUNDS.findIndex((bound) => seconds <= bound);
      if (place !== -1) buckets[place] = 1;
      addTo(sums, what, { observed: 1, seconds, buckets });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

function addTo(sums: Map<string, Sums>, what: Measured, more: Omit<Sums, 'what'>): void {
  const key = JSON.stringify([what.name, what.connection_id ?? 0, what.label ?? '', what.outcome]);
  const known = sums.get(key);
  if (!known) {
    sums.set(key, {
      what,
      observed: more.observed,
      seconds: more.seconds,
      buckets: [...more.buckets],
    });
    return;
  }
  known.observed += more.observed;
  known.seconds += more.seconds;
  for (const [n, count] of more.buckets.entries()) known.buckets[n] = (known.buckets[n] ?? 0) + count;
}

/** In order of the key, so that two processes never wait for each other. A connection that is gone has no figures. */
async function add(sql: Sql, all: readonly Sums[]): Promise<void> {
  const rows = all.map(({ what, observed, seconds, buckets }) => ({
    ...{ name: what.name, connection_id: what.connection_id ?? null, label: what.label ?? '' },
    ...{ outcome: what.outcome, observed, seconds, buckets },
  }));
  await sql`
    insert into meter as known (name, connection_id, label, outcome, observed, seconds, buckets)
    select m.name, m.connection_id, m.label, m.outcome, m.observed, m.seconds, m.buckets
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as m (
      name text, connection_id integer, label text, outcome text, observed bigint, seconds double precision, buckets bigint[]
    )
    where m.connection_id is null or exists (select from connection c where c.connection_id = m.connection_id)
    order by m.name, coalesce(m.connection_id, 0), m.label, m.outcome
    on conflict (name, coalesce(connection_id, 0), label, outcome) do update set
      observed = known.observed + excluded.observed, seconds = known.seconds + excluded.seconds,
      buckets = array(select coalesce(k, 0) + coalesce(e, 0) from unnest(known.buckets, excluded.buckets) with ordinality as b (k, e, n) order by n)`;
}
