/**
 * Builds the search tables of the current release where there are none: when a worker starts, and after a
 * load through the API.
 */
import { describeError } from '../../step/describe-error.ts';
import { type BuildOptions, buildSearch } from './search-index.ts';

export interface Keeper {
  /** Resolves when the search is there, or could not be built. */
  readonly done: Promise<void>;
  /** Aborts a build that is under way; the next worker begins it again. */
  stop(): Promise<void>;
}

export function keepSearch(options: Omit<BuildOptions, 'signal'>): Keeper {
  const ending = new AbortController();
  const building = buildSearch({ ...options, signal: ending.signal }).then(
    () => {},
    (error: unknown) => {
      if (ending.signal.aborted) return;
      const { code, message } = describeError(error);
      options.log.warn({ code }, `the vocabulary search could not be built: ${message}`);
    },
  );
  return {
    done: building,
    stop: () => {
      ending.abort();
      return building;
    },
  };
}
