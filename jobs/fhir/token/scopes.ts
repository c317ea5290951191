/**
 * Whether a server granted less than was asked for. Servers drop scopes without a word and the export then lacks
 * those types, so it must be seen. Understands v1 (`system/Patient.read`) and v2 (`system/Patient.rs`) scopes.
 *
 * A wildcard may be granted as the list of what it stands for on that server. Where the connection says what it exports,
 * that is compared type by type; where it does not, nobody can tell whether a type is missing from the list.
 */
interface Scope {
  readonly context: string;
  readonly type: string;
  readonly permissions: string;
}

/** The requested scopes that the granted ones do not cover; of a wildcard, those of the exported types that lack one. */
export function scopesNotGranted(
  requested: string,
  granted: string,
  exported: readonly string[] = [],
): string[] {
  const have = words(granted);
  const read = have.map(readScope).filter((scope) => scope !== undefined);
  const missing = words(requested).flatMap((text) => {
    if (have.includes(text)) return [];
    const wanted = readScope(text);
    if (!wanted) return [text];
    if (isCovered(wanted, read)) return [];
    if (wanted.type !== '*' || exported.length === 0) return [text];
    return exported
      .filter((type) => !isCovered({ ...wanted, type }, read))
      .map((type) => text.replace('*', type));
  });
  return [...new Set(missing)];
}

/** Several scopes may make up the permissions of one, as in "system/Patient.r system/Patient.s". */
function isCovered(wanted: Scope, granted: readonly Scope[]): boolean {
  const about = granted.filter(
    ({ context, type }) => context === wanted.context && (type === '*' || type === wanted.type),
  );
  return [...wanted.permissions].every((one) => about.some(({ permissions }) => permissions.includes(one)));
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
