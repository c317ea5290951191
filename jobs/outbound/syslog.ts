/**
 * Sends messages to a syslog receiver. By TCP and TLS each is framed by its length (RFC 6587, RFC 5425), all of them in
 * one connection that we end: a receiver that has read them to the end closes it too, and one that died, or left some
 * unread, breaks it; one that closes before we end has not read. So what this function returns from has been read, as far
 * as the network can tell. By UDP nobody can tell; only a closed port is noticed, at times.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { isIP, isIPv6, type Socket } from 'node:net';
import { syncError } from '../step/errors.ts';
import { noKeys, openSocket } from './connect.ts';
import { codeOf } from './outbound.ts';
import { checkAddress, guardedLookup, reachOfOperator, systemResolve, unbracketed } from './reach.ts';

export interface SyslogReceiver {
  /** udp://, tcp:// or tls://, with the port. */
  readonly url: URL;
  /** PEM of the authorities that are believed; undefined: those of the runtime. */
  readonly authorities: readonly string[] | undefined;
  /** Of the receiver's silence; half a minute when left out. */
  readonly timeoutMs?: number | undefined;
}

const SILENCE_MS = 30_000;
/** So long a receiver may show by closing that it does not read, before we end the connection. */
const EARLY_MS = 250;
/** Of a datagram: what IPv4 can carry. */
export const LARGEST_DATAGRAM = 65_507;

/** Fails with `syslog-unavailable`. */
export async function sendSyslog(receiver: SyslogReceiver, messages: readonly Buffer[]): Promise<void> {
  const { url } = receiver;
  try {
    if (url.protocol === 'udp:') await sendDatagrams(receiver, messages);
    else await sendStream(receiver, messages);
  } catch (error) {
    throw syncError('syslog-unavailable', { at: url.host, reason: codeOf(error) }, { cause: error });
  }
}

/** The length of a message in octets, a blank, and the message. */
function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

async function sendStream(receiver: SyslogReceiver, messages: readonly Buffer[]): Promise<void> {
  const { url, authorities, timeoutMs = SILENCE_MS } = receiver;
  const socket = await openSocket(
    {
      ...{ host: unbracketed(url.hostname), port: Number(url.port) },
      ...{ isSecure: url.protocol === 'tls:', protocol: null },
    },
    reachOfOperator(url),
    { proxyOf: () => undefined, authorities, resolve: systemResolve, openKey: noKeys },
  );
  try {
    await untilClosed(socket, Buffer.concat(messages.map(framed)), timeoutMs);
  } finally {
    socket.destroy();
  }
}

function untilClosed(socket: Socket, bytes: Buffer, timeoutMs: number): Promise<void> {
  return new Promise((done, fail) => {
    const late = () => socket.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }));
    socket.setTimeout(timeoutMs, late);
    socket.on('error', fail);
    // Nobody who reads closes before we have ended: a balancer without a receiver behind it does.
    let ended = false;
    let pause: NodeJS.Timeout | undefined;
    socket.on('close', () => {
      clearTimeout(pause);
      if (ended && socket.writableFinished) done();
      else fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    });
    socket.resume();
    socket.write(bytes, () => {
      pause = setTimeout(() => {
        ended = !socket.readableEnded;
        socket.end();
      }, EARLY_MS);
    });
  });
}

async function sendDatagrams({ url }: SyslogReceiver, messages: readonly Buffer[]): Promise<void> {
  const reach = reachOfOperator(url);
  const host = unbracketed(url.hostname);
  const address = isIP(host) === 0 ? await lookedUp(host, reach) : host;
  checkAddress(host, address, reach);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((done, fail) => {
      socket.on('error', fail);
      socket.connect(Number(url.port), address, () => {
        sendEach(socket, messages).then(done, fail);
      });
    });
  } finally {
    socket.close();
  }
}

async function sendEach(socket: UdpSocket, messages: readonly Buffer[]): Promise<void> {
  for (const message of messages) {
    await new Promise<void>((done, fail) => {
      socket.send(message, (error) => (error ? fail(error) : done()));
    });
  }
}

function lookedUp(host: string, reach: ReturnType<typeof reachOfOperator>): Promise<string> {
  return new Promise((done, fail) => {
    guardedLookup(reach, systemResolve)(host, {}, (error, address) => {
      if (error || typeof address !== 'string') fail(error ?? new Error('no address'));
      else done(address);
    });
  });
}
