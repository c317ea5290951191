import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const TESTS = join(import.meta.dirname, 'test');

/** Files of which the suite runs a part, and the long run all. */
const inBoth = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => /from '.*\/long-run\.ts'/.test(readFileSync(join(TESTS, file), 'utf8')))
  .map((file) => `test/${file}`);

/** `npm run soak`: what takes long, and the whole of what the suite runs a part of. */
const SOAK = ['test/**/*.soak.ts', ...inBoth];

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'soak' ? SOAK : ['test/**/*.test.ts'],
    env: {
      ...(mode === 'soak' ? { SOAK: '1' } : {}),
      // Tests start many processes of ours: what V8 compiled once serves them all.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled'),
    },
    globalSetup: ['test/postgres.ts'],
    pool: 'forks',
    // With the Postgres that they share they fill two cores: three at a time took 304 s where two took 294.
    maxWorkers: 2,
    // Loading the program anew for each file is a quarter of the suite: files share what modules hold, and no more. Long
    // tests measure memory, so each of their files has a process of its own.
    isolate: mode === 'soak',
    // Of a test that hangs: how fast a machine is decides nothing.
    testTimeout: mode === 'soak' ? 900_000 : 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 120_000 } },
    // Names where the output is kept, dots for whoever watches.
    reporters: process.stdout.isTTY && !process.env['CI'] ? ['dot'] : ['default'],
  },
}));
