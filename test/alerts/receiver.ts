/** Whoever is told: an HTTP server that keeps what it gets and answers as it is told to. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Receiver {
  readonly url: string;
  readonly got: { headers: IncomingHttpHeaders; body: string }[];
  /** How the next calls are answered; 204 after that. */
  next: (number | 'silence')[];
  /** Calls to where the redirect points. */
  elsewhere: number;
  /** What happens between a call and its answer. */
  meanwhile?: () => Promise<void>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const held: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    if (request.url !== '/hook') {
      receiver.elsewhere++;
      return void response.writeHead(204).end();
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    receiver.got.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    await receiver.meanwhile?.();
    const answer = receiver.next.shift() ?? 204;
    if (answer === 'silence') held.push(response);
    else response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const receiver: Receiver = {
    ...{ url: `http://127.0.0.1:${port}/hook`, got: [], next: [], elsewhere: 0 },
    async close() {
      for (const response of held) response.destroy();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return receiver;
}
