import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { connectionNotFound } from '../connections.ts';
import { errors, problem } from '../problems.ts';
import { reschedule } from '../reschedule.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/fhir-connections/{id}',
  operationId: 'delete-fhir-connection',
  tags: ['Connections'],
  summary: 'Delete a connection',
  description:
    'A connection with runs is deleted only with `force=true`, together with its runs, chunks, hashes and lineage. ' +
    'Rows that were loaded stay in the CDM: without lineage they are never updated again. With a run under way it ' +
    'is never deleted.',
  request: {
    params: ConnectionParams,
    query: z.object({
      force: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({
          param: { name: 'force', in: 'query' },
          description: 'Delete the runs and the lineage too.',
        }),
    }),
  },
  responses: {
    204: { description: 'Deleted.' },
    ...errors('invalid-request', 'connection-not-found', 'connection-has-runs', 'sync-already-running'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue } = c.var.services;
  const { id } = c.req.valid('param');
  const force = c.req.valid('query').force === 'true';
  await sql.begin(async (tx) => {
    const [locked] = await tx`select 1 from connection where connection_id = ${id} for update`;
    if (!locked) throw connectionNotFound(id);
    const [runs] = await tx<[{ all: number; live: number | null }]>`
      select count(*) as all,
        max(run_id) filter (where status not in ('completed', 'failed', 'cancelled')) as live
      from run
      where connection_id = ${id}`;
    if (runs.live !== null) {
      throw problem(
        'sync-already-running',
        `Run ${runs.live} is under way. Wait for it to end or cancel it first.`,
      );
    }
    if (runs.all > 0 && !force) {
      throw problem(
        'connection-has-runs',
        `The connection has ${runs.all} runs. force=true deletes them and the lineage of what they loaded; ` +
          'is_active=false only stops the syncs.',
      );
    }
    await tx`delete from connection where connection_id = ${id}`;
    await audit(tx, c, { action: 'connection.delete', target: `connection/${id}`, status: 204 });
  });
  await reschedule(queue, { connection_id: id, is_active: false, sync_config: {} });
  return c.body(null, 204);
};
