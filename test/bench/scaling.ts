/**
 * `npm run bench -- --workers 1,2,4 --threads 0,1,2`: the map step on one, two and four worker processes, each with so
 * many threads, each over a clone of the same database with all chunks staged. It also tells what the queue itself costs per chunk, and at
 * what rate one Postgres is exhausted.
 */
import { table } from '../../app/cli/table.ts';
import { type Findings, say } from './findings.ts';
import { type Mapped, mapStaged, type Shape, stage } from './map-alone.ts';
import type { Ehr } from './open-ehr.ts';
import { measureQueue, type QueueCost } from './queue-cost.ts';
import type { Server } from './server.ts';
import { perResource } from './spent.ts';
import { round } from './targets.ts';

export async function measureScaling(
  server: Server,
  ehr: Ehr,
  shapes: readonly Shape[],
  findings: Findings,
): Promise<void> {
  say(`staging the chunks of ${ehr.resources} resources`);
  const staged = await stage(server, ehr);
  const measured: { shape: Shape; mapped: Mapped }[] = [];
  for (const shape of shapes) {
    const url = await server.clone(staged.url);
    say(`map alone, worker processes: ${shape.processes}, threads: ${shape.threads ?? 'by default'}`);
    measured.push({ shape, mapped: await mapStaged({ ...staged, url }, shape) });
    await server.drop(url);
  }
  await server.drop(staged.url);
  say('the queue alone: empty steps');
  const queue = await measureQueue(server);
  console.log(table(measured.map((one) => row(one, ehr.resources))));
  const chunks = measured[0]?.mapped.chunks ?? 0;
  for (const { shape, mapped } of measured) {
    const { processes, threads } = shape;
    const name = threads === undefined ? `${processes}_workers` : `${processes}_workers_${threads}_threads`;
    findings.figures[`map_seconds_${name}`] = mapped.seconds;
  }
  findings.figures['queue_ms_per_chunk'] = queue.milliseconds;
  if (queue.statements) findings.figures['queue_statements_per_chunk'] = queue.statements.queue;
  for (const line of conclusions(measured[0]?.mapped, ehr.resources, chunks, queue)) console.log(line);
}

function row({ shape, mapped }: { shape: Shape; mapped: Mapped }, resources: number) {
  const { seconds, spent, peakMb } = mapped;
  return {
    processes: shape.processes,
    threads: shape.threads ?? 'default',
    seconds: round(seconds),
    'resources/s': Math.round(resources / seconds),
    'worker CPU s': round(spent.worker),
    'Postgres CPU s': Number.isNaN(spent.postgres) ? null : round(spent.postgres),
    'cores used': round((spent.worker + spent.postgres) / seconds),
    'peak MB each': Math.round(Math.max(...peakMb)),
  };
}

function conclusions(
  first: Mapped | undefined,
  resources: number,
  chunks: number,
  queue: QueueCost,
): string[] {
  if (!first) return [];
  const each = perResource(first.spent, resources);
  const ms = (milliseconds: number) => `${milliseconds.toFixed(2)} ms`;
  const counted = queue.statements
    ? `, ${queue.statements.all.toFixed(1)} statements of which ${queue.statements.queue.toFixed(1)} of the queue`
    : '';
  return [
    `A core of Postgres is used up at ${Math.round(1e6 / each.postgres)} resources/s, a core of a worker at ` +
      `${Math.round(1e6 / each.worker)}: to each ${(each.worker / each.postgres).toFixed(1)} cores of workers goes one of Postgres.`,
    `The queue, a chunk (empty steps: fetch, look-up of a chunk that is not there, completion, commit): ` +
      `${ms(queue.milliseconds)} with three in flight, CPU ${ms(queue.workerMs)} in the worker and ` +
      `${ms(queue.postgresMs)} in Postgres${counted}; sending it ${ms(queue.sendMs)}. A chunk of this run took ` +
      `${ms((first.spent.worker * 1000) / chunks)} and ${ms((first.spent.postgres * 1000) / chunks)} of CPU.`,
  ];
}
