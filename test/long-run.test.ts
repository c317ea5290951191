/** vitest.config.ts finds what is left out of the suite by one import in the test file itself: nothing may hide from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const KNOWN = ['long-run.ts', 'long-run.test.ts'];
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !KNOWN.includes(file),
);
const those = (what: RegExp) =>
  files.filter((file) => what.test(readFileSync(join(import.meta.dirname, file), 'utf8')));

it('what the suite leaves out is left to the long run by the file of the test itself', () => {
  const left = those(/long-run\.ts'/);
  expect(left.length).toBeGreaterThan(5);
  expect(left.filter((file) => !file.endsWith('.test.ts'))).toEqual([]);
  expect(those(/\bSOAK\b/)).toEqual([]);
});
