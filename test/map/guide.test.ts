/** What GUIDE.md says of our side of each edge is what the manifest (conformance.json) says of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../jobs/quality/dashboard/cdm-fields.ts';
import type { Manifest } from './conformance/document.ts';
import { GUIDE_EDGES } from './guide-edges.ts';

const textOf = (name: string): string =>
  readFileSync(new URL(`../../jobs/map/${name}`, import.meta.url), 'utf8');
const guide = textOf('GUIDE.md');
const manifest: Manifest = JSON.parse(textOf('conformance.json'));
const quoted = (text = ''): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

interface Edge {
  readonly map: string;
  readonly type: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly elements: readonly string[];
}

const maps = [...guide.matchAll(/^### (\w+): (\w+) → (\w+)\n([^#]*)/gm)];
const edges = maps.flatMap(([, map = '', type = '', table = '', rows = '']): readonly Edge[] =>
  rows
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split('|');
      return { map, type, table, columns: quoted(cells[1]), elements: quoted(cells[3]) };
    }),
);

describe('the page on the guide', () => {
  it('has all of its twelve maps', () => {
    expect(new Set(maps.map(([, name]) => name)).size).toBe(12);
    expect(edges.length).toBeGreaterThan(40);
  });

  it('names columns of the CDM', () => {
    const fields = new Set(FIELDS.map(({ table, field }) => `${table}.${field}`));
    const named = edges.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`));
    expect(named.filter((column) => !fields.has(column))).toEqual([]);
  });

  it('names as ours only elements that fill one of the columns', () => {
    const wrong = edges.flatMap(({ type, table, columns, elements }) =>
      elements
        .filter((name) => {
          const { columns: usual = {}, bySetting = {} } = manifest.resources[type]?.elements[name] ?? {};
          const filled = [usual, ...Object.values(bySetting)].flatMap((one) => one[table] ?? []);
          return !columns.some((column) => filled.includes(column));
        })
        .map((name) => `${type}.${name} → ${columns.join(', ')}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is silent only on edges that are the same here: the element fills that column', () => {
    const shapes = new Map(maps.map(([, map = '', type = '', table = '']) => [map, { type, table }]));
    const topics = guide.slice(0, guide.indexOf('## The maps'));
    const silent = GUIDE_EDGES.filter(({ map, column, element, general }) => {
      if (general !== undefined && topics.includes(`\n| ${general} |`)) return false;
      if (edges.some((edge) => edge.map === map && edge.columns.includes(column))) return false;
      const { type = '', table = '' } = shapes.get(map) ?? {};
      return !manifest.resources[type]?.elements[element]?.columns?.[table]?.includes(column);
    });
    expect(silent.map(({ map, column, element }) => `${map}: ${element} → ${column}`)).toEqual([]);
    expect(new Set(GUIDE_EDGES.map(({ map }) => map)).size).toBe(12);
    expect(GUIDE_EDGES.length).toBeGreaterThan(120);
  });

  it('names each departure once', () => {
    const part = guide.slice(guide.indexOf('## Departures'), guide.indexOf('## The maps'));
    const topics = part
      .split('\n')
      .filter((line) => /^\| [^-]/.test(line))
      .map((line) => line.split('|')[1]?.trim());
    expect(topics.length).toBeGreaterThan(20);
    expect(topics.filter((topic, n) => topics.indexOf(topic) !== n)).toEqual([]);
  });
});
