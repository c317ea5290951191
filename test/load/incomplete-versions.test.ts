/**
 * Versions of a resource of which some are incomplete (SUBSETTED): in whatever order and division they come, the newest
 * complete one stays, and the newest incomplete one where there is none.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { inLongRun, short } from '../long-run.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
const home = await mkdtemp(join(tmpdir(), 'incomplete-'));
afterAll(async () => {
  await world.close();
  await rm(home, { recursive: true });
});

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

/** The year of birth tells which version it is. */
const version = (n: number, tag: readonly object[] = []): Resource =>
  patient('p', {
    birthDate: `${1950 + n}-01-01`,
    meta: { versionId: String(n), lastUpdated: `2026-03-0${n}T00:00:00Z`, tag },
  });
const complete = (n: number) => version(n);
const incomplete = (n: number) => version(n, [SUBSETTED]);

const nameOf = ({ meta }: Resource) =>
  JSON.stringify(meta).includes('SUBSETTED')
    ? `incomplete ${Reflect.get(Object(meta), 'versionId')}`
    : 'complete';

let sites = 0;
let folders = 0;

/** Runs of files of resources, one run after the other; the year of birth that remains, and the last run. */
async function broughtBy(runs: readonly (readonly (readonly Resource[])[])[]) {
  const site = `imported-${++sites}`;
  let run = {};
  for (const files of runs) {
    const folder = join(home, String(++folders));
    await mkdir(folder);
    for (const [n, resources] of files.entries()) {
      await writeFile(
        join(folder, `${n + 1}.Patient.ndjson`),
        resources.map((one) => JSON.stringify(one)).join('\n'),
      );
    }
    const { run_id } = await startImport(world.deps, {
      paths: [folder],
      site_key: site,
      new_site: true,
      actor: commandLine('test'),
    });
    await drain(world.deps, world.clock);
    run = await runOf(sql, run_id);
  }
  const [person] = await sql<{ year: number }[]>`
    select year_of_birth as year from person p join resource r on r.resource_key = p.person_id
    join connection c using (connection_id) where c.site_key = ${site}`;
  return { version: person && person.year - 1950, run };
}

function ordersOf<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [[...things]];
  return things.flatMap((one, n) => ordersOf(things.toSpliced(n, 1)).map((others) => [one, ...others]));
}

const cases: [name: string, versions: Resource[], stays: number][] = [
  ['a complete one among incomplete ones stays', [incomplete(1), complete(2), incomplete(3)], 2],
  ['of incomplete ones the newest stays', [incomplete(1), incomplete(2), incomplete(3)], 3],
];

describe.each(short(cases, 1))('%s', (_name, versions, stays) => {
  it.each(short(ordersOf(versions), 1).map((order) => [order.map(nameOf).join(', '), order] as const))(
    'in the order %s: in one chunk, in files of one run, in runs',
    async (_, order) => {
      expect((await broughtBy([[order]])).version).toBe(stays);
      expect((await broughtBy([order.map((one) => [one])])).version).toBe(stays);
      expect((await broughtBy(order.map((one) => [[one]]))).version).toBe(stays);
    },
  );
});

describe('an incomplete version', () => {
  inLongRun(it)('is counted as what became of it', async () => {
    const kept = await broughtBy([[[complete(1)]], [[incomplete(2)]]]);
    expect(kept).toMatchObject({ version: 1, run: { records_extracted: 1, records_excluded: 1 } });
    const followed = await broughtBy([[[incomplete(1)]], [[incomplete(2)]]]);
    expect(followed).toMatchObject({ version: 2, run: { records_extracted: 1, records_loaded: 1 } });
    const older = await broughtBy([[[incomplete(2)]], [[incomplete(1)]]]);
    expect(older).toMatchObject({ version: 2, run: { records_extracted: 1, records_excluded: 1 } });
    const same = await broughtBy([[[incomplete(2)]], [[incomplete(2)]]]);
    expect(same).toMatchObject({ version: 2, run: { records_extracted: 1, records_unchanged: 1 } });
  });

  it('without a time of its version is what the server holds now', async () => {
    const timeless = (n: number) => ({ ...incomplete(n), meta: { tag: [SUBSETTED] } });
    expect((await broughtBy([[[timeless(2)]], [[timeless(1)]]])).version).toBe(1);
  });

  inLongRun(it)('follows a complete one that was deleted at the source', async () => {
    const site = await world.site();
    site.ehr.load([complete(1)]);
    await site.sync();
    site.ehr.remove('Patient', 'p');
    await site.sync();
    site.ehr.put(incomplete(2));
    expect(await site.sync()).toMatchObject({ records_loaded: 1, records_excluded: 0 });
  });
});
