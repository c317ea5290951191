/**
 * The queue: pg-boss in the same database. What may be sent, with which payload and which limits, stands in STEPS;
 * payloads hold ids only. Queues are made at start, never in a handler.
 *
 * Two kinds of retrying, kept apart: a step that fails in an expected way is sent again by step.ts, with the delay
 * that the error asks for; a worker that dies is noticed by its missing heartbeat, and pg-boss hands the same job to
 * another. A job that kills its workers again and again ends in the dead-letter queue, which fails the run.
 */
import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { APPLICATION, type Schemas, type Tx } from '../../sql/connect.ts';
import { inTransaction } from '../../sql/in-transaction.ts';
import { readTls } from '../../sql/tls.ts';

const id = z.number().int().positive();
/** Times that step.ts has sent this step again; absent on the first try. */
const attempt = z.number().int().positive().optional();
const runStep = z.strictObject({ run_id: id, attempt });

export const STEPS = {
  export: { payload: runStep, concurrency: 3 },
  poll: { payload: runStep, concurrency: 3 },
  // Of an import: one at a time, since each holds a stretch of Bundles as objects.
  unpack: { payload: runStep, concurrency: 1 },
  // Several connections at once, each with at most limits.parallel_reads.
  crawl: { payload: z.strictObject({ run_id: id, search_id: id, attempt }), concurrency: 6 },
  // More than one connection may take (limits.parallel_downloads): a slow EHR leaves room for others.
  download: { payload: z.strictObject({ run_id: id, file_id: id, attempt }), concurrency: 9 },
  // While one chunk's rows are on their way to Postgres, the other is mapped; a third adds memory, no speed.
  map: { payload: z.strictObject({ run_id: id, chunk_id: id, attempt }), concurrency: 2 },
  // One batch of a run at a time; a slow EHR leaves room for others.
  hydrate: { payload: runStep.extend({ batch: z.number().int().min(0) }), concurrency: 3 },
  redo: { payload: runStep.extend({ after: id.optional() }), concurrency: 1 },
  'purge-start': { payload: z.strictObject({ purge_id: id, attempt }), concurrency: 1 },
  purge: {
    payload: runStep.extend({ after: id.optional(), attached: z.boolean().optional() }),
    concurrency: 1,
  },
  remap: { payload: z.strictObject({ run_id: id, chunk_id: id, attempt }), concurrency: 3 },
  remove: { payload: runStep, concurrency: 1 },
  delete: {
    payload: runStep.extend({ stage: z.number().int().min(0).optional(), after: id.optional() }),
    concurrency: 1,
  },
  redrive: {
    payload: runStep.extend({ after: id.optional(), moved: z.boolean().optional() }),
    concurrency: 1,
  },
  close: { payload: runStep, concurrency: 1 },
  release: { payload: runStep, concurrency: 1 },
  // Without a time it is of an older version, whose cron sent it.
  schedule: {
    payload: z.strictObject({ connection_id: id, due_at: z.iso.datetime().optional(), attempt }),
    concurrency: 1,
  },
  vocabulary: { payload: z.strictObject({ load_id: id, attempt }), concurrency: 1 },
  // A table of a pass of the Data Quality Dashboard's checks: it reads much, so one at a time.
  dqd: { payload: z.strictObject({ dqd_run_id: id, attempt }), concurrency: 1 },
  alert: { payload: z.strictObject({ alert_id: id, attempt }), concurrency: 1 },
  webhook: { payload: z.strictObject({ delivery_id: id, attempt }), concurrency: 1 },
  watch: { payload: z.strictObject({ attempt }), concurrency: 1 },
  keys: { payload: z.strictObject({ attempt }), concurrency: 1 },
} as const;

export type StepName = keyof typeof STEPS;
export type Payload<S extends StepName> = z.infer<(typeof STEPS)[S]['payload']>;

export const STEP_NAMES = Object.keys(STEPS) as StepName[];
export const DEAD = 'sync-dead';
export const queueName = (step: StepName) => `sync-${step}`;

/** A dead worker is noticed after this long without a sign of life (pg-boss allows no less than 10). */
const HEARTBEAT_SECONDS = 30;

/** Of steps that may take longer than an hour. Their workers are watched by the heartbeat. */
const LONGEST_SECONDS: Partial<Record<StepName, number>> = {
  crawl: 2 * 3600,
  download: 2 * 3600,
  vocabulary: 8 * 3600,
  dqd: 8 * 3600,
};

export interface Job {
  readonly id: string;
  readonly retryCount: number;
}

export interface SendOptions {
  /** Not before this many seconds from now. */
  readonly startAfter?: number | Date;
}

export interface Queue {
  readonly boss: PgBoss;
  /** Where its tables are. */
  readonly schema: string;
  /** Sends a step in the caller's transaction. */
  sendInTx<S extends StepName>(tx: Tx, step: S, payload: Payload<S>, options?: SendOptions): Promise<void>;
  /** Sends many steps of a kind in the caller's transaction, in one statement. */
  sendManyInTx<S extends StepName>(tx: Tx, step: S, payloads: Payload<S>[]): Promise<void>;
  /** Completes a job in the caller's transaction; false when the claim was lost to another worker. */
  completeInTx(tx: Tx, step: StepName, job: Job): Promise<boolean>;
  close(): Promise<void>;
}

export interface QueueOptions {
  readonly url: string;
  readonly schemas: Schemas;
  /** Its tables were made by their owner: this login may not. Fails where they are missing or of an older version. */
  readonly prepared?: boolean;
  /** Sends only: neither supervises nor runs cron (the API alone, tests, the CLI). */
  readonly passive?: boolean;
  /** Connections in its pool. */
  readonly connections?: number;
  readonly onError?: (error: Error) => void;
}

export async function openQueue(options: QueueOptions): Promise<Queue> {
  const active = !options.passive;
  const tls = readTls(options.url);
  const boss = new PgBoss({
    connectionString: tls.url,
    ssl: tls.options ?? false,
    ...(tls.direct ? { sslnegotiation: 'direct' } : {}),
    schema: options.schemas.queue,
    application_name: APPLICATION,
    max: options.connections ?? (active ? 8 : 3),
    ...(options.prepared ? { migrate: false, createSchema: false } : {}),
    supervise: active,
    schedule: active,
    useListenNotify: active,
    // Every 15 s look for jobs whose worker gave no sign of life.
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
    maintenanceIntervalSeconds: 300,
    cronMonitorIntervalSeconds: 15,
    cronWorkerIntervalSeconds: 5,
  });
  boss.on('error', (error) => options.onError?.(error instanceof Error ? error : new Error(String(error))));
  try {
    await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
  await createQueues(boss);
  return {
    boss,
    schema: options.schemas.queue,
    async sendInTx(tx, step, payload, send = {}) {
      const data = STEPS[step].payload.parse(payload);
      await boss.send(queueName(step), data, {
        db: inTransaction(tx),
        ...(send.startAfter === undefined ? {} : { startAfter: send.startAfter }),
      });
    },
    async sendManyInTx(tx, step, payloads) {
      if (payloads.length === 0) return;
      const jobs = payloads.map((payload) => ({ data: STEPS[step].payload.parse(payload) }));
      await boss.insert(queueName(step), jobs, { db: inTransaction(tx) });
    },
    async completeInTx(tx, step, job) {
      const answer = await boss.complete(queueName(step), { id: job.id, retryCount: job.retryCount }, null, {
        db: inTransaction(tx),
      });
      return affected(answer) > 0;
    },
    close: () => boss.stop({ graceful: true, timeout: 30_000 }),
  };
}

/** pg-boss types its answer as an empty interface; `affected` is documented and there. */
function affected(answer: object): number {
  return 'affected' in answer && typeof answer.affected === 'number' ? answer.affected : 0;
}

async function createQueues(boss: PgBoss): Promise<void> {
  const there = new Set((await boss.getQueues()).map((queue) => queue.name));
  const limits = {
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 60,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    retentionSeconds: 60 * 24 * 3600,
    deleteAfterSeconds: 24 * 3600,
    notify: true,
  };
  if (!there.has(DEAD)) await boss.createQueue(DEAD, { notify: true, retryLimit: 5, retryBackoff: true });
  for (const step of STEP_NAMES) {
    const name = queueName(step);
    if (there.has(name)) continue;
    await boss.createQueue(name, {
      ...limits,
      deadLetter: DEAD,
      expireInSeconds: LONGEST_SECONDS[step] ?? 3600,
    });
  }
}
