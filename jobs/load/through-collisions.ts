/** Two chunks with versions of one resource collide on its identity: the later one is rolled back and done again. */
import type { Tx } from '../../sql/connect.ts';
import { StateMoved } from '../vocabulary/resolve/resolver.ts';
import { Collision } from './load-chunk.ts';

const MAX_COLLISIONS = 10;

export async function commitThroughCollisions(
  commit: (work: (tx: Tx) => Promise<void>) => Promise<void>,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await commit(work);
    } catch (error) {
      if (!isCollision(error) || tries >= MAX_COLLISIONS) throw error;
    }
  }
}

function isCollision(error: unknown): boolean {
  if (error instanceof Collision || error instanceof StateMoved) return true;
  // unique_violation, deadlock_detected, serialization_failure: another chunk was there at the same moment.
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === '23505' || code === '40P01' || code === '40001';
}
