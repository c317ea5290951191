/**
 * Who may do what. It runs once the router has found the operation and before the operation reads its input, so that
 * a caller without the role learns nothing about what there is.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { App, AppEnv } from '../app-env.ts';
import { auditRefusal } from '../audit.ts';
import { type Caller, ROLES, type Role } from '../caller.ts';
import { PERMISSIONS } from '../permissions.ts';
import { PROBLEMS, Problem, problem } from '../problems.ts';
import { connectionNotFound } from '../reads/connections.ts';
import { Unauthorized } from './unauthorized.ts';

/** `operations` is filled by nameOperations() once the routes are mounted. */
export function authorize(operations: ReadonlyMap<string, string>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL');
    // Without an operation there is nothing to permit: the answer is 404 or 405.
    if (route) {
      const operation = operations.get(`${route.method} ${route.path}`);
      try {
        permit(c, operation, route.path);
      } catch (error) {
        const status = error instanceof Problem ? PROBLEMS[error.code].status : 500;
        await auditRefusal(c, { action: 'access.refuse', target: operation ?? route.path, status });
        throw error;
      }
    }
    await next();
  };
}

/** Names the operations of the app by "METHOD /path" as the router has them. */
export function nameOperations(app: App, operations: Map<string, string>): void {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, operationId } = definition.route;
    const routed = path.replaceAll(/\/\{(.+?)\}/g, '/:$1');
    if (operationId !== undefined) operations.set(`${method.toUpperCase()} ${routed}`, operationId);
  }
}

function permit(c: Context<AppEnv>, operation: string | undefined, path: string): void {
  const { caller } = c.var;
  // The least role is a role still: whoever was not recognised has none, whatever stands before this check.
  if (caller.via === 'nobody') throw new Unauthorized();
  const permission = operation === undefined ? undefined : PERMISSIONS.get(operation);
  // A path that was forgotten in the table is nobody's, not everybody's.
  if (!permission) throw problem('forbidden', 'Nobody may call this: it has no place in the table of roles.');
  if (!mayAs(caller.role, permission.role)) {
    const detail = `${operation} needs the role ${permission.role}; the caller has the role ${caller.role}.`;
    throw problem('forbidden', detail);
  }
  if (caller.connections === null) return;
  if (permission.reach === 'everything') {
    const detail = `${operation} concerns all connections; the caller is restricted to some.`;
    throw problem('forbidden', detail);
  }
  if (permission.reach === 'connection') refuseOthers(c, path);
}

/** Whether somebody with the role `has` may do what needs the role `needs`. */
export function mayAs(has: Role, needs: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needs);
}

/** Whether the caller may see and act on the connection. */
export function reaches(caller: Caller, connectionId: number): boolean {
  return caller.connections === null || caller.connections.includes(connectionId);
}

/** Refuses a connection that the caller may not see, in the words for one that does not exist. */
export function checkReach(caller: Caller, connectionId: number): void {
  if (!reaches(caller, connectionId)) throw connectionNotFound(connectionId);
}

/** The id is taken from the path only as plain digits, which every reader reads as the same number. */
function refuseOthers(c: Context<AppEnv>, path: string): void {
  const at = path.split('/').indexOf(':id');
  const text = c.req.path.split('/')[at] ?? '';
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  checkReach(c.var.caller, id);
}
