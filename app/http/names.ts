/**
 * What the server is called. A web page whose name was made to point at this server (DNS rebinding) speaks to it as if
 * it were its own: the browser then sends the page's name as Host, which is none of ours.
 */
import { isAddress } from './proxies.ts';

/**
 * Whether a request for this host ("name", "name:port", "[::1]:port") means us. An IP address does, since no page gets
 * one for a name by rebinding, and so does localhost; any other name only when the settings have it.
 */
export function isOurName(host: string, names: ReadonlySet<string>): boolean {
  const name = nameOf(host);
  if (name === undefined) return false;
  return isAddress(name) || name === 'localhost' || name.endsWith('.localhost') || names.has(name);
}

/** The name in lower case, without port, brackets and the dot at its end; undefined where it is none. */
function nameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a page of `origin` is one of ours: the same host and port as the request's. `null` (sandboxed frames, files)
 * is not.
 */
export function isOurOrigin(
  origin: string,
  hosts: readonly string[],
  publicUrl: string | undefined,
): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (publicUrl !== undefined && page.origin === new URL(publicUrl).origin) return true;
  return hosts.some((host) => page.host !== '' && page.host === host.toLowerCase());
}
