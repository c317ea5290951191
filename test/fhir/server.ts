/** A small real HTTP server: answers are given by the test, requests are kept for it. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly text?: string;
  /** Takes over the answer. */
  readonly raw?: (response: ServerResponse) => void;
}

export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
  on(path: string, answer: Answer | ((request: Seen) => Answer)): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const answers = new Map<string, (request: Seen) => Answer>();
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const path = request.url ?? '';
    const one = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: Buffer.concat(parts).toString(),
    };
    seen.push(one);
    const answer = answers.get(path)?.(one) ?? { status: 404, text: 'nothing here' };
    if (answer.raw) return answer.raw(response);
    const json = answer.json !== undefined;
    response.writeHead(answer.status ?? 200, {
      'content-type': json ? 'application/json' : 'text/html',
      ...answer.headers,
    });
    response.end(json ? JSON.stringify(answer.json) : (answer.text ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    on: (path, answer) => void answers.set(path, typeof answer === 'function' ? answer : () => answer),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
