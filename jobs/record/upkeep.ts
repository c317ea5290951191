/**
 * What the record needs beside the events themselves, done by whoever works: seals at short intervals, and once a day
 * partitions ahead, months that are too old, and the anchor into the log. Several processes at once do it once.
 */
import type { Logger } from 'pino';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { describeError } from '../step/describe-error.ts';
import { presentAnchor } from './anchor.ts';
import { appendToFile } from './file-sink.ts';
import { lastSeal, sealEvents } from './seal.ts';
import { DEFAULT_RECORD, type RecordSettings } from './settings.ts';
import { sendToSyslog } from './syslog-sink.ts';

export interface UpkeepDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Logger;
  /** DEFAULT_RECORD when left out. */
  readonly record?: RecordSettings | undefined;
}

const EVERY_MS = 5000;
const MONTHS_AHEAD = 12;
const DAY_MS = 24 * 3600 * 1000;

export interface Upkeep {
  /** Seals what is committed, and writes the anchor to the log. */
  stop(): Promise<void>;
}

/** Keeps the record for as long as a process works. Faults go to the log, and do not keep it from working. */
export function startUpkeep(deps: UpkeepDeps): Upkeep {
  let under = Promise.resolve();
  let busy = false;
  const patience = new Patience();
  const pass = (): void => {
    if (busy) return;
    busy = true;
    under = keepRecord(deps, patience).finally(() => {
      busy = false;
    });
  };
  pass();
  const timer = setInterval(pass, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await under;
      await keepRecord(deps);
      await guarded(deps, 'anchor', () => logAnchor(deps));
    },
  };
}

/** One pass. Each part is tried, whatever becomes of the others. */
export async function keepRecord(deps: UpkeepDeps, patience = new Patience()): Promise<void> {
  const { file, syslog } = deps.record ?? DEFAULT_RECORD;
  await guarded(deps, 'seal', () => sealEvents(deps));
  if (file !== undefined) await guarded(deps, 'file', () => appendToFile(deps, file));
  if (syslog !== undefined && patience.isOver(deps.clock())) {
    await guarded(deps, 'syslog', async () => {
      patience.begin(deps.clock());
      await sendToSyslog(deps, syslog);
      patience.end();
    });
  }
  await guarded(deps, 'daily', () => daily(deps));
}

/** A receiver that is away is asked again after 5, 10, 20 … 300 s, and fills no log. */
class Patience {
  #tries = 0;
  #until = 0;

  isOver(now: Date): boolean {
    return now.getTime() >= this.#until;
  }

  begin(now: Date): void {
    this.#until = now.getTime() + Math.min(300_000, EVERY_MS * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 10);
  }

  end(): void {
    this.#tries = 0;
    this.#until = 0;
  }
}

async function daily(deps: UpkeepDeps): Promise<void> {
  const now = deps.clock();
  const since = new Date(now.getTime() - DAY_MS);
  const { seal_no } = await lastSeal(deps.sql);
  // Months that cannot be made now, or only in part, are made by the next pass.
  const isDue = await deps.sql.begin(async (tx) => {
    const claimed = await tx`
      insert into audit_delivery (sink, seal_no, at) values ('log', ${seal_no}, ${now})
      on conflict (sink) do update set seal_no = excluded.seal_no, at = excluded.at
        where audit_delivery.at < ${since}
      returning sink`;
    if (claimed.length > 0) await makeMonthsInTx(tx, now);
    return claimed.length > 0;
  });
  if (!isDue) return;
  await logAnchor(deps);
  await dropOldMonths(deps);
}

async function makeMonthsInTx(tx: Tx, now: Date): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    await tx`select audit_make_month(${month.toISOString().slice(0, 10)}::date)`;
  }
}

async function dropOldMonths({ sql, clock, log, record }: UpkeepDeps): Promise<void> {
  const { years } = record ?? DEFAULT_RECORD;
  const cutoff = new Date(clock());
  cutoff.setUTCFullYear(cutoff.getUTCFullYear() - years);
  const [dropped] = await sql<{ events: number }[]>`select audit_drop_before(${cutoff}) as events`;
  if (dropped && dropped.events > 0) {
    log.info({ events: dropped.events, before: cutoff.toISOString() }, 'old months of the record dropped');
  }
}

async function logAnchor({ sql, log }: UpkeepDeps): Promise<void> {
  log.info({ audit_anchor: await presentAnchor(sql) }, 'anchor of the record: keep it for "audit verify"');
}

async function guarded({ log }: UpkeepDeps, part: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message, stack } = describeError(error);
    log.error({ part, code, stack }, `upkeep of the record: ${message}`);
  }
}
