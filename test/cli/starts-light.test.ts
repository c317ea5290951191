/** Help, completion and commands to a server load neither the engine nor the API: each command starts by this. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../app/cli/main.ts', import.meta.url));
const STATIC = /^(?:import|export)\s+(?!type\b)[^;]*?from '([^']+)';/gm;

/** By package, through which files it is reached by static imports alone. */
function packagesOf(main: string): ReadonlyMap<string, readonly string[]> {
  const seen = new Set<string>();
  const found = new Map<string, readonly string[]>();
  const look = (file: string, way: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const here = [...way, file.split('/').slice(-3).join('/')];
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(STATIC)) {
      if (name.endsWith('.ts')) look(join(dirname(file), name), here);
      else if (!name.startsWith('.') && !found.has(name)) found.set(name, here);
    }
  };
  look(main, []);
  return found;
}

it('reaches no database, queue or server by what it imports at its start', () => {
  const packages = packagesOf(MAIN);
  // That imports are found at all.
  expect(packages.has('@commander-js/extra-typings')).toBe(true);
  const heavy = ['postgres', 'pg-boss', 'hono', '@hono/zod-openapi', 'cron-parser', 'pino', 'jose'];
  expect(heavy.filter((name) => packages.has(name)).map((name) => [name, packages.get(name)])).toEqual([]);
});
