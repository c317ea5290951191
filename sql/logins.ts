/**
 * Logins of the embedded server for the program's own work. Its superuser migrates and loads vocabularies; all else is
 * done by a login that may only what its role may.
 */
import { createHmac } from 'node:crypto';
import type { Schemas, Tx } from './connect.ts';
import { type Role, roleName } from './roles.ts';
import { lockSchemaInTx } from './schema-lock.ts';

export interface Login {
  readonly role: Role;
  readonly name: string;
  readonly password: string;
}

/** Made from the superuser's password, so that nothing more is kept; nobody gets from one of them to another. */
export function loginOf(role: Role, schemas: Schemas, secret: string): Login {
  const name = `${roleName(schemas, role)}_login`;
  return { role, name, password: createHmac('sha256', secret).update(name).digest('hex') };
}

/** The same database as this login sees it. */
export function urlAs(url: string, { name, password }: Login): string {
  const changed = new URL(url);
  changed.username = name;
  changed.password = password;
  return changed.href;
}

/** Makes the logins that are missing. Their roles must be there. */
export async function makeLoginsInTx(tx: Tx, schemas: Schemas, logins: readonly Login[]): Promise<void> {
  await lockSchemaInTx(tx);
  for (const { role, name, password } of logins) {
    const there = await tx`select 1 from pg_roles where rolname = ${name}`;
    if (there.length > 0) continue;
    // Both are ours: a schema's name in lower case, and hexadecimal digits.
    await tx.unsafe(
      `create role "${name}" login password '${password}' in role "${roleName(schemas, role)}"`,
    );
  }
}
