/**
 * Roles are of the whole server, on which two files of tests run at once: whoever makes some does it under schemas of
 * names of its own, and drops them.
 */
import { randomBytes } from 'node:crypto';
import type { Schemas } from '../../sql/connect.ts';
import { ROLES, roleName } from '../../sql/roles.ts';

/** In no other file, and in no other run on the same server. */
export const ownName = (prefix: string): string => `${prefix}_${randomBytes(4).toString('hex')}`;

export function ownSchemas(id: string = randomBytes(4).toString('hex')): Schemas {
  return { cdm: `cdm_${id}`, sync: `sync_${id}`, queue: `queue_${id}` };
}

interface Client {
  unsafe(statement: string): PromiseLike<unknown>;
}

export async function dropRoles(sql: Client, schemas: Schemas): Promise<void> {
  for (const role of ROLES) {
    const name = roleName(schemas, role);
    await sql.unsafe(`drop owned by ${name}; drop role ${name}`);
  }
}
