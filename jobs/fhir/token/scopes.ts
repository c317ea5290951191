/**
 * Whether a server granted less than was asked for. Servers drop scopes without a word and the export then lacks
 * those types, so it must be seen. Understands v1 (`system/Patient.read`) and v2 (`system/Patient.rs`) scopes.
 */
interface Scope {
  readonly context: string;
  readonly type: string;
  readonly permissions: string;
}

/** The requested scopes that no granted one covers. */
export function scopesNotGranted(requested: string, granted: string): string[] {
  const have = words(granted);
  const read = have.map(readScope).filter((scope) => scope !== undefined);
  return words(requested).filter((text) => {
    if (have.includes(text)) return false;
    const wanted = readScope(text);
    return !wanted || !read.some((scope) => covers(scope, wanted));
  });
}

function covers(have: Scope, wanted: Scope): boolean {
  return (
    have.context === wanted.context &&
    (have.type === '*' || have.type === wanted.type) &&
    [...wanted.permissions].every((permission) => have.permissions.includes(permission))
  );
}

function readScope(text: string): Scope | undefined {
  const parts = /^(system|user|patient)\/([A-Za-z]+|\*)\.(read|write|\*|[cruds]+)(\?.*)?$/.exec(text);
  const [, context, type, access, filter] = parts ?? [];
  if (!context || !type || !access || filter) return undefined;
  const permissions = { read: 'rs', write: 'cud', '*': 'cruds' }[access] ?? access;
  return { context, type, permissions };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
