/** Where the demo's API listens: at the port that PORT says, or from 8080 on at the first that is free. */
import type { App } from '../../app/app-env.ts';
import { type Serving, serveApp } from '../../app/serve.ts';
import { SyncError } from '../../jobs/step/errors.ts';

const FIRST = 8080;
const TRIED = 20;

/** Says by itself what to do. */
export class PortFault extends Error {}

export async function listen(app: App, given: string | undefined, first = FIRST): Promise<Serving> {
  const ports = given ? [portOf(given)] : Array.from({ length: TRIED }, (_, index) => first + index);
  for (const port of ports) {
    try {
      return await serveApp(app, { host: '127.0.0.1', port });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  const taken = ports.length > 1 ? `The ports ${ports[0]} to ${ports.at(-1)} are` : `Port ${ports[0]} is`;
  throw new PortFault(`${taken} in use by something else. Set PORT to a free one; 0 takes any.`);
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new PortFault(`PORT: expected a number from 0 to 65535, got ${JSON.stringify(text.slice(0, 40))}.`);
}

const isTaken = (error: unknown): boolean =>
  error instanceof SyncError && error.code === 'port-unavailable' && error.message.includes('EADDRINUSE');
