import { describe, expect, it } from 'vitest';
import { readConfig } from '../../app/config.ts';

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

  it('needs an ADMIN_TOKEN off loopback', () => {
    expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow(/^ADMIN_TOKEN: /);
    expect(readConfig({ HOST: '0.0.0.0', ADMIN_TOKEN: 'x'.repeat(16) }).host).toBe('0.0.0.0');
    expect(readConfig({ HOST: '::1' }).adminToken).toBeUndefined();
  });

  it.each([
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://root:s3cret@db/x' }],
    ['ADMIN_TOKEN', { ADMIN_TOKEN: 's3cret' }],
    ['TICK_SECRET', { TICK_SECRET: 's3cret' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['CDM_SCHEMA', { CDM_SCHEMA: 'a"b' }],
  ])('that is bad is refused with the name of the setting, %s, and without its value', (name, env) => {
    const read = () => readConfig(env);
    expect(read).toThrow(new RegExp(`${name}: `));
    expect(read).not.toThrow(/s3cret/);
  });
});
