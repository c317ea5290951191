/**
 * What Inferno's suite for Bulk Data clients (bulk-data-test-kit, 2.0.0 client) verifies, made as tests of ours: whole
 * syncs against a server of its shape, and its checks upon what that server was asked. jobs/fhir/README.md lists each.
 */
import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
} from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { publishEnteredKeys, readJwks } from '../../jobs/connection/jwks.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { tick } from '../../jobs/tick.ts';
import { type Inferno, type InfernoOptions, type Recorded, startInferno } from '../ehr/inferno-like.ts';
import { ec, rsa } from '../fhir/keys.ts';
import { few, inLongRun } from '../long-run.ts';
import { condition, observation, patient } from '../world/record.ts';
import { drain, openTestWorld, type RunRow, runOf } from '../world/world.ts';

const world = await openTestWorld();
const servers: Inferno[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await world.close();
});
const { sql, clock, deps } = world;

const CLIENT = 'inferno-client';
const RESOURCES = [patient('p'), observation('o', 'p'), condition('c', 'p')];

interface Session {
  readonly server: Inferno;
  readonly jwks: () => Promise<JSONWebKeySet>;
  /** In the order of the polls: after how many seconds the next one was to come. */
  readonly delays: number[];
  sync(): Promise<RunRow>;
}

/** A connection that knows of the server its FHIR base and nothing else, registered by the URL of its key set. */
async function session(
  { connection = {}, config = {}, pem = ec('P-384').pkcs8 }: Given = {},
  options: Partial<InfernoOptions> = {},
): Promise<Session> {
  let id = 0;
  const jwks = async () => {
    await publishEnteredKeys(sql, deps.keyring);
    return (await readJwks(sql, clock(), id)) as { readonly keys: JWK[] };
  };
  const server = await startInferno({ clock, jwks, resources: RESOURCES, ...options });
  servers.push(server);
  const { fhirUrl, jwksUrl } = server;
  const site = await world.site({
    connection: {
      ...{ fhir_base_url: fhirUrl, token_endpoint: null, jwks_url: jwksUrl, client_id: CLIENT },
      ...connection,
    },
    config,
  });
  id = site.id;
  const place = { table: 'connection', column: 'private_key_sealed', connection: id } as const;
  await sql`
    update connection set private_key_sealed = ${await seal(deps.keyring, place, pem)} where connection_id = ${id}`;
  const delays: number[] = [];
  return {
    ...{ server, jwks, delays },
    async sync() {
      const runId = await site.start();
      await drain(deps, clock, async () => {
        await tick(deps, () => false);
        const waiting = await sql<{ seconds: number }[]>`
          select extract(epoch from start_after - created_on)::float8 as seconds from pgboss.job
          where name = 'sync-poll' and state = 'created'`;
        delays.push(...waiting.map(({ seconds }) => seconds));
      });
      return await runOf(sql, runId);
    },
  };
}

interface Given {
  readonly connection?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly pem?: string;
}

const bearer = ({ headers }: Recorded) => headers.authorization?.replace(/^Bearer /, '');

/** The suite's check of token requests (3.01), of all that were made. */
async function checkTokenRequests({ server, jwks }: Session): Promise<void> {
  const requests = server.of('token');
  expect(requests.length).toBeGreaterThan(0);
  const keys = createLocalJWKSet(await jwks());
  const jtis = new Set<unknown>();
  for (const { method, headers, form, at } of requests) {
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect(
      form
        .get('scope')
        ?.split(' ')
        .filter((scope) => !scope.startsWith('system/')),
    ).toEqual([]);
    const assertion = form.get('client_assertion') ?? '';
    const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
      ...{ issuer: CLIENT, subject: CLIENT, audience: server.tokenUrl, currentDate: at },
      ...{ requiredClaims: ['exp', 'jti'], typ: 'JWT' },
    });
    expect(protectedHeader).toMatchObject({ typ: 'JWT', alg: expect.any(String), kid: expect.any(String) });
    expect(protectedHeader['jku']).toBe(server.jwksUrl);
    expect((payload.exp ?? 0) - at.getTime() / 1000).toBeLessThanOrEqual(300);
    jtis.add(payload.jti);
  }
  expect(jtis.size).toBe(requests.length);
}

describe.each([
  ['system', {}, { level: 'system' }, '/fhir/$export'],
  ['patient', {}, { level: 'patient' }, '/fhir/Patient/$export'],
  ['group', { group_id: '1a' }, {}, '/fhir/Group/1a/$export'],
] as const)('an export of the level %s', async (level, connection, config, path) => {
  const made = await session({ connection, config });
  const run = await made.sync();
  const { server } = made;

  it('is registered by a set of public keys that can be read without a token', async () => {
    const { keys } = await made.jwks();
    expect(keys).toEqual([expect.objectContaining({ kty: 'EC', crv: 'P-384', kid: expect.any(String) })]);
    expect(keys[0]).toMatchObject({ x: expect.any(String), y: expect.any(String) });
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
  });

  it('finds the token endpoint by the SMART configuration under the FHIR base, asked for as JSON', () => {
    expect(server.of('discovery')[0]).toMatchObject({ method: 'GET', status: 200 });
    expect(server.of('discovery')[0]?.headers.accept).toContain('application/json');
    expect(server.of('token')[0]?.status).toBe(200);
  });

  it('has token requests that pass the checks of the suite', () => checkTokenRequests(made));

  it('is kicked off at its own address, with Accept and Prefer', () => {
    const asked = server.of(`kick-off-${level}`);
    expect(asked.map(({ status }) => status)).toEqual([202]);
    expect(asked[0]?.path.split('?')[0]).toBe(path);
    expect(asked[0]?.headers).toMatchObject({ accept: 'application/fhir+json', prefer: 'respond-async' });
    const others = server.requests.filter(
      ({ tag }) => tag.startsWith('kick-off') && tag !== `kick-off-${level}`,
    );
    expect(others).toEqual([]);
  });

  it('has its status asked for at Content-Location, as JSON, not before Retry-After', () => {
    const asked = server.of('status');
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 200]);
    for (const one of asked) expect(one.headers.accept).toContain('application/json');
    expect(made.delays.map(Math.round)).toEqual([120, 120]);
  });

  it('has each of its files downloaded once, as NDJSON, with the token', () => {
    const asked = server.of('output');
    expect(asked.map((one) => one.path).sort()).toEqual([
      ...['/fhir/Binary/Condition', '/fhir/Binary/Observation', '/fhir/Binary/Patient'],
    ]);
    for (const one of asked) {
      expect(one).toMatchObject({ status: 200, headers: { accept: 'application/fhir+ndjson' } });
    }
    expect(run).toMatchObject({ status: 'completed', records_extracted: 3, records_loaded: 3 });
  });

  it('is deleted at Content-Location when all is here, once', () => {
    expect(server.of('delete').map(({ status }) => status)).toEqual([202]);
    expect(server.requests.at(-1)?.tag).toBe('delete');
  });

  it('uses the tokens that it was given for every request for data, and for nothing else', () => {
    const withToken = server.requests.filter(({ headers }) => headers.authorization !== undefined);
    expect(new Set(withToken.map(bearer))).toEqual(new Set(server.issued));
    const forData = server.requests.filter(({ tag }) => /^(kick-off|status|output|delete)/.test(tag));
    expect(forData.filter((one) => !server.issued.includes(bearer(one) ?? ''))).toEqual([]);
    expect(withToken.filter(({ tag }) => ['token', 'discovery', 'jwks'].includes(tag))).toEqual([]);
  });
});

describe('a token', () => {
  it('that ends while the export goes on is followed by another, with an assertion of its own', async () => {
    const made = await session({ config: { level: 'system' } }, { tokenSeconds: 100, polls: 3 });
    expect(await made.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    expect(made.server.of('token').length).toBeGreaterThan(2);
    await checkTokenRequests(made);
    expect(made.server.requests.filter(({ status }) => status === 401)).toEqual([]);
  });

  few(it, 1).each([
    ['RS384', rsa(3072).pkcs8, ['RS384', 'ES384'], { kty: 'RSA', n: expect.any(String), e: 'AQAB' }],
    ['ES384', ec('P-384').pkcs8, ['RS384', 'ES384'], { kty: 'EC', crv: 'P-384' }],
  ])('is asked for with %s by a key of its kind', async (algorithm, pem, algorithms, expected) => {
    const made = await session({ config: { level: 'system' }, pem }, { algorithms });
    expect(await made.sync()).toMatchObject({ status: 'completed' });
    await checkTokenRequests(made);
    const assertion = made.server.of('token')[0]?.form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion).alg).toBe(algorithm);
    expect(decodeJwt(assertion).iss).toBe(CLIENT);
    expect((await made.jwks()).keys).toEqual([expect.objectContaining(expected)]);
  });

  it('does not go to files that are to be had without', async () => {
    const made = await session({ config: { level: 'system' } }, { requiresAccessToken: false });
    expect(await made.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    expect(made.server.of('output').filter((one) => one.headers.authorization !== undefined)).toEqual([]);
  });
});

describe('the parameters of a kick-off', () => {
  const wishes = {
    connection: { export_resource_types: ['Patient', 'Observation', 'Condition'] },
    config: {
      ...{ level: 'system', output_format: 'application/fhir+ndjson', elements: ['Patient.birthDate', 'id'] },
      type_filters: ['Observation?category=laboratory,vital-signs', 'Condition?code=1'],
      include_associated_data: ['LatestProvenanceResources'],
    },
  };

  it('are as comma lists what the connection says, and since the second sync _since', async () => {
    const made = await session(wishes);
    expect(await made.sync()).toMatchObject({ status: 'completed' });
    const time = made.server.of('status').at(-1)?.at;
    expect(await made.sync()).toMatchObject({ status: 'completed', mode: 'incremental' });
    const [first, second] = made.server.of('kick-off-system').map(({ query }) => query);
    const asked = {
      ...{ _outputFormat: 'application/fhir+ndjson', _type: 'Patient,Observation,Condition' },
      _typeFilter: 'Observation?category=laboratory%2Cvital-signs,Condition?code=1',
      ...{ _elements: 'Patient.birthDate,id', includeAssociatedData: 'LatestProvenanceResources' },
    };
    expect(Object.fromEntries(first ?? [])).toEqual(asked);
    // Verbatim, offset and all.
    expect(Object.fromEntries(second ?? [])).toEqual({
      ...asked,
      _since: time?.toISOString().replace('Z', '+00:00'),
    });
  });

  inLongRun(it)('are repeated where the connection wants that', async () => {
    const made = await session({ ...wishes, config: { ...wishes.config, list_style: 'repeat' } });
    expect(await made.sync()).toMatchObject({ status: 'completed' });
    const query = made.server.of('kick-off-system')[0]?.query;
    expect(query?.getAll('_type')).toEqual(['Patient', 'Observation', 'Condition']);
    expect(query?.getAll('_typeFilter')).toEqual(wishes.config.type_filters);
  });

  it('are left out where nothing is asked for', async () => {
    const made = await session({ connection: { export_resource_types: [] }, config: { level: 'system' } });
    expect(await made.sync()).toMatchObject({ status: 'completed' });
    expect([...(made.server.of('kick-off-system')[0]?.query ?? [])]).toEqual([]);
  });
});

describe('the page on the client', () => {
  const page = readFileSync(new URL('../../jobs/fhir/README.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| [^-c]/.test(line));

  it('names with each check a test that there is', () => {
    const here = 'test/whole-run/inferno-client.test.ts';
    const missing = rows.flatMap((line) => {
      const file = /`(test\/[^`]+\.ts)`/.exec(line)?.[1] ?? here;
      const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      return [...line.matchAll(/“([^”]+)”/g)].flatMap(([, name = '']) =>
        text.includes(name) ? [] : [`${file}: ${name}`],
      );
    });
    expect(missing).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });
});
