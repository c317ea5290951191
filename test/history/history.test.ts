/**
 * Incremental equals full: whatever happens at an EHR and however the syncs fall in between, the CDM at the
 * end is the one that a first full sync of the EHR's last state makes. `npm run soak` plays more histories
 * than the suite, and so does `npm run histories` with HISTORIES=n and SEED=s. A failure prints the seed and
 * the smallest history found.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { inLongRun, LONG_RUN, short } from '../long-run.ts';
import { openTestWorld } from '../world/world.ts';
import { type Event, history, playHistory } from './play.ts';
import { makeResource } from './records.ts';

const world = await openTestWorld();
afterAll(() => world.close());

const runs = Number(process.env['HISTORIES'] ?? (LONG_RUN ? 12 : 1));
const seed = Number(process.env['SEED'] ?? 20261120);

const plain = Array.from({ length: 12 }, () => 0);
const put = (type: string, id: string, choice = plain): Event => ({
  kind: 'put',
  place: { type, id },
  choice,
});
const sync: Event = { kind: 'sync', full: false, doubled: false, twice: false };

/** Histories that once ended differently. */
const FOUND = short<[Event[]]>(
  [
    // A parked order whose Medication loses its code would be excluded by a full sync.
    [
      [
        put('Medication', 'm1'),
        put('MedicationRequest', 'r1'),
        sync,
        put('Medication', 'm1', [7, ...plain]),
        sync,
      ],
    ],
    // A diagnosis of one patient in another one's stay, which stops being a part, or becomes part of another
    // one.
    ...[0, 2].map((partOf): [Event[]] => [
      [
        ...[put('Patient', 'a'), put('Patient', 'c'), put('Encounter', 'e1'), put('Encounter', 'e2')],
        put('Encounter', 'e3', [0, 0, 0, 0, 3, 0, 0, 0, 0]),
        ...[put('Condition', 'c2', [2, 2, ...plain]), sync],
        ...[put('Encounter', 'e3', [0, 0, 0, 0, partOf, 0, 0, 0, 0]), sync],
      ],
    ]),
    // A visit that was none, in one chunk with a part of it that is new.
    [
      [
        ...[put('Patient', 'a'), put('Encounter', 'e2'), sync],
        ...[put('Encounter', 'e2', [2, ...plain]), put('Encounter', 'e3', [0, 0, 0, 0, 3, 0, 0, 0, 0]), sync],
      ],
    ],
  ],
  1,
);

describe('a history of creations, changes, deletions, merges and late references', () => {
  it('synced in portions leaves what one full sync of its end leaves', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        expect(await playHistory(world, events)).toEqual([]);
      }),
      {
        numRuns: runs + FOUND.length,
        seed,
        examples: [...FOUND],
        ...(process.env['FROM'] ? { path: process.env['FROM'] } : {}),
        interruptAfterTimeLimit: 1_800_000,
      },
    );
  }, 3_600_000);

  inLongRun(it)(
    'does so, too, where no resource says when it changed, as at an Epic',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (events) => {
          expect(await playHistory(world, events, { lastUpdated: false })).toEqual([]);
        }),
        { numRuns: Math.ceil(runs / 3), seed, interruptAfterTimeLimit: 1_800_000 },
      );
    },
    3_600_000,
  );
});

describe('the histories', () => {
  it('hold each of what may happen at an EHR, all of it within few of them', () => {
    const met = new Set(fc.sample(history, { seed, numRuns: 20 }).flatMap(happenings));
    expect([...met].sort()).toEqual(
      [
        ...['change', 'code of another domain', 'creation', 'deletion', 'doubled lines', 'everything again'],
        ...['merge of patients', 'reference before its target', 'release', 'return after a deletion'],
      ].sort(),
    );
  });
});

/** What happens in a history, told from what the last sync has seen. */
function happenings(events: readonly Event[]): string[] {
  const found: string[] = [];
  const now = new Map<string, Resource>();
  const deleted = new Set<string>();
  let seen = new Map<string, Resource>();
  for (const event of events) {
    if (event.kind === 'release') found.push('release');
    if (event.kind === 'sync') {
      if (event.doubled) found.push('doubled lines');
      if (event.twice) found.push('everything again');
      seen = new Map(now);
    }
    if (event.kind !== 'put' && event.kind !== 'remove') continue;
    const name = `${event.place.type}/${event.place.id}`;
    const before = seen.get(name);
    if (event.kind === 'remove') {
      if (now.delete(name) && before) {
        found.push('deletion');
        deleted.add(name);
      }
      continue;
    }
    const resource = makeResource(event.place, event.choice);
    now.set(name, resource);
    if (deleted.has(name)) found.push('return after a deletion');
    if (!before) found.push('creation');
    if (!before && [...seen.values()].some((one) => JSON.stringify(one).includes(`"${name}"`)))
      found.push('reference before its target');
    if (before && JSON.stringify(before) !== JSON.stringify(resource)) found.push('change');
    const domains = [before, resource].map((one) => DOMAINS[codeOf(one)]);
    if (domains[0] && domains[1] && domains[0] !== domains[1]) found.push('code of another domain');
    if (resource['active'] === false && resource['link']) found.push('merge of patients');
  }
  return found;
}

const codeOf = (resource: Resource | undefined): string =>
  /"code":\{"coding":\[\{"system":"[^"]*","code":"([^"]+)"/.exec(JSON.stringify(resource) ?? '')?.[1] ?? '';

/** The domains of these codes in the demo vocabulary. */
const DOMAINS: Record<string, string> = {
  ...{ '44054006': 'Condition', '73761001': 'Procedure', '305351004': 'Observation' },
  ...{ '127783003': 'Measurement', '8867-4': 'Measurement', '4548-4': 'Measurement' },
};
