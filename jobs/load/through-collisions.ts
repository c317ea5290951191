/**
 * Commits in spite of collisions: two chunks with versions of one resource collide on its identity, and the
 * later one is rolled back and done again.
 */
import type { Tx } from '../../sql/connect.ts';
import { isCollision } from '../step/catalogue/database.ts';
import { SyncError } from '../step/errors.ts';
import { MustBeAlone } from './compare/seen-unchanged.ts';
import { Collision } from './load-chunk.ts';

const MAX_COLLISIONS = 10;

export async function commitThroughCollisions(
  commit: (work: (tx: Tx) => Promise<void>) => Promise<void>,
  /** `before`: what the try before this one came to. */
  work: (tx: Tx, before: unknown) => Promise<void>,
): Promise<void> {
  let before: unknown;
  for (let tries = 1; ; tries++) {
    try {
      return await commit((tx) => work(tx, before));
    } catch (error) {
      if (!isPassing(error) || tries >= MAX_COLLISIONS) throw error;
      before = error;
    }
  }
}

/** Whether the error passes: another chunk wrote at the same moment, or the local maps were edited. */
function isPassing(error: unknown): boolean {
  if (error instanceof Collision || error instanceof MustBeAlone || isCollision(error)) return true;
  return error instanceof SyncError && error.code === 'vocabulary-moved';
}
