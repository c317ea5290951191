/** SMART scopes of the kinds that a backend service has: `system/Patient.read` (v1), `system/Patient.rs` (v2). */

interface Scope {
  readonly type: string;
  readonly permissions: string;
}

/** Of what was asked for, what a client registered with `registered` gets. It may be less than asked for. */
export function grant(requested: readonly string[], registered: readonly string[]): string[] {
  const granted = new Set<string>();
  for (const text of requested) {
    const wanted = parseScope(text);
    if (wanted === undefined) continue;
    for (const allowed of registered.map(parseScope)) {
      if (allowed === undefined || !includesAll(allowed.permissions, wanted.permissions)) continue;
      if (allowed.type === '*' || allowed.type === wanted.type) granted.add(text);
      else if (wanted.type === '*') granted.add(text.replace('*', allowed.type));
    }
  }
  return [...granted];
}

/** Whether the scopes allow to export that type; `*` asks for all types. */
export function mayRead(scopes: readonly string[], type: string): boolean {
  return scopes.some((text) => {
    const scope = parseScope(text);
    return (
      scope !== undefined &&
      includesAll(scope.permissions, 'rs') &&
      (scope.type === '*' || scope.type === type)
    );
  });
}

function parseScope(text: string): Scope | undefined {
  const [, type, permissions] =
    /^system\/(\*|[A-Z][A-Za-z]+)\.(read|\*|c?r?u?d?s?)(?:\?.*)?$/.exec(text) ?? [];
  if (type === undefined || permissions === undefined || permissions === '') return undefined;
  if (permissions === 'read') return { type, permissions: 'rs' };
  return { type, permissions: permissions === '*' ? 'cruds' : permissions };
}

function includesAll(have: string, want: string): boolean {
  return [...want].every((letter) => have.includes(letter));
}
