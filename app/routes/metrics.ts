import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isLoopback } from '../../jobs/fhir/http.ts';
import type { AppEnv, Services } from '../app-env.ts';
import { demandSecret } from '../auth/demand-secret.ts';
import { collect } from '../metrics/collect.ts';
import { CONTENT_TYPE, metricsText } from '../metrics/text.ts';
import { openErrors, problem } from '../problems.ts';

export const route = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  tags: ['Operation'],
  summary: 'Figures for Prometheus',
  description:
    'Of the whole installation, read from its database: it is enough to scrape one process. With METRICS_TOKEN it is the ' +
    'bearer token to send; without, only requests from the same machine are answered, and none that a proxy passes on.',
  security: [{ metrics: [] }],
  responses: {
    200: {
      description: 'Text in version 0.0.4 of the format.',
      content: {
        'text/plain': { schema: z.string().describe('A line for each figure.') },
      },
    },
    ...openErrors(
      'unauthorized',
      'not-found',
      'host-refused',
      'too-many-wrong-credentials',
      'internal-error',
      'database-busy',
    ),
  },
});

/** What proxies say of themselves, or of whom they ask for. */
const FORWARDED = [
  ...(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'] as const),
  ...(['x-forwarded-server', 'x-real-ip'] as const),
];

/** A proxy here may say nothing of itself and hand on the name that was asked for: whoever is here has no need of one. */
function isFromHere(c: Context<AppEnv>): boolean {
  const { address } = c.var;
  const { hostname } = new URL(`http://${c.req.header('host') ?? 'localhost'}`);
  return (
    address !== null &&
    isLoopback(address) &&
    isLoopback(hostname) &&
    !FORWARDED.some((name) => c.req.header(name) !== undefined)
  );
}

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { services } = c.var;
  const { metricsToken } = services.config;
  if (metricsToken) {
    await demandSecret(c, metricsToken);
  } else if (!isFromHere(c)) {
    throw problem('not-found', 'There are no metrics for other machines. Set METRICS_TOKEN to open them.');
  }
  return c.text(await shared(services), 200, { 'content-type': CONTENT_TYPE });
};

/** Who asks while the figures are read gets those: scrapers of any number cost one reading at a time. */
const underWay = new WeakMap<Services, Promise<string>>();

function shared(services: Services): Promise<string> {
  const running = underWay.get(services);
  if (running) return running;
  const reading = read(services).finally(() => underWay.delete(services));
  underWay.set(services, reading);
  return reading;
}

async function read(services: Services): Promise<string> {
  const { sql, schemas, clock, config, meters } = services;
  // What this process measured itself need not wait for its turn.
  await meters?.flush();
  const folder = config.databaseUrl === undefined ? config.dataDir : undefined;
  return metricsText(await collect({ sql, schemas, clock, folder }));
}
