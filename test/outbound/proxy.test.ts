import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openTunnel, readProxy } from '../../jobs/outbound/proxy.ts';

const HTTPS_PROXY = 'http://proxy.test:3128';

describe('the proxy', () => {
  it.each([
    ['ehr.test', 443, ''],
    ['127.0.0.1.ehr.test', 443, ''],
    ['x127.0.0.1', 443, ''],
    ['127.0.0.1x', 443, ''],
    ['128.0.0.1', 443, ''],
    ['localhost.ehr.test', 443, ''],
    ['ehr.test', 443, 'other.test,, ,'],
    ['badehr.test', 443, 'ehr.test'],
    ['ehr.test', 443, 'ehr.test:8443'],
    ['ehr.test', 8443, 'ehr.test:443'],
    ['8.8.8.8', 443, '10.0.0.0/8'],
    ['8.8.8.8', 443, '8.8.8.9,8.8.8.8:8443'],
    ['2606:4700::1', 443, '2606:4701::/32'],
    ['ehr.test', 443, '10.0.0.0/8'],
    ['ehr.test', 443, '<nonsense>'],
  ])('is asked for %s, port %i, with NO_PROXY "%s"', (host, port, NO_PROXY) =>
    expect(readProxy({ HTTPS_PROXY, NO_PROXY })({ host, port })?.host).toBe('proxy.test:3128'),
  );

  it.each([
    ['localhost', 443, ''],
    ['::1', 443, ''],
    ['127.0.0.1', 443, ''],
    ['127.10.20.30', 443, ''],
    ['ehr.test', 443, 'EHR.test'],
    ['ehr.test', 8443, 'ehr.test:8443'],
    ['ehr.test', 443, 'ehr.test:443'],
    ['ehr.test', 8443, 'ehr.test'],
    ['ehr.test', 443, 'other.test  ehr.test'],
    ['10.1.2.3', 443, '10.0.0.0/8'],
    ['10.1.2.3', 443, '192.168.0.0/16,10.0.0.0/8'],
    ['10.1.2.3', 443, '10.1.2.3'],
    ['10.1.2.3', 8443, '10.1.2.3:8443'],
    ['2606:4700::1', 443, '2606:4700::/32'],
    ['2606:4700::1', 8443, '[2606:4700::1]:8443'],
    ['2606:4700::10', 8443, '[2606:4700::10]'],
  ])('is left out for %s, port %i, with NO_PROXY "%s"', (host, port, NO_PROXY) =>
    expect(readProxy({ HTTPS_PROXY, NO_PROXY })({ host, port })).toBeUndefined(),
  );

  it('is none where none is named', () =>
    expect(readProxy({ NO_PROXY: 'x' })({ host: 'ehr.test', port: 443 })).toBeUndefined());
});

describe('a tunnel', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A socket to a proxy that says `says` once it is asked, and what it was asked for. */
  async function ground(says: (client: Socket) => void) {
    const asked: string[] = [];
    const server = createServer((client) => {
      client.on('error', () => {});
      client.on('data', (part) => {
        asked.push(part.toString());
        says(client);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const socket = connect(address && typeof address === 'object' ? address.port : 0, '127.0.0.1');
    closing.push(
      () => socket.destroy(),
      () => server.close(),
    );
    return { socket, asked };
  }
  const proxy = new URL(HTTPS_PROXY);

  it('is asked for by host and port, with brackets around an address of IPv6', async () => {
    const { socket, asked } = await ground((client) => client.write('HTTP/1.1 200 Yes\r\n\r\n'));
    await openTunnel(socket, proxy, { host: 'fd12::1', port: 8443 });
    expect(asked).toEqual(['CONNECT [fd12::1]:8443 HTTP/1.1\r\nHost: [fd12::1]:8443\r\n\r\n']);
  });

  it('is opened also where the answer comes in pieces', async () => {
    const { socket } = await ground((client) => {
      client.setNoDelay(true);
      client.write('HTTP/1.1 200 Yes\r\n');
      // The second piece is sent once the first has been read, so that they cannot come as one.
      socket.once('data', () => client.write('\r\n'));
    });
    await openTunnel(socket, proxy, { host: 'ehr.test', port: 443 });
    expect(socket.destroyed).toBe(false);
  });

  it('is handed over as it was taken: still, and with nobody who listens', async () => {
    const { socket } = await ground((client) => client.write('HTTP/1.0 200 Yes\r\n\r\n'));
    const before = ['data', 'error', 'close'].map((event) => socket.listenerCount(event));
    await openTunnel(socket, proxy, { host: 'ehr.test', port: 443 });
    expect(['data', 'error', 'close'].map((event) => socket.listenerCount(event))).toEqual(before);
    expect(socket.isPaused()).toBe(true);
  });

  it.each<[string, (client: Socket) => void, string]>([
    ['an empty head', (client) => client.write('\r\n\r\n'), 'answered no status'],
    ['another status', (client) => client.write('HTTP/1.1 407 Who\r\n\r\n'), 'answered 407'],
    [
      'a line before the status',
      (client) => client.write('x HTTP/1.1 200 Yes\r\n\r\n'),
      'answered no status',
    ],
    ['one byte too many', (client) => client.write('HTTP/1.1 200 Yes\r\n\r\nx'), 'answered 200'],
    ['the end of the connection', (client) => client.end(), 'answered nothing, and closed the connection'],
  ])('is none after %s, and the socket is ended', async (_, says, found) => {
    const { socket } = await ground(says);
    await expect(openTunnel(socket, proxy, { host: 'ehr.test', port: 443 })).rejects.toMatchObject({
      code: 'proxy-refused',
      message: expect.stringMatching(new RegExp(`proxy.test:3128 .* ehr.test:443; .*${found}`)),
    });
    expect(socket.destroyed).toBe(true);
  });

  it('ends with the error of the socket', async () => {
    const { socket } = await ground(() => {});
    const opened = openTunnel(socket, proxy, { host: 'ehr.test', port: 443 });
    const error = new Error('too slow');
    socket.destroy(error);
    await expect(opened).rejects.toBe(error);
  });
});
