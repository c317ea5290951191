/** Sealed events in the order of the chain, as files and receivers outside are given them. */
import type { Tx } from '../../sql/connect.ts';
import { canonicalText, eventColumns, type StoredEvent } from './events.ts';
import { lastSeal, type Seal, sealColumns } from './seal.ts';

export interface Sealed {
  readonly seal: Seal;
  /** Undefined where its month was dropped. */
  readonly event: StoredEvent | undefined;
}

/** Up to the end of the chain: a seal that was put in beyond it would have all that follow left out. */
export async function sealedAfterInTx(tx: Tx, after: number, limit: number): Promise<Sealed[]> {
  const { seal_no: end } = await lastSeal(tx);
  const seals = await tx<Seal[]>`
    select ${sealColumns(tx)} from audit_seal where seal_no > ${after} and seal_no <= ${end}
    order by seal_no limit ${limit}`;
  const events = await tx<StoredEvent[]>`
    select ${eventColumns(tx)} from audit_event e
    where e.event_id = any(${seals.map((one) => one.event_id)}::bigint[])`;
  const byId = new Map(events.map((event) => [event.event_id, event]));
  return seals.map((seal) => ({ seal, event: byId.get(seal.event_id) }));
}

/** What is hashed, both hashes, and the canonical text: `sha256sum` can check it. The event of a dropped month is null. */
export function sealedText({ seal, event }: Sealed): string {
  const { seal_no, version, event_id, event_at, hash, event_hash } = seal;
  const bound = version === 1 ? '' : `"version":${version},"event_id":${event_id},"event_at":"${event_at}",`;
  const text = event ? canonicalText(event) : 'null';
  return `{"seal_no":${seal_no},"hash":"${hash}",${bound}"event_hash":"${event_hash}","event":${text}}`;
}

/** Up to which seal a sink has received the record. */
export async function deliveredInTx(tx: Tx, sink: string): Promise<number> {
  const [known] = await tx<{ seal_no: number }[]>`select seal_no from audit_delivery where sink = ${sink}`;
  return known?.seal_no ?? 0;
}

export async function noteDeliveredInTx(tx: Tx, sink: string, seal_no: number, now: Date): Promise<void> {
  await tx`
    insert into audit_delivery (sink, seal_no, at) values (${sink}, ${seal_no}, ${now})
    on conflict (sink) do update set seal_no = excluded.seal_no, at = excluded.at`;
}
