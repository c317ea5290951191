import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withColumns } from '../../jobs/deid/document.ts';

it('sql/deid/README.md says what becomes of each column', () => {
  const text = readFileSync(join(import.meta.dirname, '../../sql/deid/README.md'), 'utf8');
  expect(withColumns(text)).toBe(text);
});
