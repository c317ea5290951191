import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, encounter, medication, observation, patient, to } from '../world/record.ts';
import { drain, openTestWorld, type RunRow, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

/** Imports files given by name, for a site that may have settings of its own. */
async function importFiles(
  site: string,
  files: Record<string, string | Buffer>,
  config: object = {},
): Promise<RunRow> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-import-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await sql`
      insert into connection (site_key, site_name, sync_config) values (${site}, ${site}, ${sql.json(config as never)})
      on conflict do nothing`;
    const { run_id } = await startImport(world.deps, {
      paths: [folder],
      site_key: site,
      new_site: true,
      actor: commandLine('test'),
    });
    await drain(world.deps, world.clock);
    return await runOf(sql, run_id);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const line = (resource: object) => `${JSON.stringify(resource)}\n`;
const lines = (...resources: object[]) => resources.map(line).join('');
const at = (resource: object, lastUpdated: string) => ({ ...resource, meta: { lastUpdated } });
const failuresOf = (run: RunRow) => sql`
  select reason, resource_type, fhir_id, file_no, line from failures where run_id = ${run['run_id']} order by file_no, line`;

describe('a file with lines that are no resources', () => {
  const long = { ...observation('long', 'p'), note: [{ text: 'x'.repeat(3000) }] };
  const parts: (string | Buffer)[] = [
    '\uFEFF',
    line(observation('after-a-bom', 'p')),
    JSON.stringify(observation('crlf', 'p')),
    '\r\n',
    '\n',
    '  \t \n',
    '\r\n',
    '{"resourceType":"Observation","id":"broken\n',
    '[{"resourceType":"Observation","id":"in-an-array"}]\n',
    '"text"\n',
    '{"id":"x","status":"final"}\n',
    line({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }),
    line({ ...observation('x', 'p'), id: undefined }),
    line({ ...observation('x', 'p'), id: 17 }),
    line(condition('a-condition', 'p')),
    Buffer.concat([
      Buffer.from('{"resourceType":"Observation","id":"latin1","note":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n'),
    ]),
    line({ ...observation('replacement', 'p'), note: [{ text: 'a real \uFFFD' }] }),
    line({ ...observation('separators', 'p'), note: [{ text: '\u2028\u2029' }] }),
    line(long),
    line({ resourceType: 'Observation', id: 'no-status' }),
    line({ resourceType: 'Flag', id: 'unmapped-type' }),
    JSON.stringify(observation('last-line-without-an-end', 'p')),
  ];
  let run: RunRow = {};
  beforeAll(async () => {
    const file = Buffer.concat(parts.map((part) => Buffer.from(part)));
    run = await importFiles(
      'odd',
      { 'Patient.ndjson': line(patient('p')), 'Observation.ndjson': file },
      { limits: { max_line_bytes: 2000, chunk_bytes: 1024 } },
    );
  });

  it('loads all others', async () => {
    expect(run['status']).toBe('completed');
    const [site] = await sql<
      { connection_id: number }[]
    >`select connection_id from connection where site_key = 'odd'`;
    const loaded = await sql<{ fhir_id: string }[]>`
      select fhir_id from resource where connection_id = ${site?.connection_id ?? 0} and outcome = 'loaded' order by fhir_id`;
    expect(loaded.map(({ fhir_id }) => fhir_id)).toEqual([
      'a-condition',
      'after-a-bom',
      'crlf',
      'last-line-without-an-end',
      'p',
      'replacement',
      'separators',
    ]);
  });

  it('names each that failed with its file, line and reason', async () => {
    expect(await failuresOf(run)).toEqual(
      [
        [6, null, null, 'not-json'],
        [7, null, null, 'json-document-instead-of-ndjson'],
        [8, null, null, 'not-a-resource'],
        [9, null, null, 'no-resource-type'],
        [10, 'OperationOutcome', null, 'operation-outcome-in-data'],
        [11, 'Observation', null, 'no-id'],
        [12, 'Observation', null, 'no-id'],
        [14, 'Observation', 'latin1', 'invalid-utf-8'],
        [17, null, null, 'line-too-long'],
        [18, 'Observation', 'no-status', expect.stringContaining('status')],
      ].map(([n, resource_type, fhir_id, reason]) => ({
        file_no: 2,
        line: n,
        resource_type,
        fhir_id,
        reason,
      })),
    );
  });

  it('accounts for each: nothing is dropped without a word', () => {
    expect(run).toMatchObject({
      records_extracted: 18,
      records_loaded: 7,
      records_failed: 10,
      records_excluded: 1,
      records_unchanged: 0,
      records_parked: 0,
    });
  });
});

describe('a resource', () => {
  it('that comes several times in a chunk, a file and an export is loaded once, in its newest version', async () => {
    const version = (n: number) => condition('c', 'p', { onsetDateTime: `2026-01-0${n}` });
    const run = await importFiles('twice', {
      'Patient.ndjson': lines(patient('p'), patient('p')),
      // Told apart by lastUpdated, wherever they stand.
      'a.Condition.ndjson': lines(
        at(version(1), '2026-02-01T00:00:00Z'),
        at(version(3), '2026-02-03T00:00:00+00:00'),
      ),
      'b.Condition.ndjson': lines(at(version(2), '2026-02-02T00:00:00Z')),
      // Without it, by where they stand.
      'c.Observation.ndjson': lines(observation('o', 'p', { effectiveDateTime: '2026-01-01' })),
      'd.Observation.ndjson': lines(
        observation('o', 'p', { effectiveDateTime: '2026-01-02' }),
        observation('o', 'p', { effectiveDateTime: '2026-01-03' }),
      ),
    });
    expect(run['records_extracted']).toBe(8);
    expect(run['records_failed'] + run['records_parked']).toBe(0);
    expect(run['records_loaded'] + run['records_unchanged'] + run['records_excluded']).toBe(8);
    expect(run['records_unchanged']).toBe(1);
    const [site] = await sql<
      { connection_id: number }[]
    >`select connection_id from connection where site_key = 'twice'`;
    const content = await contentOf(sql, site?.connection_id ?? 0);
    expect(sizes(content)).toMatchObject({ person: 1, condition_occurrence: 1, measurement: 1 });
    expect(content['condition_occurrence']?.join()).toContain('condition_start_date=2026-01-03');
    expect(content['measurement']?.join()).toContain('measurement_date=2026-01-03');
  });

  it('may have an id much longer than FHIR allows; beyond what an index takes it is a failure', async () => {
    const [long, tooLong] = ['x'.repeat(65), randomBytes(900).toString('base64url')];
    const run = await importFiles('long-ids', {
      'Patient.ndjson': lines(patient(long), patient(tooLong)),
      'Observation.ndjson': lines(
        observation('o', long),
        observation('of-nobody', tooLong),
        observation('elsewhere', long, { encounter: to('Encounter', randomBytes(3000).toString('hex')) }),
      ),
    });
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 5,
      records_loaded: 3,
      records_failed: 2,
    });
    expect(await failuresOf(run)).toMatchObject([
      { reason: 'id-too-long', resource_type: 'Patient', fhir_id: null },
      {},
    ]);
  });

  it('with characters that Postgres cannot hold is loaded without them', async () => {
    const raw = (resource: object) =>
      `${JSON.stringify(resource).replaceAll('NUL', '\\u0000').replaceAll('HALF', '\\ud800')}\n`;
    const code = {
      coding: [{ system: 'http://localNUL', code: 'aNULbHALF', display: 'HALF aNULb' }],
      text: 'tNULHALF',
    };
    const run = await importFiles('nul', {
      'Medication.ndjson': raw({ ...medication('mNUL'), code }),
      'Patient.ndjson': raw(patient('pNUL', { gender: 'maleNUL' })),
      'Condition.ndjson': raw(condition('cHALF', 'pNUL', { code, encounter: to('Encounter', 'eNULHALF') })),
      'Encounter.ndjson': raw(encounter('eNULHALF', 'pNUL')),
    });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 4, records_loaded: 4 });
    expect(await orphans(sql)).toEqual([]);
    const [row] = await sql`
      select condition_source_value, visit_occurrence_id is not null as placed from condition_occurrence
      where condition_source_value like 'ab%'`;
    expect(row).toEqual({ condition_source_value: 'ab\uFFFD', placed: true });
  });

  it('with texts and numbers beyond all measure is loaded, or fails alone', async () => {
    const words = randomBytes(20_000).toString('base64');
    const run = await importFiles('beyond', {
      'Patient.ndjson': line(patient('p', { identifier: [{ value: words }] })),
      'Observation.ndjson':
        lines(
          observation('text', 'p', { code: { text: words }, valueQuantity: undefined, valueString: words }),
          observation('code', 'p', { code: { coding: [{ system: words, code: words, display: words }] } }),
          observation('unit', 'p', { valueQuantity: { value: 1, unit: words, system: words, code: words } }),
        ) +
        line(observation('huge', 'p')).replace('"value":72', '"value":1e400') +
        line(observation('tiny', 'p')).replace('"value":72', '"value":-1e-400') +
        line(observation('digits', 'p')).replace('"value":72', `"value":${'9'.repeat(400)}`),
    });
    expect(run['status']).toBe('completed');
    expect(run['records_extracted']).toBe(7);
    expect(run['records_loaded']).toBeGreaterThanOrEqual(5);
    expect(run['records_loaded'] + run['records_failed'] + run['records_excluded']).toBe(7);
  });
});

describe('an import', () => {
  it('reads gzip by its content, whatever the name says, and takes a damaged file for what it is', async () => {
    const text = lines(patient('p'), observation('o', 'p'));
    const run = await importFiles('gzip', {
      'all.ndjson': gzipSync(text),
      'more.ndjson.gz': lines(observation('plain', 'p')),
    });
    expect(run).toMatchObject({ status: 'completed', records_loaded: 3 });
    const cut = await importFiles('damaged', { 'Patient.ndjson.gz': gzipSync(text).subarray(0, 60) });
    expect(cut).toMatchObject({
      status: 'failed',
      error_step: 'download',
      error_code: 'import-file-damaged',
    });
    expect(cut['error_message']).toMatch(/Patient\.ndjson\.gz of the import is damaged/);
    expect(cut['error_message']).not.toMatch(/server/);
  });

  it('repeated finds everything unchanged', async () => {
    const files = { 'all.ndjson': lines(patient('p'), observation('o', 'p')) };
    expect(await importFiles('again', files)).toMatchObject({ records_loaded: 2 });
    expect(await importFiles('again', files)).toMatchObject({
      records_loaded: 0,
      records_unchanged: 2,
      rows_written: 0,
    });
    expect(await leftovers(sql)).toEqual([]);
  });
});
