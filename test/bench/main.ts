/**
 * `npm run bench -- [--resources N] [--dir DIR] [--json FILE] [--only sync,map,growth,vocabulary,sealing,big-file,patient,pages]
 *    [--vocabulary DIR|ZIP] [--vocabulary-concepts N] [--big-file 3GB] [--profile DIR] [--threads N] [--no-last-updated]`
 * `npm run bench -- --only change --persons N`   little changed in a large database (change.ts)
 * `npm run bench -- --sizing`            the first sync alone, and what other sizes would take
 * `npm run bench -- --workers 1,2,4 [--threads 0,1,2]`   the map step on several worker processes and threads (scaling.ts)
 * `npm run bench -- --search`            the vocabulary's search (search.ts)
 *
 * Times the real pipeline on real parts: a durable Postgres, the simulated EHR and a worker, each a process
 * of its own on this machine. In the same run it times the floors that nothing can beat. The three processes
 * share the machine, so the figures are those of all of them together.
 *
 * --dir takes a folder of NDJSON instead of generated resources, copied until there are about N of them.
 * --vocabulary maps with these Athena files instead of the demo's, and measures their loading. --profile
 * keeps a CPU profile of the worker while it maps, and prints it. --no-last-updated leaves out meta.lastUpdated and
 * meta.versionId, as an Epic does: then no time decides which of two versions is the newer.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { table } from '../../app/cli/table.ts';
import { threadsOf } from '../../jobs/step/worker-threads.ts';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { measurePages } from './api-reads.ts';
import { measureBigFile } from './big-file.ts';
import { measureChange } from './change.ts';
import { type Findings, figure } from './findings.ts';
import { measureMap } from './map-alone.ts';
import { type Ehr, openEhr } from './open-ehr.ts';
import { type Options, type Part, readOptions } from './options.ts';
import { measurePatient } from './patient.ts';
import { measureScaling } from './scaling.ts';
import { measureSealing } from './sealing.ts';
import { benchSearch } from './search.ts';
import { openServer, type Server } from './server.ts';
import { sizing } from './sizing.ts';
import { counting } from './spent.ts';
import { measureGrowth, measureSyncs } from './syncs.ts';
import { compared, round } from './targets.ts';
import { measureVocabulary } from './vocabulary/part.ts';

const options = readOptions(process.argv.slice(2));
if (options.search) {
  await benchSearch({ ...options.search, json: options.json });
  process.exit(0);
}
if (options.threads?.length === 1) process.env['WORKER_THREADS'] = String(options.threads[0]);
const findings: Findings = { figures: {}, remarks: {}, circumstances: {} };
const server = await openServer({
  vocabulary: options.vocabulary,
  // Counting statements costs a little, so it is done only where that is the question.
  settings: options.workers ? ['shared_preload_libraries=pg_stat_statements'] : [],
});
try {
  findings.remarks['machine'] = machine(server);
  if (options.workers) {
    const ehr = await openEhr(options);
    const shapes = options.workers.flatMap((processes) =>
      (options.threads ?? [undefined]).map((threads) => ({ processes, threads })),
    );
    await measureScaling(server, ehr, shapes, findings);
    console.log(`machine: ${findings.remarks['machine']}`);
    await ehr.child.kill();
  } else {
    const meter = connect(await server.create(), DEFAULT_SCHEMAS, { max: 1 });
    const spent = await counting(meter, []);
    await measureParts(server, options);
    const { others } = await spent();
    await meter.end();
    findings.remarks['others on the machine'] = `${(100 * others).toFixed(0)} % of its CPU; load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')} at the end`;
    print(others);
  }
} finally {
  await server.close();
}
if (options.json)
  await writeFile(options.json, `${JSON.stringify({ ...rounded(), ...findings.remarks }, null, 2)}\n`);
process.exit(0);

async function measureParts(on: Server, asked: Options): Promise<void> {
  const has = (part: Part) => asked.parts.has(part);
  let ehr: Ehr | undefined;
  if (has('sync') || has('map')) ehr = await openEhr(asked);
  if (ehr && has('sync')) await measureSyncs(on, ehr, findings);
  if (ehr && has('map')) await measureMap(on, ehr, findings, asked.profile);
  await ehr?.child.kill();
  if (has('sync') && has('growth')) await measureTenth(on, asked);
  if (has('vocabulary')) {
    const { vocabulary, vocabularyConcepts } = asked;
    await measureVocabulary(on, { given: vocabulary, concepts: vocabularyConcepts }, findings);
  }
  if (has('sealing')) await measureSealing(findings);
  if (has('big-file')) await measureBigFile(on, asked.bigFileBytes, findings);
  if (has('patient')) await measurePatient(on, findings);
  if (has('pages')) await measurePages(on, findings);
  if (has('change')) await measureChange(on, asked, findings);
}

async function measureTenth(on: Server, { dir, lastUpdated }: Options): Promise<void> {
  const resources = Math.round(figure(findings, 'resources') / 10);
  const ehr = await openEhr({ resources, dir, lastUpdated });
  if (ehr.resources <= 2 * resources) await measureGrowth(on, ehr, findings);
  else {
    findings.remarks['growth'] =
      'not measured: it compares with a tenth. With --dir, let --resources be ten times what the folder holds.';
  }
  await ehr.child.kill();
}

function machine(on: Server): string {
  const processor = `${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${processor}, Node ${process.versions.node}, ${on.described}; load before ${loadavg()[0]?.toFixed(1)}; threads of a worker: ${options.threads?.join(', ') ?? `${threadsOf(process.env)}, as by default`}`;
}

function print(others: number): void {
  console.log(table(Object.entries(rounded()).map(([name, value]) => ({ figure: name, value }))));
  for (const [what, text] of Object.entries(findings.remarks)) console.log(`${what}: ${text}`);
  const targets = compared(findings, others);
  if (targets.length > 0) console.log(`\n${table(targets)}`);
  if ('database_bytes_per_resource' in findings.figures) console.log(`\n${sizing(findings)}`);
}

function rounded(): Record<string, number> {
  return Object.fromEntries(Object.entries(findings.figures).map(([name, value]) => [name, round(value)]));
}
