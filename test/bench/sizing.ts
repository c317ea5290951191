/**
 * What a first load of a given number of patients takes, computed from what was measured, as a table in
 * Markdown.
 */
import { type Findings, figure } from './findings.ts';

const PATIENTS = [10_000, 100_000, 1_000_000, 10_000_000];
/** A first load is to be done in this time, which decides the number of workers. */
const WINDOW_HOURS = 24;
/**
 * The share of a core of Postgres that the load may use; the rest is for checkpoints, vacuum and whoever
 * reads meanwhile.
 */
const USE_OF_POSTGRES = 0.7;

export function sizing(findings: Findings): string {
  const of = (name: string) => figure(findings, name);
  const workerCpu = of('worker_cpu_us_per_resource') / 1e6;
  const postgresCpu = (findings.figures['postgres_cpu_us_per_resource'] ?? Number.NaN) / 1e6;
  const lines = PATIENTS.map((patients) => {
    const resources = patients * of('resources_per_patient');
    const alone = resources / of('resources_per_second') / 3600;
    const workers = Math.ceil(alone / WINDOW_HOURS);
    const cores = (resources * postgresCpu) / USE_OF_POSTGRES / 3600 / Math.min(alone, WINDOW_HOURS);
    return [
      count(patients),
      count(resources),
      bytes((resources * of('bytes')) / of('resources')),
      bytes(resources * of('database_bytes_per_resource')),
      bytes(resources * (of('database_bytes_per_resource') - of('kept_line_bytes_per_resource'))),
      hours(alone),
      String(workers),
      Number.isNaN(cores) ? '' : cores < 1 ? '1' : String(Math.ceil(cores)),
    ];
  });
  const head = [
    ...['patients', 'resources', 'to download', 'disk', 'disk without kept lines'],
    ...['one worker', `workers for ${WINDOW_HOURS} h`, 'cores of Postgres'],
  ];
  const rows = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return `${rows.join('\n')}\n\n${assumptions(of, workerCpu, postgresCpu)}`;
}

function assumptions(of: (name: string) => number, workerCpu: number, postgresCpu: number): string {
  const inPostgres = Number.isNaN(postgresCpu) ? '' : ` and ${micro(postgresCpu)} in Postgres`;
  return (
    `Computed from a first sync of ${count(of('resources'))} resources: ${of('resources_per_patient').toFixed(0)} ` +
    `resources a patient, ${(of('bytes') / of('resources')).toFixed(0)} bytes each; ` +
    `${of('database_bytes_per_resource').toFixed(0)} bytes of database each, of which ` +
    `${of('kept_line_bytes_per_resource').toFixed(0)} are kept lines (let go after \`retention.chunks_days\`; generated ones pack better than real ones); ` +
    `${count(of('resources_per_second'))} resources a second with worker, EHR and Postgres on one machine; ` +
    `${micro(workerCpu)} of CPU each in the worker${inPostgres}. Assumed: the cost of a resource stays the same ` +
    '(see `growth`), the EHR is no slower than this, further workers add as much as the first while Postgres has cores ' +
    `left, of which a load uses ${100 * USE_OF_POSTGRES} %. Add the vocabulary, WAL (\`max_wal_size\`) and as much room ` +
    'again as the largest table has. With data of your own: `npm run bench -- --sizing --dir DIR`.'
  );
}

function micro(seconds: number): string {
  return `${(seconds * 1e6).toFixed(0)} µs`;
}

function count(number: number): string {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
  return (Math.round(number / digits) * digits).toLocaleString('en-US');
}

function bytes(number: number): string {
  const gigabytes = number / 1e9;
  return gigabytes < 1000 ? `${count(Math.max(1, gigabytes))} GB` : `${(gigabytes / 1000).toFixed(1)} TB`;
}

function hours(number: number): string {
  if (number < 1) return `${Math.max(1, Math.round(number * 60))} min`;
  return number < 48 ? `${number.toFixed(1)} h` : `${(number / 24).toFixed(1)} days`;
}
