/**
 * Every error of the pipeline, by its code. Codes are stored with runs and returned by the API, so they never
 * change.
 */
import { CONNECTION } from './connection.ts';
import type { About, Entry } from './entry.ts';
import { FILE } from './file.ts';
import { INSTALLATION } from './installation.ts';
import { DISK, PROGRAM } from './program.ts';
import { REQUEST } from './request.ts';
import { SEARCH } from './search.ts';
import { SERVER } from './server.ts';
import type { NamesIn } from './template.ts';
import { TOKEN } from './token.ts';
import { VOCABULARY } from './vocabulary.ts';
import { VOCABULARY_LOAD } from './vocabulary-load.ts';

export const CATALOGUE = {
  ...CONNECTION,
  ...SERVER,
  ...SEARCH,
  ...TOKEN,
  ...FILE,
  ...VOCABULARY,
  ...VOCABULARY_LOAD,
  ...INSTALLATION,
  ...DISK,
  ...REQUEST,
  ...PROGRAM,
};

export type ErrorCode = keyof typeof CATALOGUE;

/** The parameters of an error's templates. */
export type Params<C extends ErrorCode> = {
  readonly [N in NamesIn<(typeof CATALOGUE)[C]['says' | 'todo']>]: string | number;
};

/** `endsRuns`: whether a run can fail with these errors. */
export const PARTS: readonly {
  readonly about: About;
  readonly endsRuns: boolean;
  readonly errors: Readonly<Record<string, Entry>>;
}[] = [
  { about: 'connection', endsRuns: true, errors: CONNECTION },
  { about: 'server', endsRuns: true, errors: SERVER },
  { about: 'server', endsRuns: true, errors: SEARCH },
  { about: 'server', endsRuns: true, errors: TOKEN },
  { about: 'file', endsRuns: true, errors: FILE },
  { about: 'vocabulary', endsRuns: true, errors: VOCABULARY },
  { about: 'vocabulary', endsRuns: false, errors: VOCABULARY_LOAD },
  { about: 'disk', endsRuns: true, errors: DISK },
  { about: 'installation', endsRuns: false, errors: INSTALLATION },
  { about: 'request', endsRuns: false, errors: REQUEST },
  { about: 'program', endsRuns: true, errors: PROGRAM },
];

const ABOUT = new Map(
  PARTS.flatMap(({ about, errors }) => Object.keys(errors).map((code) => [code, about] as const)),
);

export function aboutOf(code: ErrorCode): About {
  return ABOUT.get(code) ?? 'program';
}
