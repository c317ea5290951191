/** Folders as bulk data clients write them: data, deletions, remarks, and what is about the export. */
import { rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { findSources } from '../../jobs/operator/import-sources.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine as cliActor } from '../../jobs/record/actor.ts';
import { commandHere } from '../cli/command-line.ts';
import { few, inLongRun } from '../long-run.ts';
import { encounter, observation, patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';
import { folderOf, importFiles as importFilesInto } from './import-paths.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const importFiles = (site: string, files: Record<string, string | Buffer>) =>
  importFilesInto(world, site, files);

const line = (json: object) => `${JSON.stringify(json)}\n`;
const event = (eventId: string, eventDetail: object = {}) =>
  line({ exportId: 'x', timestamp: '2026-11-20T10:00:00Z', eventId, eventDetail });
const log = event('kickoff') + event('status_complete', { transactionTime: '2026-03-20T10:01:00.000+00:00' });
const deletes = (...urls: string[]) =>
  line({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: urls.map((url) => ({ request: { method: 'DELETE', url } })),
  });
const remark = (severity: string) =>
  line({ resourceType: 'OperationOutcome', issue: [{ severity, code: 'processing' }] });
const first = {
  '1.Patient.ndjson': line(patient('p')),
  '1.Observation.ndjson': line(observation('o', 'p')) + line(observation('stale', 'p')),
};
const gone = (site: string) => sql`
  select r.fhir_id, r.reason from resource r join connection c using (connection_id)
  where c.site_key = ${site} and r.outcome <> 'loaded' order by r.fhir_id`;

describe('a folder of a bulk data client', () => {
  it('has a log and a manifest, which are no data and tell of when it is', async () => {
    const { found, run } = await importFiles('client', {
      ...first,
      '1.Encounter.ndjson': line(
        encounter('e', 'p', {
          status: 'in-progress',
          class: { code: 'IMP' },
          period: { start: '2026-03-01' },
        }),
      ),
      'log.ndjson': log,
      'archive/log.0001.ndjson.gz': gzipSync(log.replaceAll('03-20', '03-19')),
      'manifest.json': JSON.stringify({ transactionTime: '2026-03-18T00:00:00Z', output: [] }),
      'attachments/scan.pdf': '%PDF',
      'README.md': 'about',
    });
    expect(found.leftOut).toEqual([
      { name: 'README.md', what: 'other' },
      { name: 'archive/log.0001.ndjson.gz', what: 'log' },
      { name: 'attachments/scan.pdf', what: 'other' },
      { name: 'log.ndjson', what: 'log' },
      { name: 'manifest.json', what: 'manifest' },
    ]);
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 4,
      records_loaded: 4,
      records_failed: 0,
    });
    expect(run['transaction_time']).toBe('2026-03-20T10:01:00.000+00:00');
    // A stay that is not over was still going on then.
    const [visit] = await sql`select visit_end_date from visit_occurrence`;
    expect(visit).toEqual({ visit_end_date: '2026-03-20' });
    const [connection] =
      await sql`select watermark from connection where connection_id = ${found.connection_id}`;
    expect(connection).toEqual({ watermark: null });
  });

  it('may say what was deleted: it goes, and its Bundles are no resources that nothing is made of', async () => {
    await importFiles('deleting', first);
    const { run } = await importFiles('deleting', {
      '1.Observation.ndjson': line(observation('new', 'p')),
      'deleted/1.Bundle.ndjson': deletes('Observation/stale', 'Observation/never'),
    });
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 1,
      records_loaded: 1,
      rows_deleted: 1,
    });
    expect(await gone('deleting')).toEqual([{ fhir_id: 'stale', reason: 'deleted-at-source' }]);
  });

  few(it, 1).each([
    'error/1.OperationOutcome.ndjson',
    'error/1.ndjson',
    '1.OperationOutcome.ndjson',
    'outcome/x.ndjson',
  ])(
    'may have remarks of the server, which are told with their codes, and are no resources: %s',
    async (name) => {
      const site = `remarks-${name.replace(/[^a-z]+/gi, '-').toLowerCase()}`;
      const { run } = await importFiles(site, {
        ...first,
        [name]: remark('warning') + remark('information') + remark('warning') + remark('error'),
      });
      expect(run).toMatchObject({ status: 'completed', records_extracted: 3, records_failed: 0 });
      expect(
        await sql`select code, subject, amount from run_notice where run_id = ${run['run_id']} order by subject`,
      ).toEqual([
        { code: 'server-remark', subject: 'information processing', amount: 1 },
        { code: 'server-remark', subject: 'warning processing', amount: 2 },
      ]);
      expect(await sql`select reason, field from failures where run_id = ${run['run_id']}`).toEqual([
        { reason: 'server-reported-error', field: 'processing' },
      ]);
    },
  );

  it('holds data where their names say a type, whatever the folder is called', async () => {
    const { run } = await importFiles('named', {
      'error/Patient.ndjson': line(patient('p')),
      'deleted/Observation.ndjson': line(observation('o', 'p')),
      'logs/events.ndjson': line(observation('q', 'p')),
      'empty.ndjson': '',
      'broken.ndjson': '{"eventId":\n',
    });
    expect(run).toMatchObject({ status: 'completed', records_loaded: 3, records_failed: 1 });
  });

  it('is read to its border: what a link in it leads to elsewhere is named, and not loaded', async () => {
    const elsewhere = await folderOf({ 'Patient.ndjson': line(patient('not-here')) });
    const folder = await folderOf(first);
    const inside = join(folder, Object.keys(first)[0] ?? '');
    await symlink(join(elsewhere, 'Patient.ndjson'), join(folder, 'linked.ndjson'));
    await symlink(elsewhere, join(folder, 'linked-folder'));
    await symlink('/nowhere-at-all.ndjson', join(folder, 'lost.ndjson'));
    await symlink(inside, join(folder, 'own.ndjson'));
    try {
      const { sources, leftOut } = await findSources([folder]);
      expect(leftOut).toEqual([
        { name: 'linked-folder', what: 'link' },
        { name: 'linked.ndjson', what: 'link' },
        { name: 'lost.ndjson', what: 'link' },
      ]);
      expect(sources.map(({ url }) => basename(url))).toContain('own.ndjson');
      // Whoever names a link means what it leads to.
      expect((await findSources([join(folder, 'linked.ndjson')])).sources).toHaveLength(1);
      expect((await findSources([join(folder, 'linked-folder')])).sources).toHaveLength(1);
    } finally {
      for (const one of [folder, elsewhere]) await rm(one, { recursive: true, force: true });
    }
  });

  it('of nothing but a log is refused', async () => {
    await expect(importFiles('only-a-log', { 'log.ndjson': log })).rejects.toThrow(/holds no FHIR resources/);
  });
});

describe('cli import', () => {
  inLongRun(it)('names what it leaves where it is, and of when the export is', async () => {
    const folder = await folderOf({
      ...first,
      'log.ndjson': log,
      'deleted/1.Bundle.ndjson': deletes('Observation/stale'),
      'error/1.OperationOutcome.ndjson': remark('warning'),
    });
    const settings = { url: world.database.url, encryptionKey: world.encryptionKey };
    const { code, said } = await commandHere(settings, ['import', folder, '--site', 'cli', '--new']);
    await rm(folder, { recursive: true, force: true });
    expect(code).toBe(0);
    expect(said).toContain('  exported at 2026-03-20T10:01:00.000+00:00\n');
    expect(said).toContain('  of deletions: 1, applied after all others\n');
    expect(said).toContain("  of the server's remarks: 1\n");
    expect(said).toContain('  not data: log.ndjson (the log of an export)\n');
  });

  inLongRun(it)(
    'takes a key that nobody has for mistyped beside other sites, unless it is said to be new',
    async () => {
      await importFiles('typed', first);
      const folder = await folderOf(first);
      const import_ = (site_key: string, new_site: boolean) =>
        startImport(world.deps, { paths: [folder], site_key, new_site, actor: cliActor('test') });
      await expect(import_('tpyed', false)).rejects.toThrow(
        /No connection has the key "tpyed"; there are .*"typed".*--new/,
      );
      expect(await sql`select 1 from connection where site_key = 'tpyed'`).toEqual([]);
      const { connection_id } = await import_('typed', false);
      await drain(world.deps, world.clock);
      await rm(folder, { recursive: true, force: true });
      expect(await sql`select site_key from connection where connection_id = ${connection_id}`).toEqual([
        { site_key: 'typed' },
      ]);
    },
  );
});
