/** `npm run conformance [-- --check]`: writes jobs/map/conformance.json, or says that it is out of date. */
import { readFile, writeFile } from 'node:fs/promises';
import { type Manifest, manifest, shown } from './document.ts';

export const FILE = new URL('../../../jobs/map/conformance.json', import.meta.url);

/** As text: an element, or a list of columns, a line. */
export const written = (one: Manifest): string => `${inLines(one, 4)}\n`;

function inLines(value: unknown, levels: number, indent = ''): string {
  if (levels === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const deeper = `${indent}  `;
  const lines = Object.entries(value).map(
    ([name, inner]) => `${deeper}${JSON.stringify(name)}: ${inLines(inner, levels - 1, deeper)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

if (import.meta.main) {
  const text = written(manifest(shown()));
  if (!process.argv.includes('--check')) await writeFile(FILE, text);
  else if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
    console.error('jobs/map/conformance.json is not current: run `npm run conformance` and commit it.');
    process.exitCode = 1;
  }
}
