/** What is known of a resource decides, before it is mapped, whether it is: by content, mapping version and version. */
import { describe, expect, it, test } from 'vitest';
import { ByIdentity } from '../../jobs/lines/by-identity.ts';
import { type Entry, type Read, readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import { compareVersions, type Known } from '../../jobs/load/compare/known.ts';
import { sortOut } from '../../jobs/load/compare/sort-out.ts';
import { openLedger } from '../../jobs/load/write/ledger.ts';

const RUN = 7;
const EARLIER_RUN = 6;
const SUBSETTED = {
  tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
};

interface Version {
  readonly year?: number;
  readonly day?: number;
  readonly subsetted?: boolean;
}

/** A line of the Patient p. The year is its content; the day, of March, tells when it was changed last. */
function line({ year = 1950, day, subsetted = false }: Version): string {
  const meta = {
    ...(day === undefined ? {} : { lastUpdated: `2026-03-0${day}T00:00:00Z` }),
    ...(subsetted ? SUBSETTED : {}),
  };
  return JSON.stringify({ resourceType: 'Patient', id: 'p', meta, birthDate: String(year) });
}

function read(lines: readonly string[], position = 100): readonly Entry[] {
  const { entries }: Read = readLines(splitLines(Buffer.from(lines.join('\n')), position, false));
  return entries;
}

/** As the database knows this version: loaded in an earlier run, with mapping version 3, unless something else is said. */
function known(version: Version, more: Partial<Known> = {}): Known {
  const [entry] = read([line(version)]);
  if (!entry) throw new Error('Expected a line that is a resource');
  return {
    ...{ resource_key: 1, resource_type: 'Patient', fhir_id: 'p', row_tables: 1, reason: null },
    ...{ mapping_version_id: 3, outcome: 'loaded', last_run: EARLIER_RUN, incomplete: entry.subsetted },
    content_hash: Buffer.from(entry.hash, 'hex'),
    line_hash: Buffer.from(entry.lineHash, 'hex'),
    last_updated: entry.lastUpdated,
    position: entry.position,
    ...more,
  };
}

type Circumstances = Partial<Parameters<typeof sortOut>[2]>;

/** The years of those that are to be mapped, and what the others are counted as. */
function sorted(versions: readonly Version[], before?: Known, position?: number, more: Circumstances = {}) {
  const counted: string[] = [];
  let extracted = 0;
  const ledger = {
    ...openLedger(),
    extracted: () => void extracted++,
    add: (_type: string, result: string, reason?: string | null) =>
      void counted.push(reason ? `${result}: ${reason}` : result),
  };
  const all = new ByIdentity<Known>();
  if (before) all.set('Patient', 'p', before);
  const context = { runId: RUN, mappingVersionId: 4, alsoCurrent: [3], ...more };
  const { toMap } = sortOut(read(versions.map(line), position), all, context, ledger);
  expect(extracted).toBe(versions.length);
  expect(toMap.length + counted.length).toBe(versions.length);
  for (const one of toMap) expect(one.known).toBe(before);
  return [...toMap.map(({ entry }) => Number(entry.resource['birthDate'])), ...counted];
}

const SUPERSEDED = 'excluded: superseded-in-export';
const WOULD_OVERWRITE = 'excluded: subsetted-would-overwrite';

describe('of two versions', () => {
  const version = (lastUpdated: string | null, position: number) => ({ lastUpdated, position });
  const newer = (a: [string | null, number], b: [string | null, number]) =>
    Math.sign(compareVersions(version(...a), version(...b)));

  test.each<[string, [string | null, number], [string | null, number], number]>([
    [
      'the one changed later is newer, wherever it stands',
      ['2026-03-02T00:00:00Z', 1],
      ['2026-03-01T00:00:00Z', 2],
      1,
    ],
    ['the one changed earlier is older', ['2026-03-01T00:00:00Z', 2], ['2026-03-02T00:00:00Z', 1], -1],
    [
      'times are compared, not their clocks',
      ['2026-03-01T10:00:00+02:00', 2],
      ['2026-03-01T09:00:00Z', 1],
      -1,
    ],
    [
      'changed at once, the later in the export is newer',
      ['2026-03-01T00:00:00Z', 2],
      ['2026-03-01T00:00:00Z', 1],
      1,
    ],
    ['where one tells no time, the later in the export is newer', [null, 2], ['2026-03-02T00:00:00Z', 1], 1],
    ['where the other tells no time, the earlier is older', ['2026-03-02T00:00:00Z', 1], [null, 2], -1],
    ['a time that is none tells none', ['soon', 2], ['2026-03-02T00:00:00Z', 1], 1],
    ['the same is neither', [null, 1], [null, 1], 0],
  ])('%s', (_, a, b, expected) => {
    expect(newer(a, b)).toBe(expected);
  });
});

describe('in one chunk', () => {
  test.each<[string, readonly Version[], unknown[]]>([
    [
      'the version changed later is mapped',
      [
        { year: 1951, day: 2 },
        { year: 1952, day: 1 },
      ],
      [1951, SUPERSEDED],
    ],
    [
      'without times the last is mapped',
      [{ year: 1951 }, { year: 1952 }, { year: 1953 }],
      [1953, SUPERSEDED, SUPERSEDED],
    ],
    ['without times the second of two is mapped', [{ year: 1951 }, { year: 1952 }], [1952, SUPERSEDED]],
    ['the same content twice is unchanged once', [{ year: 1951 }, { year: 1951 }], [1951, 'unchanged']],
    [
      'a complete version is mapped, though an incomplete one is newer and comes later',
      [
        { year: 1951, day: 1 },
        { year: 1952, day: 2, subsetted: true },
      ],
      [1951, WOULD_OVERWRITE],
    ],
    [
      'a complete version is mapped that comes after an incomplete one that is newer',
      [
        { year: 1951, day: 2, subsetted: true },
        { year: 1952, day: 1 },
      ],
      [1952, WOULD_OVERWRITE],
    ],
    [
      'of incomplete versions the newer is mapped',
      [
        { year: 1951, day: 2, subsetted: true },
        { year: 1952, day: 1, subsetted: true },
      ],
      [1951, SUPERSEDED],
    ],
  ])('%s', (_, versions, expected) => {
    expect(sorted(versions)).toEqual(expected);
  });
});

describe('of the same content', () => {
  test.each<[string, Partial<Known>, unknown[]]>([
    ['what is loaded is unchanged, with a mapping version that is as good as this one', {}, ['unchanged']],
    ['what is loaded with this mapping version is unchanged', { mapping_version_id: 4 }, ['unchanged']],
    ['what is loaded with another mapping version is mapped', { mapping_version_id: 2 }, [1950]],
    ['what a rule excluded is unchanged', { outcome: 'excluded' }, ['unchanged']],
    ['what failed is mapped', { outcome: 'failed' }, [1950]],
    ['what is parked is mapped', { outcome: 'parked' }, [1950]],
    ['what failed in this very run is unchanged', { outcome: 'failed', last_run: RUN }, ['unchanged']],
    [
      'what this run has mapped is unchanged, whatever the version',
      { mapping_version_id: 2, last_run: RUN },
      ['unchanged'],
    ],
    ['what has lost its content is mapped', { content_hash: Buffer.alloc(0) }, [1950]],
    ['a line that was written otherwise is unchanged', { line_hash: null }, ['unchanged']],
    [
      'a line that is the same is unchanged, whatever the hash of its content was',
      { content_hash: Buffer.of(0) },
      ['unchanged'],
    ],
  ])('%s', (_, more, expected) => {
    expect(sorted([{}], known({}, more))).toEqual(expected);
  });

  it('an incomplete one of another mapping version is mapped, and overwrites nothing', () => {
    const before = known({ subsetted: true }, { mapping_version_id: 2, incomplete: false });
    expect(sorted([{ subsetted: true }], before)).toEqual([1950]);
  });
});

describe('of another content', () => {
  const CHANGED = { year: 1951, day: 2 };

  test.each<[string, Version, Known, unknown[]]>([
    ['what an earlier run loaded is replaced', CHANGED, known({ day: 1 }), [1951]],
    ['what an earlier run loaded is replaced by what is older, too', CHANGED, known({ day: 3 }), [1951]],
    [
      'an older version in the same run is superseded',
      CHANGED,
      known({ day: 3 }, { last_run: RUN }),
      [SUPERSEDED],
    ],
    [
      'a newer version in the same run is mapped',
      CHANGED,
      known({ day: 1 }, { last_run: RUN, position: 999 }),
      [1951],
    ],
    [
      'of one time in a run the one that stands earlier is superseded',
      CHANGED,
      known({ day: 2 }, { last_run: RUN, position: 101 }),
      [SUPERSEDED],
    ],
    [
      'of one time in a run the one that stands later is mapped',
      CHANGED,
      known({ day: 2 }, { last_run: RUN, position: 99 }),
      [1951],
    ],
    [
      'of one time in a run what stands in the same place, since its file was replaced, is mapped',
      CHANGED,
      known({ day: 2 }, { last_run: RUN, position: 100 }),
      [1951],
    ],
    [
      'an incomplete one never replaces a complete one',
      { ...CHANGED, subsetted: true },
      known({ day: 1 }),
      [WOULD_OVERWRITE],
    ],
    [
      'a complete one replaces an incomplete one that is newer',
      CHANGED,
      known({ day: 3, subsetted: true }),
      [1951],
    ],
    [
      'a complete one replaces an incomplete one of the same run',
      CHANGED,
      known({ day: 3, subsetted: true }, { last_run: RUN }),
      [1951],
    ],
    [
      'of incomplete ones an older is superseded',
      { ...CHANGED, subsetted: true },
      known({ day: 3, subsetted: true }),
      [SUPERSEDED],
    ],
    [
      'of incomplete ones a newer is mapped',
      { ...CHANGED, subsetted: true },
      known({ day: 1, subsetted: true }),
      [1951],
    ],
    [
      'of incomplete ones of one time that of this run is mapped, wherever it stands',
      { ...CHANGED, subsetted: true },
      known({ day: 2, subsetted: true }, { position: 999 }),
      [1951],
    ],
  ])('%s', (_, version, before, expected) => {
    expect(sorted([version], before)).toEqual(expected);
  });
});

describe('of a run beside this one', () => {
  const beside = (read: 'earlier' | 'later'): Circumstances => ({
    overlapping: new Map([[EARLIER_RUN, read]]),
  });
  // As a deletion leaves it: of no version, so any may follow.
  const GONE_NOW = known(
    {},
    { outcome: 'excluded', reason: 'deleted-at-source', content_hash: Buffer.alloc(0), incomplete: true },
  );

  test.each<[string, Version, Known, 'earlier' | 'later', unknown[]]>([
    ['what read later wins, where no time tells', { year: 1951 }, known({}), 'later', [SUPERSEDED]],
    ['what read earlier is replaced, where no time tells', { year: 1951 }, known({}), 'earlier', [1951]],
    [
      'the version changed later is mapped, whoever read later',
      { year: 1951, day: 2 },
      known({ day: 1 }),
      'later',
      [1951],
    ],
    [
      'an older version is superseded, whoever read later',
      { year: 1951, day: 1 },
      known({ day: 2 }),
      'earlier',
      [SUPERSEDED],
    ],
    ['the same content is unchanged', { day: 1 }, known({ day: 1 }), 'later', ['unchanged']],
    ['a deletion that it read later stands', { year: 1951, day: 3 }, GONE_NOW, 'later', [SUPERSEDED]],
    ['a deletion that it read earlier is taken back', { year: 1951, day: 3 }, GONE_NOW, 'earlier', [1951]],
    [
      'what is excluded by a rule is no deletion',
      { year: 1951, day: 3 },
      known({}, { outcome: 'excluded', reason: 'no-value' }),
      'earlier',
      [1951],
    ],
  ])('%s', (_, version, before, read, expected) => {
    expect(sorted([version], before, 100, beside(read))).toEqual(expected);
  });

  it('a deletion of an earlier run that is over does not keep out what is sent now', () => {
    expect(sorted([{ year: 1951 }], GONE_NOW)).toEqual([1951]);
    const other = { overlapping: new Map([[EARLIER_RUN - 1, 'later' as const]]) };
    expect(sorted([{ year: 1951 }], GONE_NOW, 100, other)).toEqual([1951]);
  });
});

it('another version than the one that the run has seen as loaded, and that wins, is superseded', () => {
  expect(sorted([{ year: 1951 }], known({}), 100, { seen: new Set([1]) })).toEqual([SUPERSEDED]);
  expect(sorted([{ year: 1951 }], known({}), 100, { seen: new Set([2]) })).toEqual([1951]);
});

it('what is unchanged is noted by its key where an earlier run has loaded it, and not twice', () => {
  const unchanged = (before: Known) => {
    const all = new ByIdentity<Known>();
    all.set('Patient', 'p', before);
    const context = { runId: RUN, mappingVersionId: 4, alsoCurrent: [3] };
    return sortOut(read([line({})]), all, context, openLedger()).unchanged;
  };
  expect(unchanged(known({}, { resource_key: 12 }))).toEqual([12]);
  expect(unchanged(known({}, { resource_key: 12, last_run: RUN }))).toEqual([]);
});
