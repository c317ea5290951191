/** Which events of the record are meant. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export const AUDIT_OPTIONS = {
  actor: ['--actor <name>', 'only by this one'],
  action: ['--action <name>', 'only of this kind, such as run.start'],
  object: ['--object <name>', 'only about this, such as connection/3'],
  since: ['--since <time>', 'only from this time on, as 2026-11-29T08:00:00Z'],
  until: ['--until <time>', 'only before this time'],
} as const;

type Given = { readonly [K in keyof AuditFilter]?: string };

export function auditQuery({ actor, action, object, since, until }: AuditFilter): Given {
  const given = Object.entries({ actor, action, object, since, until }).filter(([, value]) => value);
  return Object.fromEntries(given);
}
