import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { describeError } from '../../jobs/step/describe-error.ts';
import { missingGrants, sayMissing } from '../../sql/roles.ts';
import type { AppEnv, Services } from '../app-env.ts';
import { openErrors, problem } from '../problems.ts';

export const route = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readyz',
  tags: ['Health'],
  summary: 'Whether the database and the queue can be reached, with all rights that are needed',
  description: '503 until they can: a load balancer sends nothing meanwhile.',
  security: [],
  responses: {
    200: {
      description: 'Both can.',
      content: {
        'application/json': { schema: z.object({ status: z.literal('ready').describe('Always "ready".') }) },
      },
    },
    ...openErrors('host-refused', 'not-ready'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { services, requestId } = c.var;
  const missing = await sharedCheck(services).catch((error: unknown) => {
    services.log.warn({ error: describeError(error), request_id: requestId }, 'not ready');
    throw problem('not-ready', 'The database or the queue cannot be reached. The log has the reason.');
  });
  if (missing) {
    services.log.warn({ missing: missing.found, request_id: requestId }, 'not ready');
    // Whoever asks needs no token, so names of roles and tables are for the log and the doctor.
    throw problem('not-ready', 'A login of the program lacks rights. `npm run cli -- doctor` names them.');
  }
  return c.json({ status: 'ready' as const }, 200);
};

type Missing = ReturnType<typeof sayMissing>;

/** Who asks while a check is under way gets its answer: nobody without a token can keep the database busy. */
const underWay = new WeakMap<Services, Promise<Missing | undefined>>();

function sharedCheck(services: Services): Promise<Missing | undefined> {
  const running = underWay.get(services);
  if (running) return running;
  const check = missingOf(services).finally(() => underWay.delete(services));
  underWay.set(services, check);
  return check;
}

async function missingOf({ sql, queue, schemas, logins }: Services): Promise<Missing | undefined> {
  await queue.boss.getQueues();
  for (const login of logins ?? [{ role: 'api' as const, sql }]) {
    const missing = await missingGrants(login.sql, schemas, login.role);
    if (missing.length > 0) return sayMissing(login.role, missing);
  }
  // This asks a table, not only the server, because nothing works before the migrations.
  await sql`select 1 from run limit 1`;
  return undefined;
}
