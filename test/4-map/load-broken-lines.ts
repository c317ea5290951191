/** Imports broken lines and says what became of them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURES } from '../../jobs/lines/failure-reasons.ts';
import { split } from '../../jobs/lines/split.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { drain, type RunRow, runOf, type World } from '../world/world.ts';
import { brokenLines, wholeOnes } from './broken-lines.ts';

export interface Loaded {
  readonly run: RunRow;
  /** Resources, or what stands in the place of one. */
  readonly lines: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Reasons that the table of reasons does not have. */
  readonly unknown: readonly string[];
  /** Whether a step was tried again. */
  readonly retried: string | undefined;
}

const LINES_A_FILE = 5000;

/** Twice: the second time, what is here already is compared. */
export async function loadBroken(
  world: World,
  { seed, count }: { readonly seed: string; readonly count: number },
): Promise<readonly Loaded[]> {
  const { referredTo, all } = wholeOnes();
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-broken-'));
  const site = `broken-${seed}`;
  // So that a chunk holds some of everything, and no more than a second's work is lost by one that fails.
  await world.sql`
    insert into connection (site_key, site_name, sync_config)
    values (${site}, ${site}, ${world.sql.json({ limits: { chunk_bytes: 256 * 1024, max_line_bytes: 4 * 1024 * 1024 } })})`;
  try {
    const whole = referredTo.map((resource) => `${JSON.stringify(resource)}\n`).join('');
    await writeFile(join(folder, 'a.ndjson'), whole);
    let lines = referredTo.length;
    let file: Buffer[] = [];
    let files = 0;
    const write = async () => {
      const text = Buffer.concat(file);
      for (const { start, end } of split(text)) {
        // What heads the lines of a group is no resource.
        if (text.toString('utf8', start, end) !== '{"resourceType":"Parameters"}') lines++;
      }
      await writeFile(join(folder, `b${files++}.ndjson`), text);
      file = [];
    };
    for (const line of brokenLines(seed, all, count)) {
      file.push(line, Buffer.from('\n'));
      if (file.length >= 2 * LINES_A_FILE) await write();
    }
    await write();
    return [await load(world, folder, site, lines), await load(world, folder, site, lines)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(world: World, folder: string, site: string, lines: number): Promise<Loaded> {
  const before = world.logged().length;
  const { run_id } = await startImport(world.deps, {
    paths: [folder],
    site_key: site,
    new_site: true,
    actor: commandLine('test'),
  });
  await drain(world.deps, world.clock);
  const run = await runOf(world.sql, run_id);
  const found = await world.sql<{ reason: string; n: number }[]>`
    select reason, count(*)::int as n from failure where run_id = ${run_id} group by reason order by reason`;
  return {
    ...{ run, lines },
    reasons: Object.fromEntries(found.map(({ reason, n }) => [reason, n])),
    unknown: found.flatMap(({ reason }) =>
      Object.hasOwn(FAILURES, reason) || reason.startsWith('Expected ') ? [] : [reason],
    ),
    retried: world
      .logged()
      .slice(before)
      .split('\n')
      .find((line) => line.includes('"attempt":')),
  };
}
