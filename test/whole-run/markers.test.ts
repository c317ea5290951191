/**
 * Patients whose every element holds a marker, through syncs with failures and refusals, a worker's death and a purge. Each
 * place where data may end is searched for each marker. Where patients' data belong is a list here, as in SECURITY.md.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { createTokenInTx } from '../../app/auth/api-tokens.ts';
import { ROLES, type Role } from '../../app/caller.ts';
import { apiDocument } from '../../app/document.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { commandLine } from '../cli/command-line.ts';
import { population } from '../ehr/population.ts';
import { few, inLongRun } from '../long-run.ts';
import { textsOfChunks } from '../world/chunks.ts';
import { observation, patient } from '../world/record.ts';
import { tablesWithRows } from '../world/tables-with-rows.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, returnJobsOfTheDead } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

/** Each stands for what real data hold of a patient, and occurs nowhere else. */
const MARKERS = {
  family: 'Quackenbush',
  given: 'Zebulonius',
  identifier: 'MRN83746523',
  birth: '1948-02-29',
  street: '77 Wobbleton Row',
  telephone: '555-0199-7777',
  words: 'perambulating',
} as const;
const FOUND = new RegExp(Object.values(MARKERS).join('|'));
const SAID = `Patient ${MARKERS.given} ${MARKERS.family}, ${MARKERS.identifier}, born ${MARKERS.birth}`;
const OUTCOME = JSON.stringify({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'error',
      code: MARKERS.family,
      diagnostics: SAID,
      details: { text: SAID, coding: [{ code: MARKERS.identifier }] },
    },
  ],
});

const PERSON = 'marked-1';
/** Of the patient and of what is theirs. */
const IDS = /marked-(?:1|broken|waiting|later)|never-came/;

/** Tables with patients' data, by their purpose; SECURITY.md says what of them. */
const AT_HOME = new Set(
  [
    ...[
      'chunk_body',
      'waiting',
      'medication_content',
      'device_content',
      'organization_content',
      'encounter_content',
    ],
    ...[
      'person_content',
      'resource_content',
      'substance_content',
      'attachment_content',
      'source_code',
      'vocabulary_answer',
      'export_file',
    ],
  ].map((name) => `ehr_sync.${name}`),
);

const TEXTS = new Set([
  'display',
  'text',
  'title',
  'description',
  'comment',
  'valueString',
  'patientInstruction',
  'productName',
]);

/** A marker in each element that may hold text, and in some more that any resource may have. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      typeof inner === 'string' && TEXTS.has(name)
        ? [name, `${MARKERS.words} ${MARKERS.family}`]
        : [name, marked(inner)],
    ),
  );
}

function withMarkers(resource: Resource): Resource {
  const more = {
    text: { status: 'generated', div: `<div>${SAID}</div>` },
    extension: [{ url: `https://x.example/${MARKERS.words}`, valueString: SAID }],
    note: [{ text: SAID }],
    language: MARKERS.words,
  };
  const inner = marked(resource);
  const whole = {
    ...(typeof inner === 'object' ? inner : {}),
    ...more,
    resourceType: resource.resourceType,
    id: resource.id,
  };
  if (resource.resourceType !== 'Patient') return whole;
  return {
    ...whole,
    name: [{ family: MARKERS.family, given: [MARKERS.given], text: SAID }],
    identifier: [{ system: 'urn:mrn', value: MARKERS.identifier }],
    birthDate: MARKERS.birth,
    address: [
      { line: [MARKERS.street], text: SAID, city: MARKERS.words, state: 'MA', country: MARKERS.family },
    ],
    telecom: [{ system: 'phone', value: MARKERS.telephone }],
    contact: [{ name: { text: SAID } }],
  };
}

const app = createApp({ ...deps, config: { adminToken: 'the-token-of-the-admin' } });
const call = (path: string, method = 'GET') =>
  app.request(path, { method, headers: { authorization: 'Bearer the-token-of-the-admin' } });

async function tablesWith(pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const name of await tablesWithRows(sql)) {
    const rows =
      name === 'ehr_sync.chunk_body'
        ? (await textsOfChunks(deps)).map(String)
        : name === 'ehr_sync.waiting'
          ? (await sql<{ line: Buffer }[]>`select line from waiting`).map(({ line }) => String(line))
          : (await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`)).map(
              ({ row }) => row,
            );
    if (rows.some((row) => pattern.test(row))) found.push(name);
  }
  return found;
}

let siteId = 0;

beforeAll(async () => {
  const site = await world.site();
  siteId = site.id;
  const { ehr } = site;
  const theirs = [...population({ seed: 'markers', patients: 2, base: ehr.url })];
  const [first] = theirs.filter(({ resourceType }) => resourceType === 'Patient');
  const renamed = JSON.parse(JSON.stringify(theirs).replaceAll(first?.id ?? '-', PERSON));
  for (const resource of renamed) {
    const isOfPerson = JSON.stringify(resource).includes(PERSON);
    ehr.put(isOfPerson ? withMarkers(resource) : resource);
  }
  ehr.load([
    withMarkers(observation('marked-broken', PERSON, { effectiveDateTime: SAID })),
    withMarkers(observation('marked-waiting', 'never-came')),
    withMarkers(patient(PERSON)),
  ]);
  ehr.faults.push({
    on: 'token',
    do: { status: 400, body: JSON.stringify({ error: MARKERS.family, error_description: SAID }) },
  });
  await site.sync();
  ehr.faults.push(
    {
      on: 'kick-off',
      do: { status: 429, body: OUTCOME, headers: { 'content-type': `text/${MARKERS.family}` } },
    },
    { on: 'kick-off', skip: 1, do: { errors: [JSON.parse(OUTCOME)] } },
    { on: 'status', do: { status: 202, headers: { 'x-progress': SAID, 'retry-after': '1' }, body: '' } },
    { on: 'status', skip: 1, do: { status: 503, body: OUTCOME } },
    {
      on: 'file',
      times: 2,
      do: { status: 500, body: SAID, headers: { 'content-type': `text/${MARKERS.family}` } },
    },
    {
      on: 'file',
      match: ({ path }) => path.includes('Condition'),
      times: 9,
      do: { rewrite: (line, n) => (n === 0 ? `{"resourceType":"Condition","id":"${SAID}\n` : line) },
    },
  );
  await site.sync();
  ehr.faults.length = 0;
  // A worker dies with a job in its hands.
  ehr.put(withMarkers(observation('marked-later', PERSON)));
  await site.start({ full: true });
  await fetchOne(deps);
  await returnJobsOfTheDead(deps);
  await drain(deps, clock);
  ehr.faults.push({ on: 'kick-off', times: 9, do: { status: 403, body: OUTCOME } });
  await site.sync();
  await call(`/api/v1/admin/fhir-connections/${site.id}/test`, 'POST');
}, 120_000);

describe('the markers of a patient', () => {
  it('came in, and went wrong in many ways', async () => {
    const runs = await sql<
      { status: string; error_code: string | null }[]
    >`select status, error_code from run order by run_id`;
    expect(runs.at(-1)).toEqual({ status: 'failed', error_code: 'kick-off-refused' });
    expect(runs.some(({ status }) => status === 'completed')).toBe(true);
    const reasons = await sql<{ reason: string }[]>`select distinct reason from failure`;
    expect(reasons.length).toBeGreaterThan(1);
    expect(await sql`select 1 from person where person_source_value = ${MARKERS.identifier}`).toHaveLength(1);
    expect(await tablesWith(FOUND)).toContain('ehr_sync.chunk_body');
  });

  it('are in tables for patients’ data, and in no other of any schema: not in jobs, runs, failures, notices, alerts, audit', async () => {
    const elsewhere = (await tablesWith(FOUND)).filter(
      (name) => !name.startsWith('cdm.') && !AT_HOME.has(name),
    );
    expect(elsewhere).toEqual([]);
  });

  it('are in no line of the log, of any level', () => {
    expect(world.logged().length).toBeGreaterThan(1000);
    expect(world.logged()).not.toMatch(FOUND);
  });

  describe('asked for by each GET of the API', () => {
    const asked = Object.entries(apiDocument().paths ?? {}).flatMap(([path, { get }]) =>
      get ? [{ path, id: get.operationId ?? '', queries: queriesOf(get.parameters ?? []) }] : [],
    );
    /** One for each parameter that might bring more to light; unknown ones are refused. */
    function queriesOf(parameters: readonly object[]): string[] {
      const names = new Set(parameters.map((one) => ('name' in one ? String(one.name) : '')));
      const all = ['q=perambulating', 'search=perambulating', 'state=all', 'limit=200'];
      return ['', ...all.filter((text) => names.has(text.split('=')[0] ?? '')).map((text) => `?${text}`)];
    }
    let ids: Readonly<Record<string, string>>;
    let elsewhere = 0;
    beforeAll(async () => {
      elsewhere = (await world.site()).id;
      const [run] = await sql<{ run_id: number }[]>`
        select max(run_id) as run_id from run where connection_id = ${siteId}`;
      const [code] = await sql<{ code_id: number }[]>`select min(code_id) as code_id from unmapped_summary`;
      const [rid, code_id] = [String(run?.run_id), String(code?.code_id)];
      ids = { id: String(siteId), rid, pid: '1', lid: '1', code_id, map_id: '1', tid: '1', aid: '1' };
    });

    /** Operations whose answers match, with how many were answered at all. */
    async function matching(token: string, pattern: RegExp) {
      const found = new Set<string>();
      let answered = 0;
      for (const { path, id, queries } of asked) {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '1');
        for (const query of queries) {
          const headers = { authorization: `Bearer ${token}` };
          const answer = await app.request(filled + query, { headers });
          const text = (await answer.text()).replaceAll('?q=perambulating', '');
          if (answer.status >= 500 && !isDown(id)) found.add(`${id} answered ${answer.status}`);
          if (answer.status === 200) answered += 1;
          if (pattern.test(text)) found.add(id);
        }
      }
      return { found: [...found].sort(), answered };
    }
    /** It says that nothing works on the queue, which is so here. */
    const isDown = (id: string) => id === 'readyz';

    const tokenOf = async (role: Role, connections: number[] | null = null) => {
      const wanted = { role, connections, note: `a ${role}`, expires_at: null, created_by: 'test' };
      return (await createTokenInTx(sql, wanted, clock())).token;
    };

    few(it, 2).each(['viewer', 'admin', 'mapper', 'operator'] as const satisfies Role[])(
      'are shown to no %s',
      async (role) => {
        const { found, answered } = await matching(await tokenOf(role), FOUND);
        expect(found).toEqual([]);
        expect(answered).toBeGreaterThan(role === 'viewer' ? 15 : 25);
      },
    );

    few(it, 1).each(['viewer', 'mapper'] as const)(
      'and no id of a patient or their resources to a %s',
      async (role) => {
        expect((await matching(await tokenOf(role), IDS)).found).toEqual([]);
      },
    );

    it('and ids to operators and admins only where single resources are listed', async () => {
      for (const role of ['operator', 'admin'] as const) {
        expect((await matching(await tokenOf(role), IDS)).found).toEqual(['list-failures', 'list-parked']);
      }
    });

    it.each(ROLES)('and neither, nor the site, to a %s of another connection', async (role) => {
      const pattern = new RegExp(`${FOUND.source}|${IDS.source}|"site-1"`);
      expect((await matching(await tokenOf(role, [elsewhere]), pattern)).found).toEqual([]);
    });
  });

  inLongRun(it).each([
    ['status'],
    ['unmapped', '--json'],
    ['purge', 'site-1'],
    ['unmapped'],
    ['unmapped', '--csv'],
    ['remap', '--report'],
    ['server-text', 'site-1'],
    ['doctor'],
    ['maps', 'list'],
  ])('are not said by the command line: %s %s', async (...words) => {
    const settings = { url: world.database.url, encryptionKey: world.encryptionKey, logLevel: 'debug' };
    const { said, errors } = await commandLine(settings, words);
    expect(said.length).toBeGreaterThan(5);
    expect(said + errors).not.toMatch(FOUND);
  });

  it('are in no view but those of the CDM', async () => {
    const views = await sql<{ name: string }[]>`
      select viewname as name from pg_views where schemaname = 'ehr_sync' order by 1`;
    expect(views.length).toBeGreaterThan(15);
    for (const { name } of views) {
      const rows = await sql<{ row: string }[]>`select v::text as row from ${sql(`ehr_sync.${name}`)} v`;
      expect([name, rows.filter(({ row }) => FOUND.test(row)).length]).toEqual([name, 0]);
    }
  });

  it('are nowhere when the patient is purged, save in what never was said to be theirs', async () => {
    await startPurge(deps, {
      unknown: false,
      connection_id: siteId,
      patient_id: PERSON,
      reason: 'opt-out',
      requested_by: 'test',
    });
    await drain(deps, clock);
    expect(await sql`select 1 from purge where finished_at is not null`).toHaveLength(1);
    const left = await tablesWith(FOUND);
    // A line without an end or an id, and a resource of a Patient who never came, name no patient that can be found.
    expect(left.filter((name) => name !== 'ehr_sync.chunk_body' && name !== 'ehr_sync.waiting')).toEqual([]);
    expect(await tablesWith(new RegExp(PERSON))).toEqual([]);
    expect(world.logged()).not.toMatch(FOUND);
  });
});
