/** Sockets as they are opened: what is said under TLS, what becomes of one that fails, and how long it may take. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Network, noKeys, openSocket } from '../../jobs/outbound/connect.ts';
import type { Identity, Reach } from '../../jobs/outbound/reach.ts';
import { selfSigned } from '../ehr/certificate.ts';
import { WAIT } from '../world/locks.ts';

const made = selfSigned();
const reach: Reach = { networks: ['127.0.0.0/8'], hosts: ['ehr.example'] };
const network = (changed: Partial<Network> = {}): Network => ({
  ...{ proxyOf: () => undefined, authorities: [made.cert], openKey: noKeys },
  resolve: () => {
    throw new Error('an address needs no name service');
  },
  ...changed,
});

const accepted: Socket[] = [];
const plain = createServer((socket) => {
  socket.on('error', () => {});
  accepted.push(socket);
});
const secured: TLSSocket[] = [];
const secure = createTlsServer({ ...made, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
  socket.on('error', () => {});
  secured.push(socket);
});
const opened: Socket[] = [];
afterEach(() => vi.useRealTimers());
afterAll(() => {
  for (const socket of [...opened, ...accepted, ...secured]) socket.destroy();
  plain.close();
  secure.close();
});

async function portOf(server: typeof plain): Promise<number> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
const to = (port: number, isSecure: boolean) => ({ host: '127.0.0.1', port, isSecure });

describe('a socket', () => {
  it('under TLS says http/1.1, and nothing where nothing is to be said', async () => {
    const wanted = to(await portOf(secure), true);
    for (const [more, said] of [
      [{}, 'http/1.1'],
      [{ protocol: null }, false],
    ] as const) {
      const socket = (await openSocket({ ...wanted, ...more }, reach, network())) as TLSSocket;
      opened.push(socket);
      expect(socket.alpnProtocol).toBe(said);
    }
  });

  it('has nobody who listens for its opening any more, nor a clock that runs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await openSocket(to(await portOf(plain), false), reach, network());
    opened.push(socket);
    expect(vi.getTimerCount()).toBe(0);
    expect(['connect', 'error', 'close'].map((event) => socket.listenerCount(event))).toEqual([0, 1, 0]);
  });

  it('to an address that may not be asked is not even begun', async () => {
    const [port, before] = [await portOf(plain), accepted.length];
    const nowhere: Reach = { networks: [], hosts: [] };
    await expect(openSocket(to(port, false), nowhere, network())).rejects.toMatchObject({
      code: 'address-refused',
    });
    // One that may be begun arrives after it would have.
    const socket = await openSocket(to(port, false), reach, network());
    opened.push(socket);
    await vi.waitFor(() => expect(accepted.map((one) => one.remotePort)).toContain(socket.localPort), WAIT);
    expect(accepted).toHaveLength(before + 1);
  });

  it('without TLS goes through no proxy', async () => {
    const proxyOf = () => new URL('http://255.255.255.255');
    opened.push(await openSocket(to(await portOf(plain), false), reach, network({ proxyOf })));
    expect(opened.at(-1)?.remoteAddress).toBe('127.0.0.1');
  });

  it.each([
    ['http://255.255.255.255', 80],
    ['https://255.255.255.255', 443],
    ['http://255.255.255.255:3128', 3128],
  ])('to the proxy %s goes to its address at port %i', async (proxy, port) => {
    const wanted = { host: 'ehr.example', port: 443, isSecure: true };
    const failing = openSocket(wanted, reach, network({ proxyOf: () => new URL(proxy) }));
    await expect(failing).rejects.toMatchObject({ syscall: 'connect', address: '255.255.255.255', port });
  });

  it('is closed when the key of the certificate does not open', async () => {
    const identity: Identity = {
      ...{ name: 'ours', certificate: made.cert, sealedKey: 'sealed', connection: 1, goesTo: () => true },
    };
    const before = accepted.length;
    const failing = openSocket(to(await portOf(plain), true), { ...reach, identity }, network());
    await expect(failing).rejects.toThrow('no key of a certificate');
    await vi.waitFor(() => expect(accepted.length).toBe(before + 1), WAIT);
    const theirs = accepted[before];
    theirs?.resume();
    if (theirs && !theirs.closed) await once(theirs, 'close');
    expect(theirs?.closed).toBe(true);
  });

  it('that is not open after half a minute is given up, and closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const before = accepted.length;
    const port = await portOf(plain);
    const arrived = once(plain, 'connection');
    const outcome = openSocket(to(port, true), reach, network()).then(
      () => 'opened',
      (error: { code?: string }) => error.code,
    );
    await arrived;
    // Something is said only once TLS has begun: from then on the timer has a socket to end.
    await once(accepted[before] as Socket, 'data');
    vi.advanceTimersByTime(29_999);
    expect(accepted[before]?.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await outcome).toBe('ETIMEDOUT');
    const theirs = accepted[before];
    if (theirs && !theirs.closed) await once(theirs, 'close');
  });
});
