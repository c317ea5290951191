/** The page that leads from a column to its code (jobs/map/COLUMNS.md) names files that exist and hold what it says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'jobs/map/COLUMNS.md'), 'utf8');
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
const isFile = (name: string) => /\.(ts|sql)$/.test(name);

/** Names of the page count from jobs/map; those with a longer path from jobs or the project. */
function placeOf(name: string): string | undefined {
  return [join(ROOT, 'jobs/map', name), join(ROOT, 'jobs', name), join(ROOT, name)].find(existsSync);
}

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (---|table|part)/.test(line))
  .map((line) => line.split('|').slice(1, -1));

/** Tables and columns as the loader knows them. */
const cdm = readFileSync(join(ROOT, 'jobs/map/cdm/rows.ts'), 'utf8');
const eventRows = readFileSync(join(ROOT, 'jobs/map/cdm/event-rows.ts'), 'utf8');

describe('the page from columns to code', () => {
  it('names only files that are there', () => {
    const files = quoted(page).filter(isFile);
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((name) => placeOf(name) === undefined)).toEqual([]);
  });

  it('names functions where they are', () => {
    const wrong = rows.flatMap(([, , where = '']) => {
      const names = quoted(where);
      const texts = names.filter(isFile).map((name) => readFileSync(placeOf(name) ?? '', 'utf8'));
      return names.filter((name) => !isFile(name) && !texts.some((text) => text.includes(name)));
    });
    expect(wrong).toEqual([]);
  });

  it('names for each table columns that one of its files writes', () => {
    const wrong = rows
      .filter(([table = '']) => /^ [a-z_]+ $/.test(table))
      .flatMap(([table = '', columns = '', where = '']) => {
        const texts = quoted(where)
          .filter(isFile)
          .map((name) => readFileSync(placeOf(name) ?? '', 'utf8'));
        return quoted(columns)
          .filter((column) => !texts.some((text) => text.includes(column)))
          .map((column) => `${table.trim()}.${column}`);
      });
    expect(wrong).toEqual([]);
  });

  it('leaves out no column that an event fills', () => {
    const filled = [...eventRows.matchAll(/^ {6}([a-z_0-9]+):/gm)].map((match) => match[1] ?? '');
    expect(filled.length).toBeGreaterThan(80);
    const patterns = rows
      .flatMap(([, columns = '']) => quoted(columns))
      .map((name) => new RegExp(`^${name.replaceAll('*', '.*')}$`));
    const missing = [...new Set(filled)].filter(
      (column) => !patterns.some((pattern) => pattern.test(column)),
    );
    expect(missing).toEqual([]);
    expect(filled.filter((column) => !cdm.includes(column) && !/_concept_id$/.test(column))).toEqual([]);
  });
});
