import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { readConnection } from '../../jobs/connection/connection.ts';
import { population } from '../ehr/population.ts';
import { drain, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

/** Everything that people look at or that is kept for long: logs, queue, runs, audit, failures, answers of the API. */
const places: Record<string, string> = {};
const needles: Record<string, string[]> = {};

beforeAll(async () => {
  const site = await world.site();
  const { ehr } = site;
  // Names that occur nowhere else.
  for (const resource of population({ seed: 'secrets', patients: 6, base: ehr.url })) {
    const name = [{ family: `Quackenbush-${ehr.count('Patient')}`, given: ['Zebulon'] }];
    ehr.put(resource.resourceType === 'Patient' ? { ...resource, name } : resource);
  }
  ehr.faults.push(
    { on: 'status', do: { status: 503 } },
    { on: 'file', times: 3, do: { status: 500, body: 'stack trace' } },
    { on: 'file', skip: 3, do: { redirect: true } },
    { on: 'file', skip: 6, do: { expireTokens: true } },
    // Lines that break in the middle of a name, and values of the wrong kind.
    {
      on: 'file',
      match: ({ path }) => path.includes('Patient'),
      times: 20,
      do: {
        rewrite: (line, n) =>
          n === 0
            ? line.replace('"birthDate":"', '"birthDate":"born ')
            : n === 1
              ? `${line.slice(0, 900)}\n`
              : line,
      },
    },
  );
  const app = createApp({ ...world.deps, config: { adminToken: 'the-token-of-the-admin' } });
  const call = async (method: string, path: string) =>
    await (
      await app.request(path, { method, headers: { authorization: 'Bearer the-token-of-the-admin' } })
    ).text();
  const base = `/api/v1/admin/fhir-connections/${site.id}`;
  await call('POST', `${base}/sync`);
  await drain(world.deps, world.clock);
  const source = world.deps.tokens.of(await readConnection(sql, site.id));
  const { token } = await source.get();
  ehr.faults.push({ on: 'file', times: 50, do: { status: 404 } });
  await site.sync({ full: true });
  ehr.faults.push({ on: 'token', times: 50, do: { status: 401, body: 'no' } });
  ehr.expireTokens();
  await site.sync();

  places['log'] = world.logged();
  for (const table of ['pgboss.job', 'run', 'audit', 'failure', 'chunk_reason', 'export_file'])
    places[table] = JSON.stringify(await sql.unsafe(`select row_to_json(t) from ${table} t`));
  places['API'] = (
    await Promise.all([
      call('GET', base),
      call('GET', `${base}/sync-runs`),
      call('GET', `${base}/sync-runs/1`),
      call('GET', '/api/v1/admin/fhir-sync/dashboard'),
      call('POST', `${base}/test`),
    ])
  ).join('\n');

  const rows = await sql<{ fhir_id: string }[]>`select fhir_id from resource where resource_type = 'Patient'`;
  const patients = rows.flatMap(({ fhir_id }) => ehr.get('Patient', fhir_id) ?? []);
  const texts = (found: unknown): string[] => {
    if (typeof found === 'string') return [found];
    return typeof found === 'object' && found !== null ? Object.values(found).flatMap(texts) : [];
  };
  const all = (element: string) => patients.flatMap((patient) => texts(patient[element]));
  needles['names'] = ['Quackenbush', 'Zebulon'];
  needles['identifiers'] = all('identifier').filter((text) => /\d{4}/.test(text) && !text.includes(':'));
  needles['telephones and streets'] = [...all('telecom'), ...all('address')].filter(
    (text) => /\d/.test(text) && text.length > 7,
  );
  needles['the token'] = [token];
  needles["the administrator's token"] = ['the-token-of-the-admin'];
  needles['the private key'] = world.privateKey
    .split('\n')
    .filter((text) => text.length > 20 && !text.includes('-----'));
  needles['assertions'] = ['eyJ'];
  needles['sealed keys'] = ['v1.'];
  needles['signatures'] = ['X-Amz-Signature', 'signature='];
});

describe('a sync with all that can go wrong', () => {
  it('has gone wrong in many ways', async () => {
    const codes = await sql<{ error_code: string | null }[]>`select error_code from run order by run_id`;
    expect(codes.map(({ error_code }) => error_code)).toEqual([
      null,
      'file-refused',
      expect.stringMatching(/token|credential|client/),
    ]);
    expect(await sql`select 1 from failure where reason in ('not-json')`).toHaveLength(1);
    expect(await sql`select 1 from failure where field = 'Patient.birthDate'`).toHaveLength(1);
    expect(needles['identifiers']?.length).toBeGreaterThan(8);
    expect(needles['the private key']?.length).toBeGreaterThan(1);
    for (const [name, text] of Object.entries(places)) expect([name, text.length > 10]).toEqual([name, true]);
  });

  it.each([
    'names',
    'identifiers',
    'telephones and streets',
    'the token',
    "the administrator's token",
    'the private key',
    'assertions',
    'sealed keys',
    'signatures',
  ])('leaves nothing of %s where people look', (kind) => {
    expect(needles[kind]?.length).toBeGreaterThan(0);
    for (const [place, text] of Object.entries(places)) {
      for (const needle of needles[kind] ?? [])
        expect(text.includes(needle), `${kind} in ${place}`).toBe(false);
    }
  });
});
