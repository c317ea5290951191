/** Imports of what people have: Bundles of every type, single resources, archives of these. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as tar from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bounded } from '../../jobs/import/parts.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { PIPELINE } from '../../jobs/pipeline.ts';
import { runStep } from '../../jobs/run-step.ts';
import { population } from '../ehr/population.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { type Files, folderOf, importFiles, start } from '../verbs/import-paths.ts';
import { zip } from '../vocabulary/bundle.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { encounter, observation, patient } from '../world/record.ts';
import { retryRun } from '../world/verbs.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  type RunRow,
  returnJobsOfTheDead,
  runOf,
  startNextDeferred,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

type Json = Record<string, unknown>;
const bundle = (type: string, entry: readonly Json[], more: Json = {}) => ({
  resourceType: 'Bundle',
  type,
  ...more,
  entry,
});
const post = (resource: Resource, fullUrl?: string) => ({
  ...(fullUrl ? { fullUrl } : {}),
  resource,
  request: { method: 'POST', url: resource.resourceType },
});
const withoutId = ({ id: _, ...others }: Resource) => others as Resource;
let sites = 0;
const newSite = () => `bundles-${++sites}`;
const load = (files: Files, site = newSite()) => importFiles(world, site, files);

async function loaded(connectionId: number): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select resource_type || '/' || fhir_id as name from resource
    where connection_id = ${connectionId} and outcome = 'loaded' order by 1`;
  return rows.map((row) => row.name);
}
const noticesOf = (run: RunRow) => sql`
  select code, subject, amount from run_notice where run_id = ${run['run_id']} order by code, subject`;

/** Whom a resource names, by the fullUrl of the target's entry in place of its type and id. */
function named(value: unknown, urls: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => named(one, urls));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const id =
        key === 'reference' && typeof one === 'string' && !one.startsWith('#')
          ? /([^/:]+)$/.exec(one)?.[1]
          : undefined;
      return [key, id === undefined ? named(one, urls) : (urls.get(id) ?? one)];
    }),
  );
}

/** As Synthea writes it: a transaction for each patient, others for hospitals and practitioners, named conditionally. */
function asBundles(resources: readonly Resource[]): Files {
  const urls = new Map(resources.map((one) => [one.id ?? '', `urn:uuid:${randomUUID()}`]));
  const fullUrls = new Map(urls);
  for (const { resourceType: type, id = '', ...fields } of resources) {
    const [identifier] = (fields['identifier'] ?? []) as { system?: string; value?: string }[];
    if (type === 'Practitioner' && identifier?.system)
      urls.set(id, `Practitioner?identifier=${identifier.system}|${identifier.value}`);
  }
  const files = new Map<string, Json[]>();
  let patientNo = 0;
  for (const one of resources) {
    if (one.resourceType === 'Patient') patientNo++;
    const name =
      patientNo > 0
        ? `fhir/Patient_${patientNo}.json`
        : one.resourceType === 'Practitioner'
          ? 'fhir/practitionerInformation.json'
          : 'fhir/hospitalInformation.json';
    const entries = files.get(name) ?? [];
    entries.push(post(named(one, urls) as Resource, fullUrls.get(one.id ?? '')));
    files.set(name, entries);
  }
  return Object.fromEntries([...files].map(([name, entries]) => [name, bundle('transaction', entries)]));
}

describe('a population', () => {
  const resources = [...population({ seed: 'bundles', patients: LONG_RUN ? 5 : 2 })];
  let lines: RunRow;
  let connection: number;

  beforeAll(async () => {
    const names = new Map(resources.map(({ resourceType, id = '' }) => [id, `${resourceType}/${id}`]));
    const text = resources.map((one) => `${JSON.stringify(named(one, names))}\n`).join('');
    const { found, run } = await load({ 'all.ndjson': text });
    lines = run;
    connection = found.connection_id;
    expect(run).toMatchObject({ status: 'completed', records_failed: 0 });
  });

  it('as a folder of transaction Bundles with references by urn and by identifier loads to the content of its NDJSON', async () => {
    const files = asBundles(resources);
    const { found, run } = await load(files);
    expect(run).toMatchObject({
      status: 'completed',
      records_failed: 0,
      records_extracted: resources.length,
    });
    for (const column of ['records_loaded', 'records_excluded', 'records_parked'])
      expect([column, run[column]]).toEqual([column, lines[column]]);
    expect(await contentOf(sql, found.connection_id)).toEqual(await contentOf(sql, connection));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    // Again, they are what is loaded.
    const again = await importFiles(world, `bundles-${sites}`, files);
    expect(again.run).toMatchObject({
      records_unchanged: resources.length,
      records_loaded: 0,
      rows_written: 0,
    });
  });

  inLongRun(it)('loads the same when its workers die at every commit, before and after it', async () => {
    const site = newSite();
    await sql`
      insert into connection (site_key, site_name, sync_config)
      values (${site}, ${site}, ${sql.json({ limits: { chunk_bytes: 30_000 } })})`;
    const folder = await folderOf(asBundles(resources));
    const { run_id, connection_id } = await start(world, site, folder);
    // A stretch ends early where the worker is asked to yield, so that there are many commits.
    let deaths = 0;
    for (let n = 0; n < 100; n++) {
      const next = await fetchOne(world.deps, ['unpack']);
      if (!next) break;
      const job = { ...next.job, payload: { run_id } };
      if (n % 2 === 0) {
        deaths++;
        const dying = { ...world.worker(), sql: dyingAt(n) };
        await runStep(dying, 'unpack', PIPELINE.unpack, job, () => true).catch(() => {});
        await returnJobsOfTheDead(world.deps);
        await startNextDeferred(sql, world.clock);
      } else await runStep(world.worker(), 'unpack', PIPELINE.unpack, job, () => true);
    }
    expect(deaths).toBeGreaterThan(5);
    await drain(world.deps, world.clock);
    await rm(folder, { recursive: true });
    expect(await runOf(sql, run_id)).toMatchObject({
      status: 'completed',
      records_extracted: resources.length,
    });
    expect(await contentOf(sql, connection_id)).toEqual(await contentOf(sql, connection));
    for (const table of ['import_identity', 'import_version', 'import_reading'])
      expect(await sql`select 1 from ${sql(table)} where run_id = ${run_id}`).toEqual([]);
  });
});

describe('a Bundle', () => {
  const p = patient('p');
  const o = observation('o', 'p');

  few(it, 1).each([
    'transaction',
    'collection',
    'batch',
    'document',
    'searchset',
    'message',
    'transaction-response',
  ])('of type %s holds resources, whatever the order of its members', async (type) => {
    const entry = [{ resource: o }, { resource: p, search: { mode: 'include' } }];
    const { found, run } = await load({ 'x.json': { entry, id: 'x', type, resourceType: 'Bundle' } });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 2, records_loaded: 2 });
    expect(await loaded(found.connection_id)).toEqual(['Observation/o', 'Patient/p']);
  });

  it('gives ids by fullUrl to resources without one; a urn that is no UUID is nobody’s id', async () => {
    const uuid = randomUUID();
    const other = `urn:uuid:${randomUUID()}`;
    const { found, run } = await load({
      'a.json': bundle('transaction', [
        post(withoutId(patient('')), `urn:uuid:${uuid.toUpperCase()}`),
        post(
          withoutId(
            observation('', '', {
              subject: { reference: `urn:uuid:${uuid}` },
              encounter: { reference: other },
            }),
          ),
          'https://ehr.example/fhir/Observation/from-url',
        ),
        { ...post(withoutId(patient(''))), request: { method: 'PUT', url: 'Patient/put' } },
        post(withoutId(patient('')), 'urn:uuid:patient1'),
      ]),
      // Its target is in another file.
      'b.json': bundle('transaction', [
        post(encounter('visit', '', { subject: { reference: `urn:uuid:${uuid}` } }), other),
      ]),
    });
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 5,
      records_loaded: 4,
      records_failed: 1,
    });
    const id = uuid.toUpperCase();
    expect(await loaded(found.connection_id)).toEqual(
      ['Encounter/visit', 'Observation/from-url', `Patient/${id}`, 'Patient/put'].sort(),
    );
    expect(await sql`select reason from failure where run_id = ${run['run_id']}`).toEqual([
      { reason: 'no-id' },
    ]);
    const [row] = await sql`
      select m.person_id, m.visit_occurrence_id is not null as in_visit from measurement m join resource r on r.resource_key = m.person_id
      where r.connection_id = ${found.connection_id} and r.fhir_id = ${id}`;
    expect(row).toMatchObject({ in_visit: true });
    expect(await noticesOf(run)).toEqual([]);
  });

  it('names its own entries first where two Bundles use a urn for different resources; what is unknown or ambiguous is told', async () => {
    const of = (n: number) =>
      bundle('collection', [
        { fullUrl: 'urn:uuid:me', resource: patient(`p${n}`) },
        {
          fullUrl: 'urn:uuid:it',
          resource: observation(`o${n}`, '', { subject: { reference: 'urn:uuid:me' } }),
        },
      ]);
    const third = bundle('collection', [
      { resource: observation('o3', '', { subject: { reference: 'urn:uuid:me' } }) },
      { resource: observation('o4', 'p1', { encounter: { reference: 'urn:uuid:nowhere' } }) },
    ]);
    const { found, run } = await load({ '1.json': of(1), '2.json': of(2), '3.json': third });
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 6,
      records_loaded: 5,
      records_parked: 1,
    });
    const rows = await sql`
      select o.fhir_id as observation, p.fhir_id as patient
      from measurement m join resource o on o.resource_key = m.measurement_id / 1000 join resource p on p.resource_key = m.person_id
      where o.connection_id = ${found.connection_id} order by 1`;
    expect(rows).toEqual([
      { observation: 'o1', patient: 'p1' },
      { observation: 'o2', patient: 'p2' },
      { observation: 'o4', patient: 'p1' },
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'import-references-unknown', subject: '', amount: 2 }]);
  });

  it('of type history leaves the newest version of each resource, and none of what was deleted last', async () => {
    const at = (day: number) => ({
      meta: { lastUpdated: `2026-03-0${day}T00:00:00Z`, versionId: String(day) },
    });
    const removed = (url: string, etag: number) => ({
      request: { method: 'DELETE', url },
      response: { status: '204', etag: `W/"${etag}"` },
    });
    const put = (resource: Resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    });
    const heart = (id: string, value: number, more: Json = {}) =>
      put(observation(id, 'p', { valueQuantity: { value, unit: '/min' }, ...more }));
    const version = (versionId: number) => ({ meta: { versionId: String(versionId) } });
    const { found, run } = await load({
      // Pages of one history, the newest first.
      '1.json': bundle('history', [
        heart('back', 63, version(3)),
        removed('Observation/back/_history/2', 2),
        removed('Observation/gone', 2),
        heart('plain', 73),
      ]),
      '2.json': bundle('history', [
        heart('back', 61, version(1)),
        heart('gone', 71, version(1)),
        heart('dated', 81, at(1)),
        heart('dated', 82, at(2)),
        heart('plain', 72),
        put(p),
      ]),
    });
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 4,
      records_loaded: 4,
      records_failed: 0,
    });
    const values = await sql`
      select r.fhir_id, value_as_number::float8 as value from measurement m join resource r on r.resource_key = m.measurement_id / 1000
      where r.connection_id = ${found.connection_id} order by 1`;
    expect(values).toEqual([
      { fhir_id: 'back', value: 63 },
      { fhir_id: 'dated', value: 82 },
      { fhir_id: 'plain', value: 73 },
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'import-older-versions', subject: '', amount: 5 }]);
  });

  it('of type history may say of some versions alone when they are: numbers decide, else what stands first', async () => {
    const at = (day: number) => ({
      meta: { lastUpdated: `2026-03-0${day}T00:00:00Z`, versionId: String(day) },
    });
    const removed = (id: string, etag?: number) => ({
      request: { method: 'DELETE', url: `Observation/${id}` },
      response: { status: '204', ...(etag ? { etag: `W/"${etag}"` } : {}) },
    });
    const heart = (id: string, more: Json) => ({ resource: observation(id, 'p', more) });
    const { found, run } = await load({
      '1.json': bundle('history', [
        removed('unsaid'),
        heart('unsaid', at(1)),
        heart('numbered', at(1)),
        removed('back', 2),
        heart('again', at(3)),
        removed('again'),
      ]),
      '2.json': bundle('history', [
        removed('numbered', 2),
        heart('back', at(3)),
        heart('again', at(1)),
        // JavaScript knows of this year, Postgres does not.
        heart('late', { meta: { lastUpdated: '+275760-01-01T00:00:00Z' } }),
        { resource: p },
      ]),
    });
    expect(run).toMatchObject({ status: 'completed', records_failed: 0 });
    expect(await loaded(found.connection_id)).toEqual([
      'Observation/again',
      'Observation/back',
      'Observation/late',
      'Patient/p',
    ]);
  });

  it('of answers to a batch may hold one that found nothing', async () => {
    const { run } = await load({
      'x.json': bundle('batch-response', [
        { resource: { resourceType: 'Bundle', type: 'searchset', total: 0 }, response: { status: '200' } },
        { resource: bundle('searchset', [{ resource: p }]), response: { status: '200' } },
      ]),
    });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 1, records_loaded: 1 });
  });

  few(it, 1).each([
    ['collection', 1],
    ['history', 1],
  ])('of type %s with names that no database takes loads all others', async (type, failed) => {
    const unstorable = (json: object) =>
      JSON.stringify(json).replaceAll('@', '\\u0000').replaceAll('~', '\\ud800');
    const entry = (resource: Resource) => ({ fullUrl: `urn:uuid:${randomUUID()}`, resource });
    const long = randomBytes(9000).toString('hex');
    const { found, run } = await load({
      'x.json': unstorable(
        bundle(type, [
          entry(patient('nul@', { identifier: [{ system: 'a@', value: 'b~' }] })),
          entry(observation('o', 'nul@')),
          entry(patient('half~')),
          entry(patient(long)),
          { request: { method: 'DELETE', url: 'Observation/gone@' }, response: { status: '204' } },
          entry(p),
        ]),
      ),
    });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 5, records_failed: failed });
    expect(await loaded(found.connection_id)).toEqual([
      'Observation/o',
      'Patient/half\ufffd',
      'Patient/nul',
      'Patient/p',
    ]);
    expect(await sql`select reason from failure where run_id = ${run['run_id']}`).toEqual([
      { reason: 'id-too-long' },
    ]);
  });

  it('may stand among lines that are none: one has entries of its own, one is nested beyond measure', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const { found, run } = await load({
      'x.ndjson':
        `${JSON.stringify(bundle('collection', [{ resource: p }]))}\n` +
        `{"resourceType":"Observation","id":"deep","x":${deep}}\n` +
        `${JSON.stringify({ resourceType: 'List', id: 'l', entry: [{ item: { reference: 'Patient/p' } }] })}\n`,
    });
    expect(run).toMatchObject({
      ...{ status: 'completed', records_extracted: 3, records_loaded: 1 },
      ...{ records_excluded: 1, records_failed: 1 },
    });
    expect(await loaded(found.connection_id)).toEqual(['Patient/p']);
    expect(await sql`select reason from failure where run_id = ${run['run_id']}`).toEqual([
      { reason: 'nested-too-deep' },
    ]);
  });

  inLongRun(it)(
    'may delete, and holds remarks: they are applied and told as those of an export',
    async () => {
      const site = newSite();
      const { found } = await load(
        { 'x.json': bundle('collection', [{ resource: p }, { resource: o }]) },
        site,
      );
      const { run } = await load(
        {
          'x.json': bundle('batch', [
            { request: { method: 'DELETE', url: 'Observation/o' } },
            { request: { method: 'DELETE', url: 'Observation?code=1' } },
            { request: { method: 'GET', url: 'Patient/p' } },
            { request: { method: 'PATCH', url: 'Patient/p' }, resource: { resourceType: 'Parameters' } },
            {
              resource: {
                resourceType: 'OperationOutcome',
                issue: [{ severity: 'warning', code: 'processing' }],
              },
              search: { mode: 'outcome' },
            },
            { resource: bundle('searchset', [{ resource: encounter('within', 'p') }]) },
          ]),
        },
        site,
      );
      expect(run).toMatchObject({ status: 'completed', records_extracted: 1, records_loaded: 1 });
      expect(await loaded(found.connection_id)).toEqual(['Encounter/within', 'Patient/p']);
      expect(await noticesOf(run)).toEqual([
        { code: 'import-entries-not-applied', subject: 'PATCH', amount: 1 },
        { code: 'server-remark', subject: 'warning processing', amount: 1 },
      ]);
      expect(await sql`select reason from failure where run_id = ${run['run_id']}`).toEqual([
        { reason: 'deletion-unreadable' },
      ]);
    },
  );

  it('says of each line which file and entry it came from', async () => {
    const { run } = await load({
      'first.json': bundle('collection', [{ resource: p }, { resource: { resourceType: 'Observation' } }]),
      'second.json': bundle('collection', [
        { resource: o },
        { resource: { ...o, id: 'q', status: { not: 'a code' }, code: 7 } },
      ]),
    });
    const rows = await sql`
      select l.entry, l.url from failures f join import_lines l using (run_id, file_no, line)
      where f.run_id = ${run['run_id']} order by l.url, l.entry`;
    expect(rows.map(({ url, entry }) => `${/[^/]+$/.exec(url)?.[0]} ${entry}`)).toEqual([
      'first.json 2',
      'second.json 2',
    ]);
  });

  few(it, 1).each([
    ['cut', (text: string) => text.slice(0, -40)],
    ['cut after an entry', (text: string) => text.slice(0, text.lastIndexOf('}', text.length - 8) + 1)],
    ['broken within', (text: string) => text.replace('"status"', 'status"')],
    ['not UTF-8', (text: string) => Buffer.from(text.replace('female', 'f\u00e9male'), 'latin1')],
  ])(
    'that is broken (%s) is named, and nothing of the import is loaded; mended, it is retried',
    async (_, damage) => {
      const whole = JSON.stringify(bundle('collection', [{ resource: p }, { resource: o }]));
      const site = newSite();
      const folder = await folderOf({
        'good.json': whole,
        'Broken One.json': damage(whole),
        'Patient.ndjson': JSON.stringify(patient('n')),
      });
      const { run_id, connection_id } = await start(world, site, folder);
      await drain(world.deps, world.clock);
      const failed = await runOf(sql, run_id);
      expect(failed).toMatchObject({ status: 'failed', error_code: 'import-files-broken' });
      expect(failed['error_message']).toContain('Broken One.json');
      expect(await sql`select 1 from resource where connection_id = ${connection_id}`).toEqual([]);
      await writeFile(join(folder, 'Broken One.json'), whole);
      await retryRun(world.deps, { connection_id, run_id });
      await drain(world.deps, world.clock);
      await rm(folder, { recursive: true });
      expect(await runOf(sql, run_id)).toMatchObject({
        status: 'completed',
        records_extracted: 5,
        records_failed: 0,
      });
      expect(await loaded(connection_id)).toEqual(['Observation/o', 'Patient/n', 'Patient/p']);
    },
  );
});

describe('files', () => {
  const line = (json: Json) => `${JSON.stringify(json)}\n`;

  it('are read by what they are, and what is no data is named', async () => {
    const files: Files = {
      'a/lines.json': line(patient('1')) + line(patient('2')),
      'b.jsonl': line(patient('3')),
      'c.ndjson.zst': zstdCompressSync(line(patient('4'))),
      'Patient.json.gz': gzipSync(JSON.stringify(patient('5'), null, 2)),
      'bundle.json.zst': zstdCompressSync(JSON.stringify(bundle('collection', [{ resource: patient('6') }]))),
      'bundles.ndjson':
        line(bundle('collection', [{ resource: patient('7') }])) +
        line(bundle('batch', [post(patient('8'))])),
      'package.json': { name: 'x' },
      'list.json': [1],
      'events.json': '{"at":1}\n{"at":2}\n',
      'notes.txt': 'x',
    };
    const { found, run } = await load(files);
    expect(run).toMatchObject({ status: 'completed', records_extracted: 8, records_loaded: 8 });
    expect(found.leftOut).toEqual([
      { name: 'events.json', what: 'json' },
      { name: 'list.json', what: 'json' },
      { name: 'notes.txt', what: 'other' },
      { name: 'package.json', what: 'json' },
    ]);
  });

  it('hold Bundles where they begin with one, whatever their names say', async () => {
    const { found, run } = await load({
      'Synthea.ndjson': line(bundle('collection', [{ resource: patient('1') }])),
      'Patient.ndjson': line(bundle('collection', [{ resource: patient('2') }])),
    });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 2, records_failed: 0 });
    expect(await loaded(found.connection_id)).toEqual(['Patient/1', 'Patient/2']);
  });

  const entriesFirst = JSON.stringify({
    entry: [{ resource: patient('1') }],
    resourceType: 'Bundle',
    type: 'collection',
  });
  it.each<[string, string, string | Buffer]>([
    ['a Bundle with its entries first, cut', 'x.json', entriesFirst.slice(0, -50)],
    ['a Bundle that is cut before it says anything', 'x.json', entriesFirst.slice(0, 10)],
    ['a compressed file of which nothing is left', 'x.json.gz', gzipSync(entriesFirst).subarray(0, 15)],
    ['a list of resources', 'x.json', JSON.stringify([patient('1')])],
    ['a Bundle in UTF-16', 'x.json', Buffer.from(`\ufeff${entriesFirst}`, 'utf16le')],
  ])('that are no whole JSON of FHIR are no other data: %s stops the import', async (_, name, content) => {
    const { found, run } = await load({ 'good.ndjson': line(patient('good')), [name]: content });
    expect(found.leftOut).toEqual([]);
    expect(run).toMatchObject({ status: 'failed', error_code: 'import-files-broken' });
    expect(run['error_message']).toContain(name);
    expect(await loaded(found.connection_id)).toEqual([]);
  });

  it('may be named one by one, some in folders, each once', async () => {
    const files = {
      'x/Patient.ndjson': line(patient('1')),
      'x/more.json': patient('2'),
      'y.json': bundle('collection', [{ resource: patient('3') }]),
    };
    const { run } = await importFiles(world, newSite(), files, ['x/Patient.ndjson', 'x', 'y.json']);
    expect(run).toMatchObject({ status: 'completed', records_extracted: 3 });
    await expect(importFiles(world, newSite(), files, ['z.json'])).rejects.toThrow(/z.json: ENOENT/);
  });

  inLongRun(it)('with entries before their type, a million bytes of them, are Bundles', async () => {
    const entry = Array.from({ length: 300 }, (_, n) => ({
      resource: patient(`p${n}`, { text: { div: 'x'.repeat(5000) } }),
    }));
    const { run } = await load({
      'x.json': JSON.stringify({ entry, type: 'collection', resourceType: 'Bundle' }),
    });
    expect(run).toMatchObject({ status: 'completed', records_extracted: 300, records_failed: 0 });
  });

  it('that change while they are read stop the import before anything is loaded', async () => {
    const folder = await folderOf({ 'x.json': bundle('collection', [{ resource: patient('p') }]) });
    const { run_id, connection_id } = await start(world, newSite(), folder);
    const next = await fetchOne(world.deps, ['unpack']);
    if (!next) throw new Error('nothing is to be unpacked');
    await runStep(world.deps, 'unpack', PIPELINE.unpack, { ...next.job, payload: { run_id } });
    await writeFile(
      join(folder, 'x.json'),
      JSON.stringify(bundle('collection', [{ resource: patient('q') }])),
    );
    await drain(world.deps, world.clock);
    await rm(folder, { recursive: true });
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'failed', error_code: 'import-file-changed' });
    expect(await sql`select 1 from resource where connection_id = ${connection_id}`).toEqual([]);
  });
});

describe('archives', () => {
  const line = (json: Json) => `${JSON.stringify(json)}\n`;
  const files: Files = {
    'export/1.Patient.ndjson': line(patient('p')) + line(patient('gone')),
    'export/x.json': bundle('transaction', [post(observation('o', 'p'))]),
    'export/single.json': encounter('e', 'p'),
    'export/lines.ndjson.gz': gzipSync(line(observation('q', 'p')) + line({ nothing: 1 })),
    'export/deleted/1.Bundle.ndjson': line(
      bundle('transaction', [{ request: { method: 'DELETE', url: 'Patient/gone' } }]),
    ),
    'export/error/1.OperationOutcome.ndjson': line({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'warning', code: 'value' }],
    }),
    'export/log.ndjson': line({
      exportId: 'x',
      eventId: 'status_complete',
      eventDetail: { transactionTime: '2026-03-20T10:01:00Z' },
    }),
    'export/manifest.json': { transactionTime: '2026-03-18T00:00:00Z' },
    'export/inner.zip': 'PK',
    'export/readme.txt': 'x',
  };
  const packed = async (
    how: (folder: string, to: string) => Promise<void>,
    name: string,
    content = files,
  ) => {
    const folder = await folderOf(content);
    const to = await folderOf({});
    await how(folder, join(to, name));
    await rm(folder, { recursive: true });
    return { to, path: join(to, name) };
  };
  const asTar = (folder: string, file: string) =>
    tar.create({ cwd: folder, file, gzip: /gz$/.test(file) }, ['export']);
  const asZip = async (folder: string, file: string) => {
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const texts = names.map(async (one) => {
      const path = join(one.parentPath, one.name);
      return [relative(folder, path), await readFile(path)] as const;
    });
    await writeFile(file, zip(Object.fromEntries(await Promise.all(texts))));
  };

  few(it, 1).each([
    ['export.tar.gz', asTar],
    ['export.zip', asZip],
    ['export.tgz', asTar],
    ['export.tar', asTar],
  ] as const)('hold the files of an export, as a folder does: %s', async (name, how) => {
    const { to, path } = await packed(how, name);
    const site = newSite();
    const { run_id, connection_id, leftOut } = await start(world, site, path);
    await drain(world.deps, world.clock);
    await rm(to, { recursive: true });
    const run = await runOf(sql, run_id);
    expect(run).toMatchObject({
      ...{ status: 'completed', records_extracted: 6, records_loaded: 5, records_failed: 1 },
      transaction_time: '2026-03-20T10:01:00Z',
    });
    expect(await loaded(connection_id)).toEqual([
      'Encounter/e',
      'Observation/o',
      'Observation/q',
      'Patient/p',
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'server-remark', subject: 'warning value', amount: 1 }]);
    expect(leftOut.map((one) => `${one.name} ${one.what}`).sort()).toEqual([
      `${name}!export/inner.zip archive`,
      `${name}!export/log.ndjson log`,
      `${name}!export/manifest.json manifest`,
      `${name}!export/readme.txt other`,
    ]);
    const [row] = await sql`
      select l.part, l.entry from failures f join import_lines l using (run_id, file_no, line) where f.run_id = ${run_id}`;
    expect(row).toEqual({ part: 'export/lines.ndjson.gz', entry: 2 });
  });

  it('with names that lead elsewhere, links and devices write nothing and read nothing of this machine', async () => {
    const to = await folderOf({ 'Patient.ndjson': line(patient('outside')) });
    const header = (path: string, type: string, size: number, linkpath = '') => {
      const block = Buffer.alloc(512);
      new tar.Header({
        path,
        type: type as 'File',
        size,
        linkpath,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: new Date(0),
      }).encode(block);
      return block;
    };
    const text = Buffer.from(line(patient('climber')));
    const body = Buffer.concat([text, Buffer.alloc(512 - text.length)]);
    await writeFile(
      join(to, 'x.tar'),
      Buffer.concat([
        header('../../../Patient.climber.ndjson', 'File', text.length),
        body,
        header('link.Patient.ndjson', 'SymbolicLink', 0, join(to, 'Patient.ndjson')),
        header('hard.Patient.ndjson', 'Link', 0, '../Patient.ndjson'),
        header('device.Patient.ndjson', 'CharacterDevice', 0),
        Buffer.alloc(1024),
      ]),
    );
    const before = await readdir(join(to, '..'));
    const { run_id, connection_id, leftOut } = await start(world, newSite(), join(to, 'x.tar'));
    await drain(world.deps, world.clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed', records_extracted: 1 });
    expect(await loaded(connection_id)).toEqual(['Patient/climber']);
    expect(leftOut.map(({ what }) => what)).toEqual(['other', 'other', 'other']);
    expect(await readdir(to)).toEqual(['Patient.ndjson', 'x.tar']);
    expect((await readdir(join(to, '..'))).filter((name) => name.includes('climber'))).toEqual([]);
    expect(before.filter((name) => name.includes('climber'))).toEqual([]);
    await rm(to, { recursive: true });
  });

  it.each([
    ['cut.tar.gz', asTar, (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['cut.tar', asTar, (bytes: Buffer) => bytes.subarray(0, 5000)],
    ['cut.zip', asZip, (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['climbs.zip', asZip, () => zip({ '../../Patient.climber.ndjson': line(patient('climber')) })],
    ['page.zip', asZip, () => Buffer.from('<html>')],
  ] as const)('that cannot be read to their end are refused by name: %s', async (name, how, damage) => {
    const { to, path } = await packed(how, name);
    await writeFile(path, damage(await readFile(path)));
    await expect(start(world, newSite(), path)).rejects.toThrow(`The archive ${name} cannot be read`);
    await rm(to, { recursive: true });
  });

  it('of which an entry has another checksum are refused', async () => {
    const archive = zip({ 'x.ndjson': JSON.stringify(patient('1')) });
    archive.writeUInt32LE(1, archive.indexOf('PK\x01\x02') + 16);
    const { run } = await load({ 'x.zip': archive }).catch((error) => ({ run: { error_code: error.code } }));
    expect(run['error_code']).toBe('import-archive-unreadable');
  });

  it('that unpack to many times their size are refused, whatever they say of it', async () => {
    const bomb = async function* () {
      const zeros = Buffer.alloc(1024 * 1024, ' ');
      for (let n = 0; n < 1100; n++) yield zeros;
    };
    const read = async () => {
      for await (const _ of bounded(Readable.from(bomb()), 'x.zip', 1000));
    };
    await expect(read()).rejects.toThrow(/unpacks to more than 300 times its size/);
  });
});

/** A connection whose transactions are rolled back, or are committed and nobody learns of it. */
function dyingAt(n: number): typeof sql {
  const begin = async (work: (tx: unknown) => Promise<unknown>) => {
    await sql.begin(async (tx) => {
      await work(tx);
      if (n % 4 === 0) throw new Error('died');
    });
    throw new Error('died');
  };
  return new Proxy(sql, {
    get: (target, key, receiver) => (key === 'begin' ? begin : Reflect.get(target, key, receiver)),
  });
}
