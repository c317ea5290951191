/** The approval of a request's path, for a caller who may see its connection. */
import type { Context } from 'hono';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';
import { type StoredApproval, selectApprovals } from './approvals.ts';

/** @throws Problem `approval-not-found`, also where it is of a connection that the caller may not see. */
export async function approvalOf(sql: Sql | Tx, c: Context<AppEnv>, aid: number): Promise<StoredApproval> {
  const { connections } = c.var.caller;
  const filter = { approval_id: aid, connections, limit: 1 };
  const [found] = await selectApprovals(sql, filter, c.var.services.clock());
  if (found) return found;
  throw problem('approval-not-found', `There is no approval ${aid}. List the approvals.`);
}
