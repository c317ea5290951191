/** Where a person goes after the sign-in: a page of this server, whatever the address that brought them says. */

export const HOME = '/admin';
const LONGEST = 500;

/** The path and query, if it is a page of this server; else the first page. */
export function localPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/')) return HOME;
  // Browsers read "/\host" and "/<tab>/host" as "//host", which is another server: so does URL.
  const base = 'http://this.invalid';
  if (!URL.canParse(given, base)) return HOME;
  const url = new URL(given, base);
  const path = `${url.pathname}${url.search}`;
  return url.origin === base && !path.startsWith('//') && path.length <= LONGEST ? path : HOME;
}
