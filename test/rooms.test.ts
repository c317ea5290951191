/**
 * The rooms of the code and the one direction in which they know each other: a file imports what stands in its own room
 * or in one further down this list. Imports of types count too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From what knows everything to what knows nothing. Rooms on one line do not know each other. */
const ROOMS: readonly (readonly string[])[] = [
  ['app'],
  ['jobs'],
  ['jobs/threads'],
  ['jobs/operator', 'jobs/schedule'],
  [
    ...[
      'jobs/1-export',
      'jobs/1-unpack',
      'jobs/2-poll',
      'jobs/3-crawl',
      'jobs/3-download',
      'jobs/4-map',
      'jobs/4-hydrate',
      'jobs/5-settle',
    ],
    'jobs/6-close',
  ],
  ['jobs/remap'],
  ['jobs/import'],
  ['jobs/run'],
  ['jobs/alerts'],
  // What a step is given names a piece of most rooms, so it stands above them; the rest of jobs/step stands below.
  ['jobs/step/handler.ts'],
  ['jobs/step/deps.ts'],
  ['jobs/snapshot', 'jobs/cohorts'],
  ['jobs/load', 'jobs/quality', 'jobs/deid', 'jobs/alerts/webhook.ts'],
  ['jobs/derive', 'jobs/vocabulary', 'jobs/fhir'],
  ['jobs/connection', 'jobs/record'],
  ['jobs/outbound'],
  ['jobs/lines', 'jobs/step'],
  ['jobs/map'],
  ['sql'],
];

const OPERATOR = 'jobs/operator';
const MAY_ENTER_OPERATOR = ['app', 'jobs/pipeline.ts'];

const ROOT = join(import.meta.dirname, '..');
const files = ['app', 'jobs', 'sql'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

/** File and what it imports of this project. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const found = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)];
    return [file, found.map((match) => normalize(join(dirname(file), match[1] ?? '')))];
  }),
);

const everyImport = [...imports].flatMap(([from, all]) => all.map((to) => ({ from, to })));
const shown = ({ from, to }: { from: string; to: string }) => `${from} imports ${to}`;

function roomOf(file: string): { readonly level: number; readonly room: string } {
  let best = { level: -1, room: '' };
  for (const [level, rooms] of ROOMS.entries()) {
    for (const room of rooms) {
      const holds = file === room || file.startsWith(`${room}/`);
      if (holds && room.length > best.room.length) best = { level, room };
    }
  }
  return best;
}

describe('the rooms of the code', () => {
  it('hold every file', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => roomOf(file).level === -1)).toEqual([]);
  });

  it('hold no folder that the list does not know', () => {
    const known = new Set(ROOMS.flat());
    const folders = readdirSync(join(ROOT, 'jobs'), { withFileTypes: true });
    expect(
      folders
        .filter((one) => one.isDirectory())
        .map((one) => `jobs/${one.name}`)
        .filter((room) => !known.has(room)),
    ).toEqual([]);
  });

  it('know only what lies below them, so that no step imports another step', () => {
    const upward = everyImport.filter(({ from, to }) => {
      if (!imports.has(to)) return false;
      const [here, there] = [roomOf(from), roomOf(to)];
      return here.room !== there.room && there.level <= here.level;
    });
    expect(upward.map(shown)).toEqual([]);
  });

  it('leave what an operator asks for to the API and the pipeline', () => {
    const others = everyImport.filter(
      ({ from, to }) =>
        to.startsWith(`${OPERATOR}/`) &&
        ![...MAY_ENTER_OPERATOR, OPERATOR].some((one) => from === one || from.startsWith(`${one}/`)),
    );
    expect(others.map(shown)).toEqual([]);
  });

  it('have no circles of files', () => {
    expect(circles()).toEqual([]);
  });
});

/** Paths that lead back to where they began. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}
