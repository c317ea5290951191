import { describe, expect, it } from 'vitest';
import { readConfig } from '../../app/config.ts';

const GOOD = '4f1c0b7a92e35d688e0c6a15fb27d3940a1b5c6d7e8f9012';

describe('the environment', () => {
  it('may be empty: this machine only, embedded database', () => {
    expect(readConfig({})).toMatchObject({
      databaseUrl: undefined,
      dataDir: './.data',
      host: '127.0.0.1',
      port: 8080,
      adminToken: undefined,
      schemas: { cdm: 'cdm', sync: 'ehr_sync', queue: 'pgboss' },
      logLevel: 'info',
    });
    expect(readConfig({ PORT: '', ADMIN_TOKEN: '', HOST: '', DATABASE_URL: '' })).toEqual(readConfig({}));
  });

  it('does not speak plain http off this machine, unless a proxy is vouched for', () => {
    expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow(/^HOST: .*TLS_CERT_FILE/);
    expect(() => readConfig({ HOST: '0.0.0.0', ADMIN_TOKEN: GOOD })).toThrow(/^HOST: /);
    expect(() => readConfig({ HOST: '10.1.2.3', BEHIND_PROXY: 'false' })).toThrow(/^HOST: /);
    expect(readConfig({ HOST: '0.0.0.0', BEHIND_PROXY: 'true' })).toMatchObject({ behindProxy: true });
    expect(readConfig({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.0/8' })).toMatchObject({
      behindProxy: true,
    });
    const files = { TLS_CERT_FILE: 'cert.pem', TLS_KEY_FILE: 'key.pem' };
    expect(readConfig({ HOST: '0.0.0.0', ...files }).tls).toEqual({ cert: 'cert.pem', key: 'key.pem' });
    expect(() => readConfig({ TLS_CERT_FILE: 'cert.pem' })).toThrow(/^TLS_CERT_FILE and TLS_KEY_FILE/);
    expect(() => readConfig({ TLS_KEY_FILE: 'key.pem' })).toThrow(/^TLS_CERT_FILE and TLS_KEY_FILE/);
    for (const host of ['127.0.0.1', '::1', 'localhost'])
      expect(readConfig({ HOST: host }).tls).toBeUndefined();
  });

  it('has no secret that opens two doors', () => {
    const names = ['ADMIN_TOKEN', 'TICK_SECRET', 'ALERT_WEBHOOK_SECRET'];
    const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
    for (const [one, other] of pairs) {
      expect(() => readConfig({ [one]: GOOD, [other]: GOOD })).toThrow(new RegExp(`^${one} and ${other}: `));
      expect(() => readConfig({ [one]: GOOD, [other]: GOOD })).not.toThrow(GOOD);
      expect(() => readConfig({ [one]: GOOD, [other]: `${GOOD}x` })).not.toThrow();
    }
  });

  it('says what the server is called', () => {
    const { names } = readConfig({
      ...{ HOST: 'Omop.internal', BEHIND_PROXY: 'true', ALLOWED_HOSTS: 'omop, omop.lan' },
      PUBLIC_URL: 'https://omop.example.org:8443/',
    });
    expect([...names].sort()).toEqual(['omop', 'omop.example.org', 'omop.internal', 'omop.lan']);
  });

  it.each([
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://root:s3cret@db/x' }],
    ['ADMIN_TOKEN', { ADMIN_TOKEN: 's3cret' }],
    ['TICK_SECRET', { TICK_SECRET: 's3cret' }],
    ['ADMIN_TOKEN', { ADMIN_TOKEN: 's3cret'.repeat(8) }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/33' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'omop.example.org' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'https://omop' }],
    ['BEHIND_PROXY', { BEHIND_PROXY: 'yes' }],
    ['REQUESTS_PER_MINUTE', { REQUESTS_PER_MINUTE: 'many' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['CDM_SCHEMA', { CDM_SCHEMA: 'a"b' }],
  ])('that is bad is refused with the name of the setting, %s, and without its value', (name, env) => {
    const read = () => readConfig(env);
    expect(read).toThrow(new RegExp(`${name}: `));
    expect(read).not.toThrow(/s3cret/);
  });
});
