/** What was asked of `npm run bench`, checked. */
import { parseArgs } from 'node:util';

/** The parts in the order in which they are measured. */
export const PARTS = [
  'sync',
  'map',
  'growth',
  'vocabulary',
  'sealing',
  'big-file',
  'patient',
  'pages',
  'change',
] as const;
/** These are measured only where they are named: they take long. */
const ON_REQUEST: readonly string[] = ['change'];
export type Part = (typeof PARTS)[number];

export interface Options {
  /** One copy of `dir` when undefined. */
  readonly resources: number | undefined;
  readonly dir: string | undefined;
  readonly json: string | undefined;
  readonly parts: ReadonlySet<Part>;
  readonly vocabulary: string | undefined;
  readonly vocabularyConcepts: number;
  readonly bigFileBytes: number;
  /** Whether the EHR says when its resources last changed: an Epic does not. */
  readonly lastUpdated: boolean;
  /** Persons of the part `change`. */
  readonly persons: number;
  readonly sizing: boolean;
  readonly profile: string | undefined;
  /** Numbers of worker processes to compare; nothing else is measured then. */
  readonly workers: readonly number[] | undefined;
  /** Threads of each worker, as in WORKER_THREADS; with `workers` several, to compare. As by default when undefined. */
  readonly threads: readonly number[] | undefined;
  /** The vocabulary's search is measured, and nothing else. */
  readonly search: { readonly concepts: number; readonly loaded: boolean } | undefined;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      resources: { type: 'string' },
      dir: { type: 'string' },
      json: { type: 'string' },
      only: { type: 'string', default: PARTS.filter((one) => !ON_REQUEST.includes(one)).join(',') },
      persons: { type: 'string', default: '20000' },
      'no-last-updated': { type: 'boolean', default: false },
      vocabulary: { type: 'string' },
      'vocabulary-concepts': { type: 'string', default: '100000' },
      'big-file': { type: 'string', default: '300MB' },
      sizing: { type: 'boolean', default: false },
      profile: { type: 'string' },
      workers: { type: 'string' },
      threads: { type: 'string' },
      search: { type: 'boolean', default: false },
      loaded: { type: 'boolean', default: false },
      concepts: { type: 'string', default: '500000' },
    },
  });
  const { dir, json, vocabulary, profile } = values;
  const threads = values.threads?.split(',').map((one) => wholeNumber('--threads', one, 0));
  if (threads && threads.length > 1 && !values.workers)
    throw new Error(
      `--threads ${values.threads}: several are compared with --workers 1 alone; expected one number.`,
    );
  const resources = values.resources ?? (dir ? undefined : '50000');
  return {
    ...{ dir, json, vocabulary, profile, threads },
    resources: resources === undefined ? undefined : wholeNumber('--resources', resources, 1000),
    // The sizing is computed from what a first sync shows.
    parts: new Set(values.sizing ? ['sync'] : values.only.split(',').map(part)),
    vocabularyConcepts: wholeNumber('--vocabulary-concepts', values['vocabulary-concepts'], 1000),
    bigFileBytes: size('--big-file', values['big-file']),
    lastUpdated: !values['no-last-updated'],
    persons: wholeNumber('--persons', values.persons, 1000),
    sizing: values.sizing,
    workers: values.workers?.split(',').map((one) => wholeNumber('--workers', one, 1)),
    search: values.search
      ? { concepts: wholeNumber('--concepts', values.concepts, 1000), loaded: values.loaded }
      : undefined,
  };
}

function part(name: string): Part {
  const found = PARTS.find((one) => one === name);
  if (!found) throw new Error(`--only ${name}: expected some of ${PARTS.join(', ')}, with commas.`);
  return found;
}

function wholeNumber(option: string, text: string, least: number): number {
  if (!/^\d+$/.test(text) || Number(text) < least) {
    throw new Error(`${option} ${text}: expected a whole number of at least ${least}.`);
  }
  return Number(text);
}

function size(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text) ?? [];
  const factor = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[unit.toUpperCase()] ?? 1;
  const bytes = Math.round(Number(number) * factor);
  if (!(bytes >= 2 ** 20))
    throw new Error(`${option} ${text}: expected a size of at least 1MB, such as 3GB.`);
  return bytes;
}
