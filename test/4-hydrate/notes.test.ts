/** Notes whose text is attached by URL: asked for where the connection says so, and of whom. */
import { afterAll, describe, expect, it } from 'vitest';
import { isAttachment, locate } from '../../jobs/4-hydrate/attachments.ts';
import { readConnection } from '../../jobs/connection/connection.ts';
import type { Resource } from '../../jobs/map/types.ts';
import type { Deed, FaultRule } from '../ehr/faults.ts';
import { inLongRun } from '../long-run.ts';
import { textsOfChunks } from '../world/chunks.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

/** Exports everything but Binaries, which can be read. */
const leavesOut = (hydrate: object = {}, more: SiteOptions = {}): Promise<Site> =>
  world.site({
    leftOut: ['Binary'],
    ...more,
    config: { hydrate: { types: [], notes: true, ...hydrate }, ...more.config },
  });

const binary = (id: string, contentType: string, text: string): Resource => ({
  ...{ resourceType: 'Binary', id, contentType, data: Buffer.from(text, 'latin1').toString('base64') },
});

const document = (id: string, patientId: string, ...attachments: object[]): Resource => ({
  ...{ resourceType: 'DocumentReference', id, status: 'current', subject: to('Patient', patientId) },
  ...{ date: '2026-03-01', content: attachments.map((attachment) => ({ attachment })) },
});

const report = (id: string, patientId: string, more: object): Resource => ({
  ...{ resourceType: 'DiagnosticReport', id, status: 'final', subject: to('Patient', patientId) },
  ...{ effectiveDateTime: '2026-03-01', ...more },
});

async function notes({ id }: Site): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select note_text as text from note n join resource r on r.resource_key = n.note_id / 1000
    where r.connection_id = ${id} order by r.fhir_id`;
  return rows.map((row) => row.text);
}

const states = async (site: Site) => [
  ...(await sql`
    select fhir_id as id, state, reason from hydration_request where connection_id = ${site.id} order by 1`),
];

const outcomes = async (site: Site) => [
  ...(await sql`
    select fhir_id as id, outcome, reason from resource
    where connection_id = ${site.id} and resource_type in ('DocumentReference', 'DiagnosticReport') order by 1`),
];

/** Paths of what was asked for outside of the export since the last look. */
function asked({ ehr }: Site): string[] {
  const all = ehr.requests.filter(({ kind }) => kind === 'read' || kind === 'search' || kind === 'other');
  const fresh = all.slice(seen.get(ehr) ?? 0);
  seen.set(ehr, all.length);
  return fresh.map(({ path }) => path).sort();
}
const seen = new Map<object, number>();

const at = (path: string, deed: Deed, times = 1, on: 'read' | 'other' = 'read'): FaultRule => ({
  ...{ on, times, do: deed },
  match: (request) => request.path.endsWith(path),
});

const CDA =
  '<ClinicalDocument><component><text>Cough</text><text>as CDA</text></component></ClinicalDocument>';

describe('a document whose text is a Binary of the server', () => {
  it('is a note of what is there: plain text, HTML, RTF or CDA', async () => {
    const site = await leavesOut();
    site.ehr.load([
      ...[patient('p'), binary('b1', 'text/plain', 'Fever'), binary('b2', 'text/html', '<p>Rash</p>')],
      ...[binary('b3', 'text/rtf', '{\\rtf1 Pain\\par}'), binary('b4', 'application/hl7-cda+xml', CDA)],
      document('d1', 'p', { contentType: 'text/plain', url: 'Binary/b1' }),
      document('d2', 'p', { contentType: 'text/html', url: `${site.ehr.url}/Binary/b2` }),
      document('d3', 'p', { contentType: 'text/rtf', url: '/fhir/Binary/b3' }),
      document('d4', 'p', { contentType: 'application/xml', url: 'Binary/b4' }),
      document('d5', 'p', { url: 'Binary/b1' }),
    ]);
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', held_by: [], records_failed: 0, records_parked: 0 });
    expect(await notes(site)).toEqual(['Fever', 'Rash', 'Pain', 'Cough as CDA', 'Fever']);
    expect(asked(site)).toEqual(['b1', 'b2', 'b3', 'b4'].map((id) => `/fhir/Binary/${id}`));
    expect([
      ...(await sql`
        select resource_type as type, wanted, asked, found, not_found, refused, unavailable
        from hydration_count where run_id = ${run['run_id']}`),
    ]).toEqual([{ type: 'Binary', wanted: 0, asked: 4, found: 4, not_found: 0, refused: 0, unavailable: 0 }]);
    await site.sync();
    await site.sync({ full: true });
    expect(asked(site)).toEqual([]);
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  });

  it('is asked for once, of the format that is easiest to read, and not where the words are there', async () => {
    const site = await leavesOut();
    site.ehr.load([
      ...[patient('p'), binary('rtf', 'text/rtf', '{\\rtf1 no}'), binary('html', 'text/html', '<b>yes</b>')],
      document(
        ...(['d1', 'p'] as const),
        { contentType: 'application/pdf', url: 'Binary/pdf' },
        { contentType: 'text/rtf', url: 'Binary/rtf' },
        { contentType: 'text/html', url: 'Binary/html' },
      ),
      document(
        ...(['d2', 'p'] as const),
        { contentType: 'text/html', data: Buffer.from('inline').toString('base64') },
        { contentType: 'text/plain', url: 'Binary/never' },
      ),
      document('d3', 'p', { contentType: 'application/pdf', url: 'Binary/pdf' }),
    ]);
    await site.sync();
    expect(asked(site)).toEqual(['/fhir/Binary/html']);
    expect(await notes(site)).toEqual(['yes', 'inline']);
    expect(await outcomes(site)).toContainEqual({ id: 'd3', outcome: 'excluded', reason: 'no-text' });
  });

  inLongRun(it)('has its text in the notes as an export with Binaries would have it', async () => {
    const site = await leavesOut();
    site.ehr.load([
      ...[patient('p'), binary('b', 'text/plain', 'Form'), binary('c', 'text/plain', 'Letter')],
      report('r1', 'p', {
        conclusion: 'Said.',
        presentedForm: [{ contentType: 'text/plain', url: 'Binary/b' }],
      }),
      report('r2', 'p', { presentedForm: [{ contentType: 'text/plain', url: 'Binary/c' }] }),
    ]);
    await site.sync();
    expect(await notes(site)).toEqual(['Said.\n\nForm', 'Letter']);
    site.ehr.settings.leftOut = [];
    const whole = await world.site({ ehr: site.ehr, config: { hydrate: { types: [], notes: true } } });
    asked(site);
    await whole.sync();
    expect(asked(site)).toEqual([]);
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, whole.id));
  });

  inLongRun(it)(
    'is asked for nothing unless the connection says so, and from the next full sync on when it does',
    async () => {
      const site = await leavesOut({ notes: false });
      site.ehr.load([patient('p'), binary('b', 'text/plain', 'Fever')]);
      site.ehr.load([document('d', 'p', { contentType: 'text/plain', url: 'Binary/b' })]);
      await site.sync();
      expect(asked(site)).toEqual([]);
      expect(await outcomes(site)).toEqual([{ id: 'd', outcome: 'excluded', reason: 'no-text' }]);
      await sql`
      update connection set sync_config = jsonb_set(sync_config, '{hydrate,notes}', 'true')
      where connection_id = ${site.id}`;
      await site.sync({ full: true });
      expect(await notes(site)).toEqual(['Fever']);
    },
  );

  inLongRun(it)('has the words of the version that it names', async () => {
    const site = await leavesOut();
    site.ehr.load([patient('p'), binary('b', 'text/plain', 'Third')]);
    const versioned = (version: number) => ({
      contentType: 'text/plain',
      url: `Binary/b/_history/${version}`,
    });
    site.ehr.load([document('d1', 'p', versioned(1)), document('d2', 'p', versioned(2))]);
    site.ehr.load([document('d3', 'p', { contentType: 'text/plain', url: 'Binary/b' })]);
    for (const [path, body] of [
      ['_history/1', 'First'],
      ['_history/2', 'Second'],
    ] as const)
      for (const on of ['read', 'other'] as const)
        site.ehr.faults.push(
          at(path, { status: 200, body, headers: { 'content-type': 'text/plain' } }, 1, on),
        );
    await site.sync();
    expect(await notes(site)).toEqual(['First', 'Second', 'Third']);
  });

  inLongRun(it)('waits for nothing while its Patient has not come', async () => {
    const site = await leavesOut();
    site.ehr.load([binary('b', 'text/plain', 'Fever')]);
    site.ehr.load([document('d', 'late', { contentType: 'text/plain', url: 'Binary/b' })]);
    await site.sync();
    expect(asked(site)).toEqual([]);
    site.ehr.put(patient('late'));
    await site.sync();
    expect(await notes(site)).toEqual(['Fever']);
  });

  inLongRun(it)(
    'has other words when it names another Binary, and the former ones are forgotten',
    async () => {
      const site = await leavesOut();
      site.ehr.load([patient('p'), binary('b1', 'text/plain', 'Draft'), binary('b2', 'text/plain', 'Final')]);
      site.ehr.load([document('d', 'p', { contentType: 'text/plain', url: 'Binary/b1' })]);
      await site.sync();
      site.ehr.put(document('d', 'p', { contentType: 'text/plain', url: 'Binary/b2' }));
      await site.sync();
      expect(await notes(site)).toEqual(['Final']);
      expect(await states(site)).toEqual([{ id: 'b2', state: 'found', reason: null }]);
      site.ehr.remove('DocumentReference', 'd');
      await site.sync();
      expect(await notes(site)).toEqual([]);
      expect(await states(site)).toEqual([]);
      expect(await kept(site)).toBe(0);
    },
  );
});

/** Words that are kept besides the notes. */
async function kept({ id }: Site): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from attachment_content where connection_id = ${id}`;
  return row?.n ?? 0;
}

describe('what does not come as text', () => {
  const plain = { contentType: 'text/plain', url: 'Binary/b' };
  const one = async (attachment: object = plain, more: SiteOptions & { hydrate?: object } = {}) => {
    const site = await leavesOut(more.hydrate, more);
    site.ehr.load([patient('p'), binary('b', 'text/plain', 'Fever'), document('d', 'p', attachment)]);
    return site;
  };

  inLongRun(it).each([
    ['is not there', { status: 404 }, 'not-found', 'status-404'],
    ['was deleted', { status: 410 }, 'not-found', 'status-410'],
    [
      'is on another host',
      { status: 302, headers: { location: 'https://example.org/b' } },
      'refused',
      'foreign-host',
    ],
    [
      'is a picture',
      { status: 200, body: 'x', headers: { 'content-type': 'image/png' } },
      'refused',
      'not-text',
    ],
    [
      'is a page',
      { status: 200, body: '<p>Sign in', headers: { 'content-type': 'text/html' } },
      'refused',
      'a-page',
    ],
    [
      'is another resource',
      {
        status: 200,
        body: '{"resourceType":"OperationOutcome"}',
        headers: { 'content-type': 'application/fhir+json' },
      },
      'refused',
      'wrong-resource',
    ],
    [
      'is too large',
      { status: 200, body: 'x'.repeat(2000), headers: { 'content-type': 'text/plain' } },
      'refused',
      'too-large',
    ],
    [
      'is nowhere',
      { status: 302, headers: { location: 'file:///etc/passwd' } },
      'refused',
      'named-url-not-http',
    ],
  ] as const)(
    'is remembered, and asked for again after retry_after_days, when it %s',
    async (_, deed, state, reason) => {
      const site = await one(plain, { hydrate: { notes_max_bytes: 1024, retry_after_days: 20 } });
      site.ehr.faults.push(at('/b', deed));
      const run = await site.sync();
      expect(run).toMatchObject({ status: 'completed', held_by: [], records_parked: 1 });
      expect(await states(site)).toEqual([{ id: 'b', state, reason }]);
      expect(await outcomes(site)).toEqual([{ id: 'd', outcome: 'parked', reason: 'text-not-here' }]);
      asked(site);
      await site.sync();
      expect(asked(site)).toEqual([]);
      clock.advance(21 * 86_400);
      await site.sync();
      expect(await notes(site)).toEqual(['Fever']);
    },
  );

  inLongRun(it)('is read as the resource around it, too, where the server sends that', async () => {
    const site = await one();
    const body = JSON.stringify(binary('b', 'text/html', '<p>Rash</p>'));
    site.ehr.faults.push(
      at('/b', { status: 200, body, headers: { 'content-type': 'application/fhir+json' } }),
    );
    await site.sync();
    expect(await notes(site)).toEqual(['Rash']);
  });

  it('is refused when it is too large within the resource around it, and never cut', async () => {
    const site = await one(plain, { hydrate: { notes_max_bytes: 1024 } });
    const body = JSON.stringify(binary('b', 'text/plain', 'word '.repeat(300)));
    site.ehr.faults.push(
      at('/b', { status: 200, body, headers: { 'content-type': 'application/fhir+json' } }),
    );
    await site.sync();
    expect(await notes(site)).toEqual([]);
    expect(await states(site)).toEqual([{ id: 'b', state: 'refused', reason: 'too-large' }]);
  });

  inLongRun(it)('leaves its document without a note when it is in no character set', async () => {
    const site = await one();
    site.ehr.put(binary('b', 'text/plain; charset=utf-8', '\xff\xfe\xfd'.slice(2)));
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', records_parked: 0 });
    expect(await outcomes(site)).toEqual([{ id: 'd', outcome: 'excluded', reason: 'text-unreadable' }]);
  });

  inLongRun(it)('is waited for with 429, and what came before is kept', async () => {
    const site = await one();
    site.ehr.load([binary('c', 'text/plain', 'Cough'), document('e', 'p', { ...plain, url: 'Binary/c' })]);
    site.ehr.faults.push(at('/c', { status: 429, headers: { 'retry-after': '77' } }));
    await site.sync();
    expect(await notes(site)).toEqual(['Fever', 'Cough']);
    expect(asked(site).filter((path) => path.endsWith('/b'))).toHaveLength(1);
  });

  it('is asked of no host that nobody has named, not with the token of another origin', async () => {
    const site = await one({ contentType: 'text/plain', url: 'https://elsewhere.example/b?sig=secret' });
    await site.sync();
    const [first] = await states(site);
    expect(first).toMatchObject({ state: 'refused', reason: 'foreign-host' });
    expect(first?.['id']).toMatch(/^url-[0-9a-f]{64}$/);
    expect(world.logged()).not.toContain('sig=secret');
  });
});

describe('an attachment that nobody can name any more', () => {
  it('is told apart by why: nobody waits, the document cannot be read, it names another', async () => {
    const site = await leavesOut();
    site.ehr.load([patient('p'), document('d', 'p', { contentType: 'text/plain', url: 'Binary/none' })]);
    await site.sync();
    const connection = await readConnection(sql, site.id);
    const where = async (id = 'none') => {
      const [found] = await locate(deps, connection, [{ type: 'Binary', id }]);
      return found && isAttachment(found) ? found.at : undefined;
    };
    expect(await where()).toMatchObject({ url: expect.stringMatching(/Binary\/none$/) });
    expect(await where('never')).toBe('nobody-waits');
    const [waiting] = await sql<{ line: Buffer }[]>`
      select line from waiting where connection_id = ${site.id} and target_id = 'none'`;
    const line = waiting?.line.toString() ?? '';
    const put = async (text: string) => {
      await sql`update waiting set line = ${Buffer.from(text)} where connection_id = ${site.id} and target_id = 'none'`;
    };
    await put(line.slice(0, 30));
    expect(await where()).toBe('document-unreadable');
    await put(line.replace('Binary/none', 'Binary/other'));
    expect(await where()).toBe('address-changed');
  });

  inLongRun(it)('is no reason to fail where its values are of wrong types or cannot be', async () => {
    const site = await leavesOut();
    const values: object[] = [
      ...[
        { url: 42 },
        { url: { of: 'x' } },
        { url: ['Binary/b'] },
        { url: '' },
        { url: 'javascript:alert(1)' },
      ],
      ...[{ url: `Binary/${'x'.repeat(5000)}` }, { url: 'http://[::' }, { url: 'Binary/b', contentType: 7 }],
      ...[
        { url: 'Binary/b', size: -5 },
        { url: 'Binary/b', size: 'many' },
        { url: 'Binary/b', contentType: ['text/plain'] },
      ],
    ];
    site.ehr.load([
      patient('p'),
      binary('b', 'text/plain', 'Fever'),
      ...values.map((one, n) => document(`d${n}`, 'p', { contentType: 'text/plain', ...one })),
    ]);
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: values.length + 2 });
    const found = await outcomes(site);
    expect(found).toHaveLength(values.length);
    const failed = found.filter(({ outcome }) => outcome === 'failed');
    for (const { reason } of failed) expect(reason).toMatch(/^Expected a string, found /);
    expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining(['d0', 'd1', 'd2', 'd7', 'd10']));
    const others = found.filter(({ outcome }) => outcome !== 'failed');
    for (const { outcome } of others) expect(['loaded', 'excluded']).toContain(outcome);
    expect(await notes(site)).toContain('Fever');
  });
});

describe('an address that is no Binary', () => {
  it('of the server itself is asked with the token, by a hash of it', async () => {
    const site = await leavesOut();
    const { origin } = new URL(site.ehr.url);
    site.ehr.load([patient('p')]);
    site.ehr.load([
      document('d', 'p', { contentType: 'text/plain', url: `${origin}/letters/7?name=secret` }),
    ]);
    site.ehr.faults.push(
      at(
        'name=secret',
        { status: 200, body: 'Dear all', headers: { 'content-type': 'application/octet-stream' } },
        1,
        'other',
      ),
    );
    await site.sync();
    expect(await notes(site)).toEqual(['Dear all']);
    const letters = site.ehr.requests.filter(({ path }) => path.startsWith('/letters'));
    expect(letters).toMatchObject([{ path: '/letters/7?name=secret', authorization: true }]);
    expect(world.logged()).not.toContain('name=secret');
  });

  it('of an allowed host is asked without the token, also where a Binary leads there', async () => {
    const site = await leavesOut({}, { config: {} });
    const other = await world.site();
    const { origin, hostname } = new URL(other.ehr.url);
    await sql`
      update connection set sync_config = sync_config || ${sql.json({ allowed_hosts: [hostname] })}
      where connection_id = ${site.id}`;
    const there = (path: string) =>
      other.ehr.faults.push(
        at(path, { status: 200, body: path, headers: { 'content-type': 'text/plain' } }, 1, 'other'),
      );
    there('/one');
    there('/two');
    site.ehr.load([patient('p'), document('d', 'p', { contentType: 'text/plain', url: `${origin}/one` })]);
    site.ehr.load([document('e', 'p', { contentType: 'text/plain', url: 'Binary/b' })]);
    site.ehr.faults.push(at('/b', { status: 307, headers: { location: `${origin}/two` } }));
    await site.sync();
    expect(await notes(site)).toEqual(['/one', '/two']);
    expect(other.ehr.requests.map((one) => one.authorization)).toEqual([false, false]);
  });
});

it('a purge takes what was attached to the documents of its patient, and its words come no more', async () => {
  const site = await leavesOut({ retry_after_days: 0 }, { config: { retention: { chunks_days: 'keep' } } });
  site.ehr.load([
    ...[
      patient('p'),
      patient('q'),
      binary('b1', 'text/plain', 'Secret'),
      binary('b2', 'text/plain', 'Fever'),
    ],
    document('d1', 'p', { contentType: 'text/plain', url: 'Binary/b1' }),
    document('d2', 'q', { contentType: 'text/plain', url: 'Binary/b2' }),
    document('d3', 'p', { contentType: 'text/plain', url: 'Binary/none' }),
  ]);
  await site.sync();
  // The lines are not kept for ever, and the words have no row: what is left names nobody.
  await sql`
    delete from chunk_body b using chunk c join run r using (run_id)
    where c.chunk_id = b.chunk_id and r.connection_id = ${site.id}`;
  await startPurge(deps, {
    ...{ connection_id: site.id, patient_id: 'p', unknown: false, reason: 'asked for', requested_by: 'test' },
  });
  await drain(deps, clock);
  const resources = await sql<{ id: string }[]>`
    select fhir_id as id from resource where connection_id = ${site.id} order by resource_key`;
  expect(resources.map((one) => one.id).sort()).toEqual(['b2', 'd2', 'q']);
  expect(await kept(site)).toBe(1);
  asked(site);
  expect(await site.sync({ full: true })).toMatchObject({ status: 'completed' });
  expect(asked(site)).toEqual([]);
  expect(await notes(site)).toEqual(['Fever']);
});

inLongRun(it).each([
  ['is loaded', '2026-03-01', [patient('zeta')]],
  ['waits for the patient', '2026-03-01', []],
  ['waits for the Encounter that dates it', undefined, [patient('zeta')]],
])(
  'a purge takes what was attached to a document that %s, in every line that it came in',
  async (_, date, persons) => {
    const config = {
      ...{ hydrate: { types: [], notes: true }, limits: { chunk_bytes: 1024 } },
      retention: { chunks_days: 'keep' },
    };
    const site = await world.site({ config });
    const documents = ['zeta', 'other'].map((of, n) => ({
      ...document(`of-${of}`, of, { contentType: 'text/plain', url: `Binary/words-${n}` }),
      ...{ date, context: { encounter: [to('Encounter', 'never')] } },
    }));
    // Nothing in them says whose they are.
    const words = (n: number, text: string) => binary(`words-${n}`, 'text/plain', text);
    site.ehr.load([...persons, patient('other'), ...documents, words(0, 'First'), words(1, 'First')]);
    for (let n = 0; n < 40; n++) site.ehr.load([binary(`unused-${n}`, 'text/plain', 'First')]);
    await site.sync();
    site.ehr.put(words(0, 'Second'));
    site.ehr.put(words(1, 'Second'));
    await site.sync();
    const kept = async () => {
      const rows = await sql<{ id: string }[]>`
        select fhir_id as id from attachment_content
        where connection_id = ${site.id} and fhir_id like 'words-%' order by 1`;
      const texts = (await textsOfChunks(deps, site.id)).join('');
      const lines = [0, 1].map((n) => texts.split(`"id":"words-${n}"`).length - 1);
      return { contents: rows.map((one) => one.id), lines };
    };
    expect(await kept()).toEqual({ contents: ['words-0', 'words-1'], lines: [2, 2] });
    await startPurge(deps, {
      ...{ connection_id: site.id, patient_id: 'zeta', unknown: false },
      ...{ reason: 'asked for', requested_by: 'test' },
    });
    await drain(deps, clock);
    expect(await kept()).toEqual({ contents: ['words-1'], lines: [0, 2] });
  },
);
