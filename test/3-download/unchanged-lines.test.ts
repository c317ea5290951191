/** Full exports after the first: of a chunk only the lines that are not what is loaded are stored and mapped. */
import { afterAll, describe, expect, it } from 'vitest';
import { STEP_NAMES } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { textOfChunk } from '../world/chunks.ts';
import { contentOf } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { startPurge, startRedrive } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const LINES = LONG_RUN ? 60 : 32;

const ofObservations = {
  on: 'file',
  match: ({ path }: { path: string }) => path.includes('Observation'),
} as const;
const long = (n: number, fields = {}) =>
  observation(`o${n}`, 'p', { note: [{ text: `${n} `.repeat(900) }], ...fields });

/** A Patient and Observations in chunks of some eight lines, loaded. */
async function loadedSite(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({ config: { limits: { chunk_bytes: 16_384 } }, ...options });
  made.ehr.load([patient('p'), ...Array.from({ length: LINES }, (_, n) => long(n))]);
  await made.sync();
  clock.advance(60);
  return made;
}

/** The lines that a run stored, by their number in the file of Observations. */
async function storedLines(runId: number): Promise<{ lines: Map<number, string>; bytes: number }> {
  const chunks = await sql<{ chunk_id: number; body: Buffer; first_line: number }[]>`
    select chunk_id, body, first_line from chunk join chunk_body using (chunk_id) join export_file using (file_id)
    where chunk.run_id = ${runId} and resource_type = 'Observation' order by first_line`;
  const lines = new Map<number, string>();
  let bytes = 0;
  for (const { chunk_id, body, first_line } of chunks) {
    const text = (await textOfChunk(deps, chunk_id, body)).toString();
    bytes += text.length;
    for (const [n, line] of text.split('\n').entries()) if (line.trim()) lines.set(first_line + n, line);
  }
  return { lines, bytes };
}

/** Each job alone, downloads handing themselves on after each chunk; what is stored is mapped before they go on. */
async function inPieces(one: Site, afterEach: (runId: number) => Promise<void> = async () => {}) {
  const runId = await one.start({ full: true });
  await drain(deps, clock, async () => {
    const next = () => fetchOne(deps, STEP_NAMES.toReversed());
    for (let job = await next(); job; job = await next()) {
      await runJob(deps, job.name, job.job, () => true);
      await afterEach(runId);
    }
  });
  return await runOf(sql, runId);
}

async function expectAsFreshlyLoaded(one: Site): Promise<void> {
  const fresh = await world.site({ ehr: one.ehr });
  await fresh.sync();
  expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
}

const valuesOf = async (one: Site, id: string) =>
  await sql`
    select value_as_number as value from measurement join resource on resource_key = measurement_id / 1000
    where connection_id = ${one.id} and fhir_id = ${id}`;
const beats = (value: number) => ({ valueQuantity: { value, unit: '/min', code: '/min' } });

describe('a full export in which a few lines have changed', () => {
  it('stores and maps these lines alone, where they stand, and counts the others', async () => {
    const one = await loadedSite();
    const [first] = await sql<{ run_id: number }[]>`select run_id from run where connection_id = ${one.id}`;
    const whole = await storedLines(first?.run_id ?? 0);
    expect(whole.lines.size).toBe(LINES);
    one.ehr.put(long(7, beats(80)));
    one.ehr.put(long(30, beats(81)));
    const run = await one.sync({ full: true });
    expect(run).toMatchObject({
      ...{ status: 'completed', records_extracted: LINES + 1, records_unchanged: LINES - 1 },
      records_loaded: 2,
    });
    const rest = await storedLines(run['run_id']);
    const lineage = await sql<{ line: number; fhir_id: string }[]>`
      select fhir_id, line from lineage where connection_id = ${one.id} and last_run = ${run['run_id']} order by line`;
    expect(lineage.map(({ fhir_id }) => fhir_id).toSorted()).toEqual(['o30', 'o7']);
    expect([...rest.lines.keys()]).toEqual(lineage.map(({ line }) => line - 1));
    for (const { line, fhir_id } of lineage) expect(rest.lines.get(line - 1)).toContain(`"${fhir_id}"`);
    // Two lines of all, and a line end for each of the others in their chunks.
    expect(rest.bytes / whole.bytes).toBeLessThan(2.1 / LINES);
    await expectAsFreshlyLoaded(one);
  });

  inLongRun(it)('accounts for each line of each chunk once', async () => {
    const one = await loadedSite();
    one.ehr.put(long(3, beats(90)));
    one.ehr.put(long(4, { status: 'entered-in-error' }));
    const run = await one.sync({ full: true });
    const counts = await sql`
      select c.lines, sum(n.extracted)::int as extracted from chunk c join chunk_count n using (chunk_id)
      where c.run_id = ${run['run_id']} and c.file_id is not null group by c.chunk_id, c.lines`;
    expect(counts.length).toBeGreaterThan(3);
    for (const { lines, extracted } of counts) expect(extracted).toBe(lines);
    expect(run).toMatchObject({
      ...{ records_unchanged: LINES - 1, records_loaded: 1, records_excluded: 1, records_failed: 0 },
    });
  });

  inLongRun(it)(
    'is read on after a break, by a server that knows no Range, and nothing is counted twice',
    async () => {
      const one = await loadedSite({ gzip: false, range: false });
      for (const n of [2, 20, 40]) one.ehr.put(long(n, beats(80 + n)));
      one.ehr.faults.push({ ...ofObservations, do: { cut: 65_000, headers: { connection: 'close' } } });
      const run = await inPieces(one);
      expect(one.ehr.faults).toEqual([]);
      expect(run).toMatchObject({
        ...{
          status: 'completed',
          records_extracted: LINES + 1,
          records_unchanged: LINES - 2,
          records_loaded: 3,
        },
      });
      expect(await sql`select 1 from export_file where run_id = ${run['run_id']} and restarts > 0`).toEqual(
        [],
      );
      await expectAsFreshlyLoaded(one);
    },
  );

  inLongRun(it)(
    'is taken back where its file proves damaged, and leaves what a whole reading brings',
    async () => {
      const one = await loadedSite();
      for (const n of [2, 20, 40]) one.ehr.put(long(n, beats(80 + n)));
      const rewrite = (line: string) => line.replace('"id":"o20"', '"id":"never"');
      one.ehr.faults.push({ ...ofObservations, times: 99, do: { wrongChecksum: true, rewrite } });
      const run = await inPieces(one, async (runId) => {
        const [damaged] = await sql`select 1 from export_file where run_id = ${runId} and restarts > 0`;
        if (damaged) one.ehr.faults.length = 0;
      });
      expect(run).toMatchObject({ status: 'completed', records_extracted: LINES + 1, records_failed: 0 });
      expect(await sql`select reason, resources from removals where run_id = ${run['run_id']}`).toEqual([
        { reason: 'misread', resources: 1 },
      ]);
      expect(await valuesOf(one, 'o20')).toEqual([{ value: 100 }]);
    },
  );

  inLongRun(it)(
    'is found cut in the middle of its last line also by a worker that takes over behind it',
    async () => {
      const one = await loadedSite({ gzip: false });
      const last = JSON.stringify(one.ehr.get('Observation', `o${LINES - 1}`));
      const cut = (line: string) => (line.startsWith(last.slice(0, 40)) ? line.slice(0, 900) : line);
      one.ehr.faults.push({ ...ofObservations, times: 9, do: { rewrite: cut } });
      const run = await inPieces(one);
      const reasons = await sql`select reason from failures where run_id = ${run['run_id']} order by reason`;
      expect(reasons.map(({ reason }) => reason)).toContain('file-cut-short');
    },
  );

  inLongRun(it)(
    'lets the contents of two versions of a resource decide, wherever their ids stand',
    async () => {
      const one = await loadedSite();
      const older = JSON.stringify({ note: [], ...long(5, beats(10)), meta: { lastUpdated: '2001-01-01' } });
      const [type, id] = ['"resourceType":"Observation",', '"id":"o5",'];
      const turned = `{${older.slice(1).replace(type, '').replace(id, '').slice(0, -1)},${type}${id.slice(0, -1)}}`;
      expect(JSON.parse(turned)).toMatchObject({ resourceType: 'Observation', id: 'o5' });
      one.ehr.faults.push({
        ...ofObservations,
        do: { rewrite: (line) => (line.includes('"id":"o5"') ? `${turned}\n${line}` : line) },
      });
      const run = await one.sync({ full: true });
      expect(run).toMatchObject({
        ...{ records_extracted: LINES + 2, records_unchanged: LINES + 1, records_excluded: 1 },
      });
      expect((await valuesOf(one, 'o5')).map(({ value }) => value)).toEqual([72]);
    },
  );

  inLongRun(it).each([
    ['before', 0],
    ['behind', LINES - 1],
  ])('lets the newer of two versions stay that stand in different chunks, the older %s it', async (_, at) => {
    const one = await loadedSite();
    const older = JSON.stringify({ ...long(30, beats(10)), meta: { lastUpdated: '2001-01-01T00:00:00Z' } });
    one.ehr.faults.push({
      ...ofObservations,
      do: { rewrite: (line, index) => (index === at ? `${older}\n${line}` : line) },
    });
    const run = await one.sync({ full: true });
    expect(await valuesOf(one, 'o30')).toEqual([{ value: 72 }]);
    expect(run).toMatchObject({
      ...{ records_extracted: LINES + 2, records_unchanged: LINES + 1, records_excluded: 1 },
    });
    const reasons = await sql`select reason, resources from chunk_reason where run_id = ${run['run_id']}`;
    expect(reasons).toEqual([{ reason: 'superseded-in-export', resources: 1 }]);
  });

  inLongRun(describe).each([
    ['without a time', true],
    ['of the same time', false],
  ])('of two versions %s in different chunks', (_, without) => {
    const timeless = (line: string) => {
      const { meta: _meta, ...rest } = JSON.parse(line);
      return JSON.stringify(rest);
    };
    const made = (line: string) => (without && line.trim() ? `${timeless(line)}\n` : line);
    const served = (rewrite: (line: string, index: number) => string) =>
      ({ ...ofObservations, times: 99, do: { rewrite } }) as const;

    few(it, 1).each([
      ['behind', LINES - 1, 10],
      ['before', 0, 72],
    ])('the later in the export stays, as on a fresh load: the changed one %s it', async (__, at, value) => {
      for (const inTurn of [false, true]) {
        const one = await world.site({ config: { limits: { chunk_bytes: 16_384 } } });
        one.ehr.load([patient('p'), ...Array.from({ length: LINES }, (_line, n) => long(n))]);
        one.ehr.faults.push(served(made));
        await one.sync();
        clock.advance(60);
        const meta = Reflect.get(one.ehr.get('Observation', 'o30') ?? {}, 'meta');
        const other = made(`${JSON.stringify({ ...long(30, beats(10)), meta })}\n`);
        one.ehr.faults.splice(
          0,
          1,
          served((line, index) => (index === at ? `${other}${made(line)}` : made(line))),
        );
        const run = inTurn ? await inPieces(one) : await one.sync({ full: true });
        expect(run).toMatchObject({ status: 'completed', records_extracted: LINES + 2, records_failed: 0 });
        expect(await valuesOf(one, 'o30')).toEqual([{ value }]);
        await expectAsFreshlyLoaded(one);
      }
    });
  });

  inLongRun(it)('loads what a server that was restored has of an earlier time', async () => {
    const one = await loadedSite();
    const older = JSON.stringify({ ...long(30, beats(10)), meta: { lastUpdated: '2001-01-01T00:00:00Z' } });
    one.ehr.faults.push({
      ...ofObservations,
      do: { rewrite: (line) => (line.includes('"id":"o30"') ? `${older}\n` : line) },
    });
    expect(await one.sync({ full: true })).toMatchObject({ records_unchanged: LINES, records_loaded: 1 });
    expect(await valuesOf(one, 'o30')).toEqual([{ value: 10 }]);
  });

  it('keeps a chunk whole where a line of it cannot be read', async () => {
    const one = await loadedSite();
    one.ehr.faults.push({
      ...ofObservations,
      do: { rewrite: (line) => (line.includes('"id":"o5"') ? `${line.slice(0, 99)}\n` : line) },
    });
    const run = await one.sync({ full: true });
    expect(run).toMatchObject({ records_unchanged: LINES, records_failed: 1 });
    expect((await storedLines(run['run_id'])).lines.size).toBeGreaterThan(1);
  });

  inLongRun(it)('parks a line whose Patient is not there, and takes it up with the Patient', async () => {
    const one = await loadedSite();
    one.ehr.put(observation('early', 'late'));
    expect(await one.sync({ full: true })).toMatchObject({ records_parked: 1, records_unchanged: LINES + 1 });
    clock.advance(60);
    one.ehr.put(patient('late'));
    await one.sync({ full: true });
    await expectAsFreshlyLoaded(one);
  });

  inLongRun(it)('has a failed line taken up again by redrive', async () => {
    const one = await loadedSite();
    one.ehr.put(long(9, { effectiveDateTime: 'never' }));
    const run = await one.sync({ full: true });
    expect(run).toMatchObject({ records_failed: 1, records_unchanged: LINES });
    const lines = await sql`select line from failures where run_id = ${run['run_id']}`;
    expect(lines).toHaveLength(1);
    await startRedrive(deps, { connection_id: one.id, triggered_by: 'test' });
    await drain(deps, clock);
    const [again] = await sql`
      select records_redriven, records_failed from run where connection_id = ${one.id} order by run_id desc limit 1`;
    expect(again).toEqual({ records_redriven: 1, records_failed: 1 });
  });

  inLongRun(it)('has the lines of a purged patient erased from what is kept of it', async () => {
    const one = await loadedSite();
    one.ehr.put(patient('q'));
    one.ehr.put(observation('of-q', 'q'));
    one.ehr.put(long(9, beats(99)));
    const run = await one.sync({ full: true });
    expect([...(await storedLines(run['run_id'])).lines.values()].join()).toContain('Patient/q');
    await startPurge(deps, {
      ...{ connection_id: one.id, patient_id: 'q', unknown: false, reason: 'withdrawn' },
      requested_by: 'test',
    });
    await drain(deps, clock);
    const kept = [...(await storedLines(run['run_id'])).lines.values()].join();
    expect(kept).not.toContain('Patient/q');
    expect(kept).toContain('"o9"');
  });
});

inLongRun(it)('stores an export whole when most of a chunk has changed', async () => {
  const one = await loadedSite();
  for (let n = 0; n < LINES - 8; n++) one.ehr.put(long(n, beats(n)));
  const run = await one.sync({ full: true });
  expect(run).toMatchObject({ records_unchanged: 9, records_loaded: LINES - 8 });
  await expectAsFreshlyLoaded(one);
});
