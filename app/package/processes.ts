/** What the packed program's command starts, as the scripts of package.json start it in a checkout. */

/** For steps, which make much that is soon thrown away. */
export const SMALL_HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=100'] as const;

/** Whatever maps unpacks chunks in several threads, and each would keep memory of its own (jobs/PERFORMANCE.md). */
export const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' } as const;

export const CLI = [...SMALL_HEAP, 'app/cli/main.ts'];

export const PROCESSES: Readonly<Record<string, readonly string[]>> = {
  start: [...SMALL_HEAP, 'app/main.ts', '--with-workers'],
  serve: ['app/main.ts'],
  work: [...SMALL_HEAP, 'jobs/main.ts'],
  tick: [...SMALL_HEAP, 'jobs/tick.ts'],
  migrate: ['sql/main.ts'],
};

export const PROCESSES_HELP = `Processes:
  start    API and workers in one
  serve    the API alone
  work     the workers alone
  tick     runs the jobs that are ready, then ends (--budget 20s)
  migrate  brings the database up to date (--constraints, --roles, --cdm 5.5)
`;
