/** Listens on a port until closed. Requests under way then get ten seconds to finish. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { syncError } from '../jobs/step/errors.ts';
import type { App } from './app-env.ts';

export interface Serving {
  /** Where it listens, as in "http://127.0.0.1:8080". */
  readonly url: string;
  close(): Promise<void>;
}

const GRACE_MS = 10_000;

export async function serveApp(app: App, { host, port }: { host: string; port: number }): Promise<Serving> {
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = address && typeof address === 'object' ? address.port : port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const impatient = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(impatient);
}

function cannotListen(error: Error, host: string, port: number) {
  const code = 'code' in error ? error.code : error.name;
  return syncError('port-unavailable', { host, port, reason: String(code) });
}
