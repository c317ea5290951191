/**
 * Runs of a connection that overlap: one of them asks for some patients while the other brings an export. What is mapped
 * last was not read last then, so of two versions the newer wins in either order: by meta.lastUpdated where both have it,
 * else by which run read the server's state later. Of runs that follow each other what is sent now is what holds.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Run } from '../../step/run.ts';

/** Whether such a run read a later state of the server than the one that is asked for; by run. */
export type Overlapping = ReadonlyMap<number, 'earlier' | 'later'>;

interface Other {
  readonly run_id: number;
  readonly transaction_time: string | null;
  readonly created_at: Date;
}

export async function readOverlappingInTx(
  tx: Tx,
  run: Pick<Run, 'run_id' | 'connection_id' | 'kind' | 'transaction_time' | 'created_at'>,
): Promise<Overlapping> {
  const others = await tx<Other[]>`
    select run_id, transaction_time, created_at from run
    where connection_id = ${run.connection_id} and run_id <> ${run.run_id}
      and (kind = 'patient' or ${run.kind === 'patient'})
      and (finished_at is null or finished_at > ${run.created_at})`;
  return new Map(
    others.map((other) => {
      const difference = readAt(other) - readAt(run);
      const isLater = difference > 0 || (difference === 0 && other.run_id > run.run_id);
      return [other.run_id, isLater ? 'later' : 'earlier'];
    }),
  );
}

/** By the server's clock where it says the time. */
function readAt({ transaction_time, created_at }: Omit<Other, 'run_id'>): number {
  const said = Date.parse(transaction_time ?? '');
  return Number.isNaN(said) ? created_at.getTime() : said;
}
