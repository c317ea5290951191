/**
 * Maps a code of the worklist, and has everything that uses it mapped again from the retained lines, in every
 * connection that uses it. The map and its remaps appear in one transaction. A connection that cannot start a
 * remap now is listed with the reason.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { SyncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import { ALWAYS, type Finding, finding } from '../vocabulary/local-maps/local-map.ts';
import { type Added, addMapInTx } from '../vocabulary/local-maps/stored.ts';
import { dayOf } from '../vocabulary/resolve/state.ts';
import { requiredDomain } from '../vocabulary/unmapped/expected-domain.ts';
import { usersInTx } from '../vocabulary/unmapped/users.ts';
import { readUnmapped } from '../vocabulary/unmapped/worklist.ts';
import { startRemapInTx } from './start-remap.ts';

export interface Accept {
  readonly code_id: number;
  readonly target_concept_id: number;
  /** Short name under which the code is kept, instead of the one of its system. */
  readonly source_vocabulary_id: string | undefined;
  readonly valid_start_date: string | undefined;
  readonly replace: boolean;
  readonly remap: boolean;
  readonly triggered_by: string;
}

export interface Accepted extends Added {
  readonly remaps: { connection_id: number; run_id: number | null; note: string }[];
}

export async function acceptInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  wanted: Accept,
): Promise<Accepted> {
  const uses = await readUnmapped(tx, wanted.code_id);
  const [{ system, code, display }] = uses;
  const proposed = {
    ...{ line: 1, source_code: code, source_concept_id: 0, target_concept_id: wanted.target_concept_id },
    system: wanted.source_vocabulary_id === undefined ? system : undefined,
    source_vocabulary_id: wanted.source_vocabulary_id,
    source_code_description: display ?? undefined,
    target_vocabulary_id: undefined,
    valid_start_date: wanted.valid_start_date ?? ALWAYS.from,
    valid_end_date: ALWAYS.to,
  };
  const added = await addMapInTx(tx, proposed, { day: dayOf(deps.clock()), replace: wanted.replace });
  const warnings = [...added.warnings, ...otherDomain(uses, added.map.target_domain)];
  const remaps = wanted.remap ? await remapUsersInTx(tx, deps, [wanted.code_id], wanted.triggered_by) : [];
  return { ...added, warnings, remaps };
}

export function otherDomain(uses: readonly { element: string }[], domain: string | null): Finding[] {
  return [...new Set(uses.map((use) => use.element))].flatMap((element) => {
    const required = requiredDomain(element);
    return required === undefined || required === domain
      ? []
      : [finding(1, 'warning', 'other-domain', `${element}: ${required}, got ${domain}.`)];
  });
}

/** Starts a remap in each connection that uses one of the codes. */
export async function remapUsersInTx(
  tx: Tx,
  deps: { queue: Queue; clock: Clock },
  codes: readonly number[],
  triggered_by: string,
): Promise<Accepted['remaps']> {
  const remaps: Accepted['remaps'] = [];
  for (const connection_id of await usersInTx(tx, codes)) {
    try {
      const { run_id } = await tx.savepoint((inner) =>
        startRemapInTx(inner, deps, { connection_id, triggered_by }),
      );
      remaps.push({ connection_id, run_id, note: 'started' });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      // This connection cannot start a remap now: what it loaded follows with its next remap or full sync.
      remaps.push({ connection_id, run_id: null, note: error.code });
    }
  }
  return remaps;
}
