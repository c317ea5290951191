/**
 * The record to a syslog receiver (AUDIT_SYSLOG_URL): one message of RFC 5424 a seal, in the order of the chain; its text
 * is the line that AUDIT_FILE would have. How far the receiver is stands in the database and moves when it has taken a
 * batch. So nothing is lost while it is away; a batch whose end nobody saw is sent again, and `seal_no` tells.
 */
import { hostname } from 'node:os';
import type { Sql, Tx } from '../../sql/connect.ts';
import { LARGEST_DATAGRAM, type SyslogReceiver, sendSyslog } from '../outbound/syslog.ts';
import type { Clock } from '../step/clock.ts';
import { deliveredInTx, noteDeliveredInTx, type Sealed, sealedAfterInTx, sealedText } from './sealed.ts';

const BATCH = 500;
/** "log audit"; what was done is a notice, what was refused or failed a warning. */
const [FACILITY, WARNING, NOTICE] = [13, 4, 5];

/** Returns how many messages were sent. Of processes that send at once one does. */
export async function sendToSyslog(
  deps: { readonly sql: Sql; readonly clock: Clock },
  receiver: SyslogReceiver,
): Promise<number> {
  let all = 0;
  for (;;) {
    const sent = await deps.sql.begin((tx) => sendBatchInTx(tx, receiver, deps.clock()));
    all += sent;
    if (sent < BATCH) return all;
  }
}

/** The transaction holds one advisory lock of its own and no row, however long the receiver takes. */
async function sendBatchInTx(tx: Tx, receiver: SyslogReceiver, now: Date): Promise<number> {
  const [turn] = await tx<[{ ours: boolean }]>`
    select pg_try_advisory_xact_lock(hashtextextended('audit-syslog:' || current_schema(), 0)) as ours`;
  if (!turn.ours) return 0;
  const sink = `syslog:${receiver.url.protocol}//${receiver.url.host}`;
  const sealed = await sealedAfterInTx(tx, await deliveredInTx(tx, sink), BATCH);
  const last = sealed.at(-1);
  if (!last) return 0;
  const messages = sealed.map((one) => messageOf(one));
  const fit = receiver.url.protocol === 'udp:' ? messages.map(cut(sealed)) : messages;
  await sendSyslog(receiver, fit);
  await noteDeliveredInTx(tx, sink, last.seal.seal_no, now);
  return sealed.length;
}

export function messageOf(one: Sealed): Buffer {
  const { event } = one;
  const priority = 8 * FACILITY + (event === undefined || event.outcome === 'done' ? NOTICE : WARNING);
  const header = [
    `<${priority}>1`,
    event?.at ?? '-',
    word(hostname(), 255),
    'fhir-omop-sync',
    String(process.pid),
    word(event?.action ?? '', 32),
    '-',
  ];
  return Buffer.from(`${header.join(' ')} ${sealedText(one)}`);
}

/** A header field: printable ASCII without blanks. */
function word(text: string, longest: number): string {
  return text.replace(/[^!-~]/g, '_').slice(0, longest) || '-';
}

/** What no datagram can carry goes without its event; number and hashes say which it is. */
const cut =
  (sealed: readonly Sealed[]) =>
  (message: Buffer, index: number): Buffer => {
    const one = sealed[index];
    return one && message.length > LARGEST_DATAGRAM ? messageOf({ ...one, event: undefined }) : message;
  };
