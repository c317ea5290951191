/** `purge`: nothing of a patient stays, nothing of them is loaded again, and nobody can tell from the list who they are. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { liftPurge } from '../../jobs/operator/start-purge.ts';
import { few, inLongRun } from '../long-run.ts';
import { textOfChunk, textsOfChunks } from '../world/chunks.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, encounter, observation, patient, practitioner } from '../world/record.ts';
import { tablesWithRows } from '../world/tables-with-rows.ts';
import { cancelRun, startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, runOf, type Site } from '../world/world.ts';
import { importFiles } from './import-paths.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

const SECRET = 'zeta-4711';

function chart(id: string) {
  return [
    patient(id, { address: [{ state: 'MA', postalCode: '02139' }] }),
    encounter(`e-${id}`, id),
    observation(`o-${id}`, id, { encounter: { reference: `Encounter/e-${id}` } }),
    condition(`c-${id}`, id),
    // Excluded by a rule, and failed: they have no row.
    observation(`x-${id}`, id, { status: 'entered-in-error' }),
  ];
}

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.load([...chart('other'), ...chart(SECRET), practitioner('d')]);
  await made.sync();
  return made;
}

async function purge(of: Site, patient_id = SECRET): Promise<{ purge_id: number; resources: number }> {
  const request = {
    connection_id: of.id,
    patient_id,
    unknown: false,
    reason: 'opt-out',
    requested_by: 'test',
  };
  const purge_id = await startPurge(deps, request);
  await drain(deps, world.clock);
  const [done] = await sql<{ resources: number; run_id: number }[]>`
    select resources, run_id from purge where purge_id = ${purge_id}`;
  expect(await runOf(sql, done?.run_id ?? 0)).toMatchObject({ status: 'completed', error_message: null });
  return { purge_id, resources: done?.resources ?? -1 };
}

/** Where a text is found: in any column of any table, of the queue and the CDM too, and in the text of the chunks. */
async function traces(text: string): Promise<string[]> {
  const hex = Buffer.from(text).toString('hex');
  const tables = await tablesWithRows(sql);
  const rows = await sql.unsafe<{ name: string }[]>(
    tables
      .map(
        (name) => `select '${name}' as name where exists (
          select from ${name} t where t::text like '%${text}%' or t::text like '%${hex}%')`,
      )
      .join(' union all '),
  );
  const found = rows.map(({ name }) => name);
  for (const whole of await textsOfChunks(deps)) if (whole.includes(text)) found.push('a chunk');
  return found;
}

describe('a purge', () => {
  it('leaves no trace of the patient, in no table and no chunk, and everything of the others', async () => {
    const one = await site();
    const fresh = await world.site();
    fresh.ehr.load([...chart('other'), practitioner('d')]);
    await fresh.sync();
    expect(await traces(SECRET)).toContain('a chunk');
    await sql`
      insert into cohort (cohort_definition_id, subject_id, cohort_start_date, cohort_end_date)
      select 7, person_id, date '2026-01-01', date '2026-02-01' from person join resource on resource_key = person_id
      where connection_id = ${one.id}`;
    const { resources } = await purge(one);
    expect(resources).toBe(5);
    expect(await sql`select fhir_id from cohort left join resource on resource_key = subject_id`).toEqual([
      { fhir_id: 'other' },
    ]);
    await sql`delete from cohort`;
    expect(await traces(SECRET)).toEqual([]);
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    expect(world.logged()).not.toContain(SECRET);
  });

  inLongRun(it)(
    'keeps the patient out: what the EHR sends of them is excluded by the rule "purged", and not kept',
    async () => {
      const one = await site();
      await purge(one);
      one.ehr.put(observation('late', SECRET));
      one.ehr.put(observation('late-other', 'other'));
      expect(await one.sync()).toMatchObject({
        records_extracted: 2,
        records_excluded: 1,
        records_loaded: 1,
      });
      const full = await one.sync({ full: true });
      expect(full).toMatchObject({ status: 'completed', records_extracted: 13, records_excluded: 6 });
      expect(
        await sql`select reason, sum(resources)::int as n from chunk_reason where run_id = ${full['run_id']} group by 1`,
      ).toEqual([{ reason: 'purged', n: 6 }]);
      expect(await traces(SECRET)).toEqual([]);
    },
  );

  inLongRun(it)('keeps nothing of the patient either when the EHR says that they are deleted', async () => {
    const one = await site();
    await purge(one);
    one.ehr.remove('Patient', SECRET);
    one.ehr.remove('Observation', 'o-other');
    expect(await one.sync()).toMatchObject({ status: 'completed', rows_deleted: 1 });
    expect(await traces(SECRET)).toEqual([]);
  });

  inLongRun(it)(
    'is refused for an id of which nothing is here, unless it is to keep out somebody who may come',
    async () => {
      const one = await site();
      one.ehr.put(observation('early', 'not-here'));
      await one.sync();
      const ask = (patient_id: string, unknown: boolean) =>
        startPurge(deps, {
          ...{ connection_id: one.id, patient_id, unknown, reason: 'opt-out', requested_by: 'test' },
        });
      await expect(ask('mistyped', false)).rejects.toThrow(
        /^Nothing of this patient is here: (?!.*mistyped)/,
      );
      expect(await sql`select 1 from purge where connection_id = ${one.id}`).toEqual([]);
      // Of this one only an Observation has come, which waits.
      expect(await ask('not-here', false)).toBeGreaterThan(0);
      expect(await ask('not-yet', true)).toBeGreaterThan(0);
      await drain(deps, world.clock);
      one.ehr.load([...chart('not-yet')]);
      expect(await one.sync({ full: true })).toMatchObject({ records_loaded: 0, records_failed: 0 });
      await purge(one);
    },
  );

  inLongRun(it)('once lifted, lets a full sync bring the patient back', async () => {
    const one = await site();
    const before = sizes(await contentOf(sql, one.id));
    const { purge_id } = await purge(one);
    const lift = { connection_id: one.id, purge_id, lifted_by: 'test', at: world.clock() };
    await sql.begin((tx) => liftPurge(tx, lift));
    await one.sync({ full: true });
    expect(sizes(await contentOf(sql, one.id))).toEqual(before);
    await purge(one);
  });

  inLongRun(it)('takes free text with it that only this patient had, from the worklist too', async () => {
    const one = await world.site();
    const said = (id: string, subject: string, text: string) => observation(id, subject, { code: { text } });
    one.ehr.load([...chart('other'), ...chart(SECRET)]);
    one.ehr.load([
      said('t1', SECRET, 'never heard'),
      said('t2', SECRET, 'heard'),
      said('t3', 'other', 'heard'),
    ]);
    await one.sync();
    expect(await traces('never heard')).toEqual(
      expect.arrayContaining(['ehr_sync.source_code', 'ehr_sync.vocabulary_answer']),
    );
    expect(await sql`select 1 from unmapped_summary where connection_id = ${one.id}`).toHaveLength(2);
    await purge(one);
    expect(await traces('never heard')).toEqual([]);
    expect(await sql`select code from source_code where system = 'text'`).toEqual([{ code: 'heard' }]);
    // Of another who says the same it is kept as if it had never been said.
    one.ehr.put(said('t4', 'other', 'never heard'));
    await one.sync();
    expect(await traces('never heard')).toContain('ehr_sync.vocabulary_answer');
  });

  inLongRun(it)('follows merged Patients, whichever of their ids is named', async () => {
    const one = await site();
    one.ehr.load(chart('zeta-0815').filter(({ resourceType }) => resourceType !== 'Patient'));
    one.ehr.put(
      patient('zeta-0815', {
        active: false,
        link: [{ type: 'replaced-by', other: { reference: `Patient/${SECRET}` } }],
      }),
    );
    await one.sync();
    expect((await purge(one, 'zeta-0815')).resources).toBe(10);
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({ person: 1, measurement: 1 });
    expect(await traces('zeta')).toEqual([]);
    one.ehr.put(observation('late', SECRET));
    expect(await one.sync()).toMatchObject({ records_excluded: 1, records_loaded: 0 });
  });

  it('takes out what waits for a Patient that never came', async () => {
    const one = await world.site();
    one.ehr.load([observation('o', 'zeta-9')]);
    await one.sync();
    expect((await purge(one, 'zeta-9')).resources).toBe(1);
    expect(await traces('zeta-9')).toEqual([]);
  });

  inLongRun(it)(
    'takes out what waits for an Encounter that never came, though its chunk is no longer kept',
    async () => {
      const one = await world.site();
      const undated = { onsetDateTime: undefined, encounter: { reference: 'Encounter/never' } };
      one.ehr.load([...chart('other'), patient(SECRET), condition('waits', SECRET, undated)]);
      await one.sync();
      await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${one.id}`;
      expect(await purge(one)).toMatchObject({ resources: 2 });
      expect(await traces(SECRET)).toEqual([]);
    },
  );

  it('waits for a live run to end, keeps that from loading the patient, and cannot be cancelled', async () => {
    const one = await site();
    one.ehr.put(observation('late', SECRET));
    await one.start();
    const request = {
      connection_id: one.id,
      patient_id: SECRET,
      unknown: false,
      reason: 'opt-out',
      requested_by: 'test',
    };
    const purge_id = await startPurge(deps, request);
    await drain(deps, world.clock);
    const [done] = await sql`select finished_at, run_id from purge where purge_id = ${purge_id}`;
    expect(done?.['finished_at']).not.toBeNull();
    expect(await traces(SECRET)).toEqual([]);
    const [sync] = await sql`
      select records_excluded from run where connection_id = ${one.id} and kind = 'export' order by run_id desc limit 1`;
    expect(sync).toEqual({ records_excluded: 1 });
    await sql`update run set status = 'processing', finished_at = null where run_id = ${done?.['run_id']}`;
    await expect(cancelRun(deps, { connection_id: one.id, run_id: done?.['run_id'] })).rejects.toThrow(
      'not cancelled',
    );
    await sql`update run set status = 'completed', finished_at = now() where run_id = ${done?.['run_id']}`;
  });

  inLongRun(it)(
    'of a member of a Group is not undone by the list of its members, in which the server still names them',
    async () => {
      const GONE = 'kappa-0815';
      const one = await world.site({
        connection: { group_id: 'registry' },
        config: { group_membership: 'request' },
      });
      one.ehr.load([...chart('other'), ...chart(GONE)]);
      one.ehr.group('registry', ['other', GONE]);
      await one.sync();
      expect(await traces(GONE)).toEqual(expect.arrayContaining(['ehr_sync.group_member', 'a chunk']));
      const { purge_id } = await purge(one, GONE);
      expect(await traces(GONE)).toEqual([]);
      one.ehr.put(observation(`late-${GONE}`, GONE));
      const next = await one.sync();
      expect(next).toMatchObject({ status: 'completed', records_excluded: 1, records_failed: 0 });
      expect(await traces(GONE)).toEqual([]);
      // Lifted, they are new to the Group, and their whole history is asked for.
      await sql.begin((tx) =>
        liftPurge(tx, { connection_id: one.id, purge_id, lifted_by: 'test', at: world.clock() }),
      );
      expect(await one.sync()).toMatchObject({ status: 'completed', mode: 'incremental' });
      expect(sizes(await contentOf(sql, one.id))).toMatchObject({ person: 2, measurement: 3 });
    },
  );

  inLongRun(it)("leaves what was sent as theirs by mistake, and is another patient's since", async () => {
    const one = await site();
    const moved = [
      observation(`o-${SECRET}`, 'other'),
      // Failed, and of somebody who is to come: they have no row.
      condition(`c-${SECRET}`, 'other', { onsetDateTime: '2024-13-01' }),
      encounter(`e-${SECRET}`, 'to-come'),
    ];
    for (const resource of moved) one.ehr.put(resource);
    await one.sync();
    await purge(one);
    const left = await sql<{ said: string }[]>`
      select resource_type || ' ' || outcome as said from resource
      where connection_id = ${one.id} and fhir_id like ${`%-${SECRET}`} order by 1`;
    expect(left.map(({ said }) => said)).toEqual([
      'Condition failed',
      'Encounter parked',
      'Observation loaded',
    ]);
    expect(
      await sql`
      select 1 from failure where connection_id = ${one.id} and fhir_id = ${`c-${SECRET}`} and resolved_at is null`,
    ).toHaveLength(1);
    one.ehr.put(patient('to-come'));
    expect(await one.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1, records_loaded: 2 });
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({
      person: 2,
      measurement: 2,
      visit_occurrence: 2,
    });
  });

  inLongRun(it)('of one connection leaves the same id of another alone', async () => {
    const one = await site();
    const two = await world.site({ ehr: one.ehr });
    await two.sync();
    await purge(one);
    expect(sizes(await contentOf(sql, two.id))).toMatchObject({ person: 2, measurement: 2 });
    expect(await two.sync({ full: true })).toMatchObject({ records_excluded: 0, records_unchanged: 11 });
  });
});

const NAME = 'Quoxley';
const BIRTH = '1931-12-03';
const VALUE = '4711.25';
const MARKED = 'theta-0042';
const MARKS = [MARKED, NAME, BIRTH, VALUE];
const tracesOfAny = async () => (await Promise.all(MARKS.map(traces))).flat();
const pretty = (line: string) => `${JSON.stringify(JSON.parse(line), null, 2)}\n`;
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

/** With what tells who they are at the end, lines away from the id. */
function marked(id: string): Resource[] {
  const resources = [
    patient(id, { birthDate: BIRTH, name: [{ family: NAME }] }),
    encounter(`e-${id}`, id),
    observation(`o-${id}`, id, { valueQuantity: { value: Number(VALUE), unit: '/min', code: '/min' } }),
  ];
  return resources.map(({ resourceType, ...fields }) => ({ resourceType, ...fields }));
}

few(describe, 1).each([
  ['plain', (line: string) => line],
  ['pretty-printed with CRLF', (line: string) => crlf(pretty(line))],
  ['CRLF', crlf],
  ['pretty-printed', pretty],
  [
    'pretty-printed, with a BOM and blank lines',
    (line: string, n: number) => `${n === 0 ? '\uFEFF' : '\n'}${pretty(line)}\n`,
  ],
])('files that are %s', (_, rewrite) => {
  const sent = { on: 'file', times: 99, do: { rewrite } } as const;
  const chunksOf = (one: Site) =>
    sql<{ chunk_id: number; body: Buffer }[]>`
      select c.chunk_id, c.byte_start, c.byte_end, c.first_line, c.lines, c.sha256, b.body
      from chunk c join run using (run_id) join chunk_body b using (chunk_id)
      where connection_id = ${one.id} and c.file_id is not null order by c.chunk_id`;

  it('hold nothing of a purged patient any more, and the lines of the others stand where they stood', async () => {
    const one = await world.site({ gzip: false, config: { limits: { chunk_bytes: 2048 } } });
    one.ehr.faults.push(sent);
    one.ehr.load([...chart('other'), ...marked(MARKED), ...chart('another')]);
    expect(await one.sync()).toMatchObject({ status: 'completed', records_extracted: 13, records_failed: 0 });
    const found = await tracesOfAny();
    expect(found).toEqual(expect.arrayContaining(['a chunk', 'cdm.person', 'cdm.measurement']));
    const before = await chunksOf(one);
    const lineage = () =>
      sql`select resource_type, fhir_id, file_no, line from lineage where connection_id = ${one.id}
        and fhir_id not like ${`%${MARKED}`} order by 1, 2`;
    const stood = await lineage();

    expect((await purge(one, MARKED)).resources).toBe(3);

    expect(await tracesOfAny()).toEqual([]);
    expect(await lineage()).toEqual(stood);
    const after = await chunksOf(one);
    for (const [n, { body, ...place }] of before.entries()) {
      const { body: erased = body, ...stays } = after[n] ?? {};
      expect(stays).toEqual(place);
      const [was, is] = [
        await textOfChunk(deps, place.chunk_id, body),
        await textOfChunk(deps, place.chunk_id, erased),
      ];
      expect(is.length).toBe(was.length);
      expect([...is].map((byte, at) => byte === 32 || byte === was[at])).not.toContain(false);
      expect(is.toString().split('\n').length).toBe(was.toString().split('\n').length);
    }
    expect(world.logged()).not.toContain(NAME);
  });

  inLongRun(it)(
    'hold nothing of one who is kept out, also when a later download broke off and was compared with what was erased',
    async () => {
      const one = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
      one.ehr.faults.push(sent);
      one.ehr.load([...marked(MARKED), ...chart('other')]);
      await one.sync();
      await purge(one, MARKED);
      one.ehr.faults.length = 0;
      for (let n = 0; n < 20; n++) one.ehr.put(observation(`late-${n}`, n % 3 === 0 ? MARKED : 'other'));
      const broken = {
        ...sent,
        times: 1,
        match: ({ path }: { path: string }) => path.includes('Observation'),
      };
      one.ehr.faults.push(
        { ...broken, do: { rewrite, cut: 5000, headers: { connection: 'close' } } },
        { ...broken, do: { rewrite, ignoreRange: true } },
        sent,
      );
      const full = await one.sync({ full: true });
      expect(full).toMatchObject({
        ...{ status: 'completed', records_extracted: 28, records_failed: 0, records_excluded: 10 },
      });
      expect(await tracesOfAny()).toEqual([]);
    },
  );
});

describe('names of files that were imported', () => {
  const NAMED = 'Jane_Roe_4712';
  const bundle = (...resources: Resource[]) => ({
    ...{ resourceType: 'Bundle', type: 'transaction' },
    entry: resources.map((resource) => ({
      resource,
      request: { method: 'POST', url: resource.resourceType },
    })),
  });
  const filesOf = (id: string) => ({
    [`${NAMED}.json`]: bundle(patient(id), observation(`o-${id}`, id)),
    [`${NAMED}.ndjson`]: `${JSON.stringify(observation(`p-${id}`, id))}\n`,
  });
  /** But for the record, which knows of the command. */
  const named = async () => (await traces(NAMED)).filter((table) => !/audit/.test(table));

  it('go with a purge, whosever they are, and with the words of an import that failed', async () => {
    const { found } = await importFiles(world, 'named', filesOf('imported'));
    const cut = gzipSync('x'.repeat(5000)).subarray(0, 20);
    const { run } = await importFiles(world, 'named', { [`${NAMED}.ndjson.gz`]: cut });
    expect(run).toMatchObject({ status: 'failed', error_code: 'import-file-damaged' });
    expect(run['error_message']).toContain(NAMED);
    expect(await named()).not.toEqual([]);
    await startPurge(deps, {
      ...{ connection_id: found.connection_id, patient_id: 'imported', unknown: false },
      ...{ reason: 'opt-out', requested_by: 'test' },
    });
    await drain(deps, world.clock);
    expect(await named()).toEqual([]);
    expect(world.logged()).not.toContain(NAMED);
  });

  inLongRun(it)('are kept as long as lines are, so that a line is found', async () => {
    await importFiles(world, 'kept', filesOf('kept'));
    const files = () => sql`
      select distinct l.url from import_lines l join connection c using (connection_id) where c.site_key = 'kept'`;
    world.clock.advance(20 * 86_400);
    await importFiles(world, 'kept', { 'more.json': bundle(patient('more')) });
    expect((await files()).some(({ url }) => String(url).includes(NAMED))).toBe(true);
    world.clock.advance(11 * 86_400);
    await importFiles(world, 'kept', { 'more.json': bundle(patient('more')) });
    expect((await files()).some(({ url }) => String(url).includes(NAMED))).toBe(false);
    expect(await named()).toEqual([]);
  });
});
