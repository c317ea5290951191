/** Lines that could take their chunk along. By the ten thousand: broken-lines.soak.ts. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { few, LONG_RUN } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';
import { loadBroken } from './load-broken-lines.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const nested = (depth: number, open: string, inside: string, close: string, element = 'extension') =>
  `{"resourceType":"Patient","id":"odd","${element}":${open.repeat(depth)}${inside}${close.repeat(depth)}}`;
const members = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":${n}`).join(',');
/** An Observation with one thing about it. */
const odd = (text: string) => JSON.stringify(observation('odd', 'p')).replace('{', `{${text},`);

describe('a line between good ones', () => {
  few(it, 2).each<[what: string, line: string, failure: object | undefined]>([
    [
      'of 10,000 levels of objects in lists',
      nested(5000, '[{"extension":', '[]', '}]'),
      { reason: 'nested-too-deep', resource_type: 'Patient', fhir_id: 'odd' },
    ],
    ['of 201 lists', nested(200, '[', '', ']'), { reason: 'nested-too-deep' }],
    ['of 200 levels', nested(199, '[', '', ']', 'photo'), undefined],
    [
      'of a million levels that are not closed',
      `{"id":${'['.repeat(1_000_000)}`,
      { reason: 'nested-too-deep' },
    ],
    ['with ten thousand brackets in a string', odd(`"note":[{"text":"${'[{'.repeat(10_000)}"}]`), undefined],
    [
      'with a million and one members of a list',
      odd(`"x":[${'0,'.repeat(1_000_000)}0]`),
      { reason: 'too-many-values' },
    ],
    ['with a hundred thousand keys', odd(members(100_000)), undefined],
    ['with a number beyond a double', odd('"x":1e400,"y":[-1e999,1e-999]'), undefined],
    [
      'with __proto__ and other names of JavaScript as keys',
      odd('"__proto__":{"id":"x"},"constructor":1,"toString":2'),
      undefined,
    ],
    ['with __proto__ as its type', '{"resourceType":"__proto__","id":"odd"}', { reason: 'no-resource-type' }],
    [
      'that answers no question for its text',
      '{"resourceType":"Binary","id":"odd","contentType":{"toString":1,"valueOf":1}}',
      { reason: 'Expected a string, found an object' },
    ],
    [
      'with half a character in the name of an element, which is stored with a Medication',
      '{"resourceType":"Medication","id":"odd","code":{"\\udfff\\u0000":"x","coding":[{"code":"1"}]}}',
      undefined,
    ],
    [
      'with code systems that are called as what every object has',
      JSON.stringify(
        observation('odd', 'p', {
          code: {
            coding: ['__proto__', 'valueOf', 'hasOwnProperty'].map((system) => ({
              system,
              code: 'toString',
            })),
          },
        }),
      ),
      undefined,
    ],
    ['with keys twice', odd('"id":"first","status":"draft"'), undefined],
    ['with half characters', odd('"note":[{"text":"\\ud83d \\udc00 \\u0000"}]'), undefined],
    ['with half a character in its id', '{"resourceType":"Patient","id":"\\ud83d"}', undefined],
  ])('%s ends as it should, and takes none of them along', async (what, text, failure) => {
    const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-odd-'));
    const site = `odd-${what.replace(/[^a-z]+/gi, '-').toLowerCase()}`.slice(0, 60);
    const good = (id: string) => JSON.stringify(observation(id, 'p'));
    await writeFile(join(folder, 'a.Patient.ndjson'), JSON.stringify(patient('p')));
    await writeFile(join(folder, 'b.Observation.ndjson'), [good('before'), text, good('after')].join('\n'));
    const logged = world.logged().length;
    const { run_id } = await startImport(world.deps, {
      paths: [folder],
      site_key: site,
      new_site: true,
      actor: commandLine('test'),
    });
    await drain(world.deps, world.clock);
    await rm(folder, { recursive: true });
    const failures =
      await sql`select reason, resource_type, fhir_id, line from failures where run_id = ${run_id}`;
    expect(failures).toMatchObject(failure ? [{ ...failure, line: 2 }] : []);
    const run = await runOf(sql, run_id);
    expect(run).toMatchObject({ status: 'completed', records_extracted: 4, records_failed: failure ? 1 : 0 });
    expect(world.logged().slice(logged)).not.toContain('"attempt":');
    const loaded = await sql`
      select fhir_id from resource r join run using (connection_id)
      where run_id = ${run_id} and outcome = 'loaded' and fhir_id in ('before', 'after', 'p')`;
    expect(loaded).toHaveLength(3);
  });
});

it('what is nested without end among deletions and remarks of the server is no resource, and does no harm either', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-odd-'));
  const deep = `${'[{"x":'.repeat(6000)}1${'}]'.repeat(6000)}`;
  await writeFile(join(folder, 'Patient.ndjson'), JSON.stringify(patient('p')));
  const remark = `{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"x","details":${deep}}]}`;
  await writeFile(join(folder, '1.OperationOutcome.ndjson'), remark);
  const gone = `{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/q"},"x":${deep}}]}`;
  await writeFile(join(folder, 'deleted.Bundle.ndjson'), gone);
  const logged = world.logged().length;
  const { run_id } = await startImport(world.deps, {
    paths: [folder],
    site_key: 'deep',
    new_site: true,
    actor: commandLine('test'),
  });
  await drain(world.deps, world.clock);
  await rm(folder, { recursive: true });
  expect(await runOf(sql, run_id)).toMatchObject({
    status: 'completed',
    records_loaded: 1,
    records_failed: 0,
  });
  expect(await sql`select reason, field from failures where run_id = ${run_id}`).toEqual([
    { reason: 'server-reported-error', field: 'unreadable' },
  ]);
  expect(world.logged().slice(logged)).not.toContain('"attempt":');
});

const COUNT = LONG_RUN ? 1500 : 40;

it(`${COUNT} lines broken in every way that we know are all accounted for, and no step is tried again`, async () => {
  for (const { run, lines, unknown, retried } of await loadBroken(world, { seed: 'suite', count: COUNT })) {
    expect([retried, unknown]).toEqual([undefined, []]);
    expect(run).toMatchObject({ status: 'completed', records_extracted: lines });
  }
});
