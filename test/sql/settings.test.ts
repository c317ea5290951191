/** The settings of the environment: one schema that knows them all, and what a start says of those that cannot be used. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkSettings, readSettings } from '../../jobs/step/settings.ts';
import { databaseSettings } from '../../sql/database.ts';
import { documents } from '../../sql/settings/document.ts';
import { EHR } from '../../sql/settings/ehr.ts';
import { withFiles } from '../../sql/settings/files.ts';
import { unknownNames } from '../../sql/settings/names.ts';
import { OUTBOUND } from '../../sql/settings/program.ts';
import { ALL, SETTINGS } from '../../sql/settings/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the schema of the settings', () => {
  it('has every variable that the program reads', () => {
    const read = ['app', 'jobs', 'sql'].flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => {
          const text = readFileSync(join(ROOT, room, name), 'utf8');
          return [...text.matchAll(/\benv(?:ironment\(\))?(?:\.|\[')([A-Z][A-Z0-9_]{3,})\b/g)].map(
            ([, found]) => found,
          );
        }),
    );
    /** Of the operating system and of terminals. */
    const others = new Set([
      'PATH',
      'HOME',
      'USER',
      'LOGNAME',
      'COLUMNS',
      'NO_COLOR',
      'FORCE_COLOR',
      'TERM',
      'PGHOST',
      // The standard of OpenTelemetry has many more than the one that turns it on.
      'OTEL_SDK_DISABLED',
      'OTEL_SERVICE_NAME',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'FHIR_OMOP_TOKEN_FILE',
    ]);
    const known = new Set(ALL.flatMap(({ name, formerly = [] }) => [name, ...formerly]));
    expect(read.length).toBeGreaterThan(5);
    expect([...new Set(read)].filter((name) => !known.has(name ?? '') && !others.has(name ?? ''))).toEqual(
      [],
    );
  });

  it('describes each in a sentence', () => {
    expect(ALL.filter(({ description }) => !description.endsWith('.')).map(({ name }) => name)).toEqual([]);
  });

  it('is what sql/settings/README.md and .env.example say', () => {
    for (const { path, text } of documents()) expect(readFileSync(path, 'utf8'), path).toBe(text);
  });

  it('takes an empty environment, and one of empty variables', () => {
    expect(checkSettings({})).toEqual([]);
    expect(checkSettings(Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ''])))).toEqual([]);
  });

  it('takes what .env.example has, once the marks are gone', () => {
    const lines = readFileSync(join(ROOT, '.env.example'), 'utf8').match(/^#[A-Z_]+=.*$/gm) ?? [];
    const env = Object.fromEntries(lines.map((line) => line.slice(1).split(/=(.*)/s, 2) as [string, string]));
    expect(Object.keys(env).length).toBeGreaterThan(50);
    expect(checkSettings(env)).toEqual([]);
  });
});

describe('a setting that cannot be used', () => {
  /** Free text cannot be wrong by its shape. */
  const BAD = 's3cret \u0007 wrong';
  const shaped = Object.keys(SETTINGS).filter((name) => {
    const schema = SETTINGS[name as keyof typeof SETTINGS];
    return !schema.safeParse(BAD).success;
  });

  it('is so by its shape, more often than not', () => {
    expect(shaped.length).toBeGreaterThan(30);
  });

  it.each(shaped)('is named with what was expected and without its value: %s', (name) => {
    const check = () => checkSettings({ [name]: BAD });
    expect(check).toThrow(new RegExp(`${name}: expected `));
    expect(check).not.toThrow(/s3cret/);
  });

  it('is told together with all others', () => {
    expect(() => checkSettings({ PORT: 'x', EHR_GRUOP_ID: 'g', AUDIT_YEARS: '0' })).toThrow(
      /PORT: .*AUDIT_YEARS: .*EHR_GRUOP_ID: .*did you mean EHR_GROUP_ID\?/,
    );
  });

  it('stops the workers before they reach for a database, in one line', () => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const url = 'postgres://127.0.0.1:1/x';
    const env = { PATH, NODE_COMPILE_CACHE, EHR_GRUOP_ID: 'g', DATABASE_URL: url };
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'jobs/main.ts')], {
      env,
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr.trim().split('\n')).toEqual([
      'EHR_GRUOP_ID: expected a setting that exists (did you mean EHR_GROUP_ID?). Correct the environment and start again.',
    ]);
    expect(status).toBe(1);
  });
});

describe('a variable that nobody reads', () => {
  it('stops the start where it looks like one of the connection env', () => {
    expect(unknownNames({ EHR_FHIR_URL: 'x' }).faults[0]).toMatch(
      /^EHR_FHIR_URL: expected a setting that exists/,
    );
    expect(unknownNames({ PF_SYNC_ENABLED: 'true', PF_GROUP: 'x' }).faults).toEqual([
      'PF_GROUP: expected a setting that exists (did you mean PF_GROUP_ID?)',
    ]);
  });

  it('is told where it begins like ours, or is a slip of the pen from one', () => {
    expect(
      unknownNames({ SYNC_SHEMA: 'x', DATABSE_URL: 'x', PF_RULES: 'x', OIDC_ISUER: 'x' }).warnings,
    ).toEqual([
      'SYNC_SHEMA is no setting of this program and has no effect (did you mean SYNC_SCHEMA?)',
      'DATABSE_URL is no setting of this program and has no effect (did you mean DATABASE_URL?)',
      expect.stringMatching(/^PF_RULES is no setting/),
      'OIDC_ISUER is no setting of this program and has no effect (did you mean OIDC_ISSUER?)',
    ]);
  });

  it('is nobody’s business else, nor are those of a Kubernetes service that is called "ehr"', () => {
    const env = {
      SHELL: 'x',
      LANG: 'x',
      POSTGRES_PASSWORD: 'x',
      HTTP_PROXY: 'x',
      SSL_CERT_FILE: 'x',
      EHR_SERVICE_HOST: 'x',
      EHR_PORT_443_TCP_ADDR: 'x',
    };
    expect(unknownNames({ ...env, EHR_SERVICE_PORT_HTTPS: 'x', EHR_PORT: 'x' })).toEqual({
      faults: [],
      warnings: [],
    });
  });
});

describe('a secret in a file', () => {
  it('is read, without the line end behind it', () => {
    const path = fileWith('client-secret', 'of-the-client\n');
    const env = withFiles({ EHR_CLIENT_SECRET_FILE: path });
    expect(env['EHR_CLIENT_SECRET']).toBe('of-the-client');
    expect(checkSettings(env)).toEqual([]);
  });

  it.each(ALL.filter(({ secret }) => secret).map(({ name }) => name))('may be %s', (name) => {
    expect(withFiles({ [`${name}_FILE`]: fileWith(name, 'value') })[name]).toBe('value');
  });

  it('is refused where it is also set itself, cannot be read, or is empty', () => {
    const path = fileWith('token', 'x');
    const faults = (env: Record<string, string>) => () => checkSettings(withFiles(env));
    expect(faults({ ADMIN_TOKEN: 'y', ADMIN_TOKEN_FILE: path })).toThrow(
      /ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set/,
    );
    expect(faults({ ADMIN_TOKEN_FILE: join(folder, 'none') })).toThrow(
      /ADMIN_TOKEN_FILE: expected a file .*ENOENT/,
    );
    expect(faults({ ADMIN_TOKEN_FILE: fileWith('empty', '\n') })).toThrow(/ADMIN_TOKEN_FILE: .*empty/);
  });

  it('is refused where everybody on the machine may write it, as mounted secrets never are', () => {
    const path = fileWith('open', 'x');
    chmodSync(path, 0o646);
    const env = withFiles({ ADMIN_TOKEN_FILE: path });
    expect(env['ADMIN_TOKEN']).toBeUndefined();
    expect(() => checkSettings(env)).toThrow(/ADMIN_TOKEN_FILE: .*chmod o-w/);
  });

  it('that names the database and cannot be read is no reason to make another', () => {
    const none = { DATABASE_URL_FILE: join(folder, 'none') };
    expect(() => databaseSettings(withFiles(none))).toThrow(/DATABASE_URL_FILE: expected a file .*ENOENT/);
    const both = { DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: fileWith('url', 'postgres://c/d') };
    expect(() => databaseSettings(withFiles(both))).toThrow(/both set/);
    // As a process that only migrates reads them: the same rules as those of API and workers.
    expect(() => databaseSettings({ DATABASE_URL: 'mysql://db', CDM_SCHEMA: 'Research CDM' })).toThrow(
      /^DATABASE_URL: expected postgres:[^;]*; CDM_SCHEMA: expected a lower-case schema name/,
    );
  });
});

describe('older names', () => {
  it('count where the name of now is not set', () => {
    const read = readSettings(EHR, { PF_CLIENT_ID: 'old', PF_GROUP_ID: 'old', EHR_GROUP_ID: 'new' });
    expect(read).toMatchObject({ EHR_CLIENT_ID: 'old', EHR_GROUP_ID: 'new' });
    expect(readSettings(OUTBOUND, { https_proxy: 'http://p:3128' }).HTTPS_PROXY).toBe('http://p:3128');
  });

  it('are named in the fault of what they hold', () => {
    expect(() => readSettings(EHR, { PF_SYNC_INTERVAL_MS: 'daily' })).toThrow(
      /^PF_SYNC_INTERVAL_MS: expected milli/,
    );
  });
});

it('a private key may have \\n for its line ends', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n';
  expect(readSettings(EHR, { EHR_PRIVATE_KEY: pem.trim().replaceAll('\n', '\\n') }).EHR_PRIVATE_KEY).toBe(
    pem,
  );
});
