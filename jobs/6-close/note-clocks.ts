/**
 * Tells of a source that sends some times in UTC and others by a wall clock with its offset: without the setting
 * `timezone` each keeps its own, so what happened within a visit may lie on another day.
 */
import type { Tx } from '../../sql/connect.ts';
import { noteInTx, notice } from '../run/notices.ts';

interface Count {
  readonly clock: 'utc' | 'offset';
  readonly type: string;
  readonly resources: number;
}

const MOST_TYPES = 5;

export async function noteClocksInTx(tx: Tx, runId: number, now: Date): Promise<void> {
  const counts = await tx<Count[]>`
    select clock, resource_type as type, sum(resources)::int as resources
    from chunk_clock where run_id = ${runId}
    group by clock, resource_type
    order by sum(resources) desc, resource_type`;
  const [utc, offset] = (['utc', 'offset'] as const).map((clock) =>
    counts.filter((one) => one.clock === clock),
  );
  if (!utc?.length || !offset?.length) return;
  const told = {
    ...{ utc: total(utc), utc_types: typesOf(utc) },
    ...{ offset: total(offset), offset_types: typesOf(offset) },
  };
  await noteInTx(tx, runId, now, notice('mixed-offsets', told, { amount: told.utc }));
}

const total = (counts: readonly Count[]): number => counts.reduce((sum, one) => sum + one.resources, 0);

/** The most frequent ones. */
function typesOf(counts: readonly Count[]): string {
  const named = counts.slice(0, MOST_TYPES).map((one) => one.type);
  return counts.length > MOST_TYPES ? `${named.join(', ')} …` : named.join(', ');
}
