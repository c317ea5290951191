import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../jobs/connection/connection.ts';
import { readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { readResource } from '../../jobs/fhir/read.ts';
import { escaped, searchPage, searchUrl } from '../../jobs/fhir/search.ts';
import type { TokenSource } from '../../jobs/fhir/token/access-token.ts';
import { SyncError } from '../../jobs/step/errors.ts';
import { bearer, newKey } from '../ehr/client.ts';
import { startEhr } from '../ehr/server.ts';
import { SEARCH } from '../ehr/settings.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';
import { type Answer, startServer } from './server.ts';

const ehr = await startEhr({ population: { seed: 3, patients: 3 } });
const other = await startServer();
afterAll(async () => await Promise.all([ehr.close(), other.close()]));

const key = await newKey();
ehr.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
const tokens: TokenSource = {
  get: async () => ({
    ...{ token: (await bearer(ehr, 'c', key)).slice(7), scope: '', notGranted: [], expiresAt: new Date() },
  }),
  forget() {},
};
const now = new Date('2026-01-01T00:00:00Z');
const options = { outbound, now };

const at = (base: string): Connection => ({
  ...{ connection_id: 1, site_key: 's', site_name: 'S', ehr_vendor: 'other', fhir_base_url: base },
  ...{ token_endpoint: null, client_id: 'c', private_key_sealed: null, signing_key_sealed: null },
  ...{ credentials_cleared: null, client_secret_sealed: null, scopes: '', group_id: null },
  ...{ export_resource_types: [], target_source: null, incremental_enabled: true, is_active: true },
  ...{ watermark: null, watermark_scope: null, watermark_not_granted: [], updated_at: now, jwks_url: null },
  ...{ paused_until: null, sync_config: {} },
  config: readSyncConfig({ allowed_networks: LOOPBACK }),
});
const connection = at(ehr.url);
const page = async (url: string) => await searchPage(connection, tokens, url, options);

beforeEach(() => {
  ehr.settings.search = SEARCH;
  ehr.settings.throttleEvery = undefined;
});

/** A page of a server that writes what it likes. */
async function pageOf(answer: Answer) {
  other.on('/fhir/Patient', answer);
  return await searchPage(at(`${other.url}/fhir`), tokens, `${other.url}/fhir/Patient`, options);
}

const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  await asked.then(
    () => 'nothing was wrong',
    (error: unknown) => (error instanceof SyncError ? error.code : String(error)),
  );

describe('a page of a search', () => {
  it('is followed by the next one, relative or absolute, until each resource has come once', async () => {
    for (const nextLink of ['relative', 'absolute'] as const) {
      ehr.settings.search = { ...SEARCH, nextLink };
      const ids: string[] = [];
      let url: string | undefined = searchUrl(ehr.url, 'Observation', [['_count', '7']]);
      for (; url !== undefined && ids.length < 30; ) {
        const { entries, next, total } = await page(url);
        expect(total).toBe(ehr.count('Observation'));
        ids.push(...entries.map(({ bytes }) => JSON.parse(bytes.toString()).id));
        url = next;
      }
      expect(ids.length).toBe(35);
      expect(new Set(ids).size).toBe(35);
    }
  });

  it("keeps each resource's bytes: decimals, escapes, broken UTF-8, on one line", async () => {
    const first = Buffer.from('{"resourceType":"Patient",\r\n  "id": "a",\n"x":1.10,"é":"\\u00e9 \\n }]"}');
    const second = Buffer.concat([Buffer.from('{"id":"b","y":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const bundle = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(' {"resourceType":"Bundle","entry":[{"resource":'),
      first,
      Buffer.from(',"search":{"mode":"include"}},{"fullUrl":"x","resource":'),
      second,
      Buffer.from('},{"fullUrl":"no resource"}],"total":2}'),
    ]);
    const { entries, total, next } = await pageOf({ raw: (response) => response.end(bundle) });
    expect([total, next]).toEqual([2, undefined]);
    expect(entries.map(({ mode }) => mode)).toEqual(['include', 'match']);
    expect(entries[0]?.bytes.toString()).toBe(first.toString().replace(/[\r\n]/g, ' '));
    expect(entries[1]?.bytes).toEqual(second);
  });

  it('tells the issues of outcomes apart from resources, by their codes alone', async () => {
    ehr.settings.search = {
      ...SEARCH,
      outcomes: [{ severity: 'warning', code: 'incomplete', diagnostics: 'of Jane Doe' }, { code: 'Jane' }],
    };
    const { entries, issues } = await page(searchUrl(ehr.url, 'Patient', []));
    expect(entries.length).toBe(3);
    expect(issues).toEqual([
      { severity: 'warning', code: 'incomplete' },
      { severity: 'error', code: 'unknown' },
    ]);
  });

  it("has the time of the server's clock, where it says", async () => {
    const { date } = await page(searchUrl(ehr.url, 'Patient', []));
    expect(date).toBeInstanceOf(Date);
    const bundle = { resourceType: 'Bundle' };
    expect((await pageOf({ headers: { date: 'yesterday' }, json: bundle })).date).toBeUndefined();
  });

  it('is no page where it is something else', async () => {
    expect(await codeOf(pageOf({ text: '<html>sign in</html>' }))).toBe('search-unreadable');
    expect(await codeOf(pageOf({ json: { resourceType: 'OperationOutcome' } }))).toBe('search-unreadable');
    expect(await codeOf(pageOf({ text: '{"resourceType":"Bundle","entry":[{}' }))).toBe('search-unreadable');
    expect(await codeOf(pageOf({ json: { resourceType: 'Bundle', entry: ['x'] } }))).toBe(
      'search-unreadable',
    );
  });

  it('is held to its size', async () => {
    const asked = searchPage(connection, tokens, searchUrl(ehr.url, 'Patient', []), {
      ...options,
      maxBytes: 999,
    });
    expect(await codeOf(asked)).toBe('search-too-large');
  });

  it('names a next page on the same origin, or is refused', async () => {
    const named = (url: unknown) =>
      pageOf({ json: { resourceType: 'Bundle', link: [{ relation: 'next', url }] } });
    expect((await named('?page=2')).next).toBe(`${other.url}/fhir/Patient?page=2`);
    expect(await codeOf(named(`${ehr.url}/Patient?page=2`))).toBe('search-next-foreign');
    expect(await codeOf(named('https://evil.example/x'))).toBe('search-next-foreign');
    expect(await codeOf(named(''))).toBe('search-next-invalid');
    expect(await codeOf(named('file:///etc/passwd'))).toBe('named-url-not-http');
  });

  it('is refused for good, or for a time that the server says', async () => {
    expect(await codeOf(page(`${ehr.url}/Medication?wrong=1`))).toBe('search-refused');
    ehr.settings.throttleEvery = 1;
    await expect(page(searchUrl(ehr.url, 'Patient', []))).rejects.toMatchObject({
      ...{ code: 'search-throttled', retryAfterSeconds: 1 },
    });
    ehr.settings.throttleEvery = undefined;
    ehr.faults.push({ on: 'search', do: { status: 503 } });
    expect(await codeOf(page(searchUrl(ehr.url, 'Patient', [])))).toBe('search-unavailable');
  });

  it('is asked for once more with a new token after a 401', async () => {
    ehr.faults.push({ on: 'search', do: { status: 401 } });
    expect((await page(searchUrl(ehr.url, 'Patient', []))).entries.length).toBe(3);
  });
});

describe('the URL of a search', () => {
  it('keeps the path of the base, and escapes what would end a value', () => {
    expect(searchUrl('https://x/a/fhir/', 'Patient', [['identifier', `s|${escaped('1,2|3')}`]])).toBe(
      'https://x/a/fhir/Patient?identifier=s%7C1%5C%2C2%5C%7C3',
    );
  });
});

describe('a read', () => {
  const read = async (type: string, id: string) =>
    await readResource(connection, tokens, { type, id }, options);

  it('gives the resource as it is written', async () => {
    ehr.put({ resourceType: 'Medication', id: 'm', note: 'é' });
    const found = await read('Medication', 'm');
    expect(found.kind === 'found' && JSON.parse(found.bytes.toString())).toEqual(ehr.get('Medication', 'm'));
  });

  it('tells what is not there, was deleted, or is something else', async () => {
    ehr.put({ resourceType: 'Medication', id: 'gone' });
    ehr.remove('Medication', 'gone');
    expect(await read('Medication', 'none')).toEqual({ kind: 'missing', status: 404 });
    expect(await read('Medication', 'gone')).toEqual({ kind: 'missing', status: 410 });
    other.on('/fhir/Medication/x', { json: { resourceType: 'Medication', id: 'y' } });
    const asked = { type: 'Medication', id: 'x' };
    expect(await readResource(at(`${other.url}/fhir`), tokens, asked, options)).toEqual({ kind: 'other' });
  });

  it('fails where it is refused, or answered with a page', async () => {
    ehr.faults.push(
      { on: 'read', do: { status: 403 } },
      { on: 'read', skip: 1, do: { status: 200, body: '<html>' } },
    );
    const codes = [await codeOf(read('Patient', 'x')), await codeOf(read('Patient', 'x'))];
    expect(codes).toEqual(['search-refused', 'search-unreadable']);
  });
});
