/**
 * Incremental equals full: whatever happens at an EHR and however the syncs fall in between, the CDM at the end is the
 * one that a first full sync of the EHR's last state makes. More histories than the suite's: `npm run histories`, with
 * HISTORIES=n and SEED=s; a failure prints the seed and the smallest history found.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openTestWorld } from '../pipeline/world.ts';
import { type Event, history, playHistory } from './play.ts';

const world = await openTestWorld();
afterAll(() => world.close());

const runs = Number(process.env['HISTORIES'] ?? 8);
const seed = Number(process.env['SEED'] ?? 20261120);

const plain = Array.from({ length: 12 }, () => 0);
const put = (type: string, id: string, choice = plain): Event => ({
  kind: 'put',
  place: { type, id },
  choice,
});
const sync: Event = { kind: 'sync', full: false, twice: false };

/** Histories that once ended differently. */
const FOUND: [Event[]][] = [
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
  // A diagnosis of one patient in another one's stay, which stops being a part, or becomes part of another one.
  ...[0, 2].map((partOf): [Event[]] => [
    [
      ...[put('Patient', 'a'), put('Patient', 'c'), put('Encounter', 'e1'), put('Encounter', 'e2')],
      put('Encounter', 'e3', [0, 0, 0, 0, 3, 0, 0, 0, 0]),
      ...[put('Condition', 'c2', [2, 2, ...plain]), sync],
      ...[put('Encounter', 'e3', [0, 0, 0, 0, partOf, 0, 0, 0, 0]), sync],
    ],
  ]),
];

describe('a history of creations, changes, deletions, merges and late references', () => {
  it('synced in portions leaves what one full sync of its end leaves', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        expect(await playHistory(world, events)).toEqual([]);
      }),
      {
        numRuns: runs + FOUND.length,
        seed,
        examples: FOUND,
        ...(process.env['FROM'] ? { path: process.env['FROM'] } : {}),
        interruptAfterTimeLimit: 1_800_000,
      },
    );
  }, 3_600_000);
});
