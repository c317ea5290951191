/** Listens on a port until closed, under TLS where there is a certificate. Requests under way then get ten seconds to finish. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { syncError } from '../jobs/step/errors.ts';
import type { App } from './app-env.ts';
import { readTls, reloadTls, type TlsFiles } from './http/tls.ts';

export interface Serving {
  /** Where it listens, as in "http://127.0.0.1:8080". */
  readonly url: string;
  close(): Promise<void>;
}

const GRACE_MS = 10_000;

/** What a client may take: until its headers are here, and until the whole request is. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

export async function serveApp(
  app: App,
  { host, port, tls }: { host: string; port: number; tls?: TlsFiles | undefined },
  log?: Logger,
): Promise<Serving> {
  const listener = getRequestListener(app.fetch);
  const answer = (request: IncomingMessage, response: ServerResponse) => void listener(request, response);
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS };
  const secure = tls && createSecureServer({ ...limits, ...readTls(tls) }, answer);
  const server = secure ?? createServer(limits, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const stopReloading = secure && log ? reloadTls(secure, tls, log) : () => {};
  const address = server.address();
  const bound = address && typeof address === 'object' ? address.port : port;
  const protocol = secure ? 'https' : 'http';
  return {
    url: `${protocol}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      stopReloading();
      await close(server);
    },
  };
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
