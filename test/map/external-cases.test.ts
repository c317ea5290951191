/**
 * Runs a file of cases that is not the project's own, through the whole pipeline:
 *
 *   CASES=cases.json VOCABULARY=athena.zip npx vitest run test/map/external-cases.test.ts
 *
 * A case is `{ id, rule, fhir: [resources], expect }`; only what `expect` names is compared. Where we depart on purpose,
 * cases/departures.json names the case with the reason, and with the settings that make it pass where a switch does: then
 * it is run with them. A case there that passes without is a departure no more, and fails.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { openTestWorld, type World } from '../world/world.ts';
import { type ExternalCase, shortfalls } from './cases/external.ts';

interface Departure {
  readonly id: string;
  readonly reason: string;
  /** Code that the loaded vocabulary must have for the case to mean anything; without it the case is skipped. */
  readonly needs?: { readonly vocabulary: string; readonly code: string };
  /** sync_config.mapping that makes the case pass. */
  readonly mapping?: Readonly<Record<string, unknown>>;
}

const source = process.env['CASES'] ?? '';
const vocabulary = process.env['VOCABULARY'] ?? '';
const departures: readonly Departure[] = JSON.parse(
  readFileSync(new URL('./cases/departures.json', import.meta.url), 'utf8'),
);

describe('the list of departures', () => {
  it('gives a reason for each, and names none twice', () => {
    expect(departures.filter((one) => one.reason.length < 20)).toEqual([]);
    const ids = departures.map((one) => one.id);
    expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  });
});

describe.skipIf(!existsSync(source))('cases from outside', async () => {
  const world = existsSync(source) ? await openTestWorld() : undefined;
  afterAll(() => world?.close());
  if (world && vocabulary !== '') {
    await loadVocabulary({ sql: world.sql, source: vocabulary, clock: world.clock, log: world.deps.log });
  }
  for (const one of existsSync(source) ? read(source) : []) {
    const departure = departures.find(({ id }) => id === one.id);
    const lacks = world && departure?.needs ? await isMissing(world, departure.needs) : false;
    it.skipIf(lacks)(`${one.id}: ${one.rule}${departure ? ' (departure)' : ''}`, async () => {
      if (!world) return;
      const missing = await run(world, one, {});
      if (!departure || departure.needs) return expect(missing).toEqual([]);
      expect(missing, 'a departure that is none any more').not.toEqual([]);
      if (departure.mapping) expect(await run(world, one, departure.mapping)).toEqual([]);
    });
  }
});

async function isMissing({ sql }: World, needs: NonNullable<Departure['needs']>): Promise<boolean> {
  const rows = await sql`
    select 1 from concept where vocabulary_id = ${needs.vocabulary} and concept_code = ${needs.code}`;
  return rows.length === 0;
}

function read(path: string): readonly ExternalCase[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file): readonly ExternalCase[] => {
    const { cases }: { cases?: readonly ExternalCase[] } = JSON.parse(readFileSync(file, 'utf8'));
    return cases ?? [];
  });
}

async function run(
  world: World,
  one: ExternalCase,
  mapping: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const site = await world.site({ config: { mapping } });
  site.ehr.load(one.fhir);
  const { status } = await site.sync();
  const found = await shortfalls(world.sql, site.id, one);
  await site.ehr.close();
  return status === 'completed' ? found : [`the run is ${status}`];
}
