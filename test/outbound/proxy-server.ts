/** A proxy that opens tunnels (CONNECT), as squid does; keeps what it was asked for. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../ehr/certificate.ts';

export interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface ProxyServer {
  readonly port: number;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Of names that only the proxy knows: the port on this machine. */
  readonly names?: Readonly<Record<string, number>>;
  /** Wanted as user and password. */
  readonly credentials?: string;
  /** Sent instead of an answer. */
  readonly says?: string;
  readonly certificate?: Certificate;
}

export async function startProxy(options: ProxyOptions = {}): Promise<ProxyServer> {
  const { names = {}, credentials, says, certificate } = options;
  const asked: Asked[] = [];
  const open = new Set<Socket>();

  function serve(client: Socket): void {
    open.add(client);
    let head = '';
    const onData = (part: Buffer) => {
      head += part.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      client.off('data', onData);
      const [line = ''] = head.split('\r\n');
      const authorization = /^proxy-authorization: (.*)$/im.exec(head)?.[1];
      asked.push({ line, authorization });
      const target = /^CONNECT (.+):(\d+) HTTP/.exec(line);
      const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
      if (says !== undefined) return void client.write(says);
      if (wanted && authorization !== wanted) return void client.end('HTTP/1.1 407 Who are you\r\n\r\n');
      const port = names[target?.[1] ?? ''] ?? Number(target?.[2]);
      const server = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n');
        server.pipe(client);
        client.pipe(server);
      });
      open.add(server);
      server.on('error', () => client.destroy());
    };
    client.on('data', onData);
    client.on('error', () => {});
  }

  const server: Server = certificate ? createTlsServer({ ...certificate }, serve) : createServer(serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: address && typeof address === 'object' ? address.port : 0,
    asked,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
