/**
 * `<NAME>_FILE` for each secret: the file that it names holds the value, as Docker and Kubernetes mount secrets. A line end
 * behind it is not of it.
 */
import { readFileSync, statSync } from 'node:fs';
import { SECRETS } from './schema.ts';
import type { Environment } from './setting.ts';

const LONGEST_BYTES = 64 * 1024;

export const fileOf = (name: string) => `${name}_FILE`;

/** The environment with what those files hold. A file that cannot be read stays named, for fileFaults to tell. */
export function withFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const found: Record<string, string | undefined> = {};
  for (const name of SECRETS) {
    const path = env[fileOf(name)];
    if (!path || env[name] || faultOf(path) !== undefined) continue;
    found[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    found[fileOf(name)] = undefined;
  }
  return { ...env, ...found };
}

/** What is wrong with files that are still named, for all secrets or for some. */
export function fileFaults(env: Environment, names: readonly string[] = SECRETS): string[] {
  return names.flatMap((name) => {
    const path = env[fileOf(name)];
    if (!path) return [];
    if (env[name]) return [`${name} and ${fileOf(name)} are both set; expected one of them`];
    const fault = faultOf(path);
    return fault === undefined ? [] : [`${fileOf(name)}: ${fault}`];
  });
}

function faultOf(path: string): string | undefined {
  try {
    const { size, mode } = statSync(path);
    if (process.platform !== 'win32' && mode & 0o002)
      return `expected a file that not everybody on this machine may write. Run: chmod o-w '${path}'`;
    if (size > LONGEST_BYTES)
      return `expected a file of at most ${LONGEST_BYTES} bytes, that one has ${size}`;
    return readFileSync(path, 'utf8').trim() === ''
      ? 'expected a file with the secret, that one is empty'
      : undefined;
  } catch (error) {
    const code: unknown = error instanceof Error && Reflect.get(error, 'code');
    return `expected a file that can be read (${String(code || 'unknown')})`;
  }
}
