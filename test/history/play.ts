/**
 * Plays a history at a simulated EHR, with syncs in between. Then it compares what these syncs left in the
 * CDM with what a first full sync of the same EHR makes of its last state. The two must be equal, row by row,
 * column by column.
 */
import fc from 'fast-check';
import { loadRelease, type Release } from '../remap/release.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { unmappedCounts } from '../world/unmapped-counts.ts';
import { startRemap } from '../world/verbs.ts';
import { drain, runOf, type World } from '../world/world.ts';
import { type Choice, makeResource, PLACES, type Place } from './records.ts';

export type Event =
  | { readonly kind: 'put'; readonly place: Place; readonly choice: Choice }
  | { readonly kind: 'remove'; readonly place: Place }
  /**
   * `doubled`: the server sends each line twice; `twice`: everything comes once more afterwards, doubled too.
   */
  | { readonly kind: 'sync'; readonly full: boolean; readonly doubled: boolean; readonly twice: boolean }
  /** Another release is loaded. With `remap` it is applied at once to what is here, otherwise later. */
  | { readonly kind: 'release'; readonly edits: readonly number[]; readonly remap: boolean };

/** What a release may do to the codes of the records. */
const EDITS: readonly ((release: Release) => void)[] = [
  (release) => release.move('SNOMED', '44054006', 'Observation'),
  (release) => release.move('LOINC', '8867-4', 'Observation'),
  (release) => release.retire('LOINC', '4548-4'),
  (release) => release.retire('UCUM', '/min'),
  (release) => release.mapTo('SNOMED', '73761001', ['SNOMED', '44054006'], ['SNOMED', '127783003']),
  (release) => release.mapTo('RxNorm', '310798', ['RxNorm', '314231']),
];

const place = fc.constantFrom(...PLACES);
/**
 * As many numbers as a record's longest list of choices. Most are the plain choice, since nothing would get
 * loaded otherwise.
 */
const choice = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
  { minLength: 12, maxLength: 12 },
);

const put = fc.record({ kind: fc.constant('put' as const), place, choice });
const remove = fc.record({ kind: fc.constant('remove' as const), place });
const sync = fc.record({
  kind: fc.constant('sync' as const),
  full: fc.boolean(),
  doubled: fc.boolean(),
  twice: fc.boolean(),
});
const release = fc.record({
  kind: fc.constant('release' as const),
  edits: fc.subarray(EDITS.map((_, index) => index)),
  remap: fc.boolean(),
});

/** A history: at first some of the records in any order, then whatever happens. */
export const history: fc.Arbitrary<Event[]> = fc
  .tuple(
    fc.shuffledSubarray(PLACES as Place[], { minLength: 4 }),
    fc.array(choice, { minLength: PLACES.length, maxLength: PLACES.length }),
    fc.array(
      fc.oneof(
        { weight: 20, arbitrary: put },
        { weight: 4, arbitrary: remove },
        { weight: 8, arbitrary: sync },
        { weight: 1, arbitrary: release },
      ),
      { minLength: 3, maxLength: 40, size: 'max' },
    ),
  )
  .map(([places, choices, events]) => [
    ...places.map((one, index): Event => ({ kind: 'put', place: one, choice: choices[index] ?? [0] })),
    ...events,
  ]);

/** `lastUpdated`: whether resources say when they changed. Differences, as lines; none when all is well. */
export async function playHistory(
  world: World,
  events: readonly Event[],
  { lastUpdated = true }: { readonly lastUpdated?: boolean } = {},
): Promise<string[]> {
  const { sql, clock, deps } = world;
  const site = await world.site({
    ...{ lastUpdated, maxPerFile: 3, config: { limits: { chunk_bytes: 1024 } } },
  });
  const { ehr } = site;
  const before = [...(await orphans(sql)), ...(await leftovers(sql))];
  let removed = false;
  /** Whether a release is loaded that has not been applied to what is here. */
  let stale = false;
  const found: string[] = [];
  const remap = async () => {
    const { run_id } = await startRemap(deps, { connection_id: site.id, triggered_by: 'test' });
    await drain(deps, clock);
    const run = await runOf(sql, run_id);
    stale = false;
    if (run['status'] !== 'completed') found.push(`a remap ended ${run['status']}: ${run['error_code']}`);
    await compareCounts(site.id);
  };
  /** What is kept of the worklist by changes is what counting all of it gives. */
  const compareCounts = async (connectionId: number) => {
    const { kept, anew } = await unmappedCounts(sql, connectionId);
    const [lines, expected] = [kept, anew].map((rows) => rows.map((row) => JSON.stringify(row)));
    found.push(...difference('after a run', { worklist: expected ?? [] }, { worklist: lines ?? [] }));
  };
  const sync = async (full: boolean, doubled: boolean, twice: boolean) => {
    if (doubled) sendEachLineTwice();
    // Deletions are told relative to _since only, so a full sync after one would not hear of it.
    const run = await site.sync({ full: full && !removed });
    ehr.faults.length = 0;
    removed = false;
    if (run['status'] !== 'completed') found.push(`a sync ended ${run['status']}: ${run['error_code']}`);
    if (twice && !stale) await again();
    await compareCounts(site.id);
    clock.advance(60);
  };
  const sendEachLineTwice = () => {
    const output = ({ path }: { path: string }) => !path.includes('deleted');
    ehr.faults.push({ on: 'file', times: 1000, match: output, do: { rewrite: (line) => line + line } });
  };
  /** Everything once more, each line double: nothing may change. */
  const again = async () => {
    const before = await contentOf(sql, site.id);
    sendEachLineTwice();
    const run = await site.sync({ full: true });
    ehr.faults.length = 0;
    found.push(...difference('after a second sync', before, await contentOf(sql, site.id)));
    if (run['records_loaded'] > 0 && run['records_redriven'] === 0)
      found.push(`a second sync of the same loaded ${run['records_loaded']}`);
  };
  for (const event of events) {
    if (event.kind === 'put') ehr.put(makeResource(event.place, event.choice));
    else if (event.kind === 'sync') await sync(event.full, event.doubled, event.twice);
    else if (event.kind === 'release') {
      await loadRelease(deps, (edit) => {
        for (const index of event.edits) EDITS[index]?.(edit);
      });
      stale = true;
      if (event.remap) await remap();
    } else if (ehr.get(event.place.type, event.place.id)) {
      ehr.remove(event.place.type, event.place.id);
      removed = true;
    }
  }
  await sync(false, false, false);
  if (stale) await remap();
  const fresh = await world.site({ ehr });
  const run = await fresh.sync();
  if (run['status'] !== 'completed') found.push(`the full sync ended ${run['status']}: ${run['error_code']}`);
  found.push(...difference('', await contentOf(sql, fresh.id), await contentOf(sql, site.id)));
  found.push(...difference('', await outcomesOf(fresh.id), await outcomesOf(site.id)));
  // What an earlier history left wrong is not this one's doing.
  const wrong = [...(await orphans(sql)), ...(await leftovers(sql))].filter((one) => !before.includes(one));
  for (const one of wrong) found.push(`points at nothing, or rows that no resource has: ${one}`);
  await ehr.close();
  return found;

  /**
   * The outcomes of what the EHR still has. What was deleted there is remembered here, and unknown to a fresh
   * sync.
   */
  async function outcomesOf(connectionId: number): Promise<Record<string, string[]>> {
    const rows = await sql<{ resource_type: string; fhir_id: string; outcome: string }[]>`
      select resource_type, fhir_id, outcome from resource where connection_id = ${connectionId}
      order by resource_type, fhir_id`;
    const live = rows.filter((row) => ehr.get(row.resource_type, row.fhir_id));
    return { outcome: live.map((row) => `${row.resource_type}/${row.fhir_id} ${row.outcome}`) };
  }
}

function difference(
  when: string,
  expected: Record<string, readonly string[]>,
  actual: Record<string, readonly string[]>,
): string[] {
  return Object.keys({ ...expected, ...actual }).flatMap((table) => {
    const [wanted, there] = [expected[table] ?? [], actual[table] ?? []];
    return [
      ...wanted.filter((row) => !there.includes(row)).map((row) => `${when} ${table} lacks: ${row}`),
      ...there.filter((row) => !wanted.includes(row)).map((row) => `${when} ${table} has: ${row}`),
      ...(wanted.length === there.length
        ? []
        : [`${when} ${table}: ${wanted.length} rows, ${there.length} are there`]),
    ].map((line) => line.trim());
  });
}
