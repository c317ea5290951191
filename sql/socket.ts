/**
 * A database on this machine may be reached by a Unix socket, past the network's part of the kernel, which takes a
 * twentieth of a worker that loads. As in libpq, the folder of the socket stands in the URL as `host`:
 * `postgres:///omop?host=/var/run/postgresql`. The client of the queue reads that by itself, postgres.js does not.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that the URL names, and the URL without it. */
export function readSocket(url: string): { readonly url: string; readonly folder: string | undefined } {
  const [address = '', query = ''] = url.split(/\?(.*)/s, 2);
  const asked = new URLSearchParams(query);
  const folder = asked.get('host') ?? undefined;
  if (!folder?.startsWith('/')) return { url, folder: undefined };
  asked.delete('host');
  const rest = asked.toString();
  return { url: rest ? `${address}?${rest}` : address, folder };
}

/** The same database by the socket in this folder, where the server has made one there that can be reached. */
export function bySocket(url: string, folder: string): string {
  const { port, searchParams } = new URL(url);
  const path = join(folder, `.s.PGSQL.${port}`);
  // postgres.js takes these two characters for the ends of a host.
  if (/[,:]/.test(path) || Buffer.byteLength(path) > LONGEST_PATH || !isSocket(path)) return url;
  searchParams.set('host', folder);
  return `${url.split('?')[0]}?${searchParams}`;
}

const isSocket = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() === true;

/** What macOS allows, where Linux allows four bytes more. */
const LONGEST_PATH = 103;
