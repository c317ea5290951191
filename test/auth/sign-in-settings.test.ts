/** Settings of the sign-in: what is refused at the start, with a message that says what to do. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_SIGN_IN, readSignInSettings } from '../../app/auth/sign-in-settings.ts';
import { readConfig } from '../../app/config.ts';

const GOOD = {
  PUBLIC_URL: 'https://omop.example.org',
  OIDC_ISSUER: 'https://id.example.org/realms/hospital',
  OIDC_CLIENT_ID: 'omop',
  OIDC_ROLE_MAP: 'omop-admins=admin, omop-readers=viewer',
};

describe('the settings of the sign-in', () => {
  it('are half an hour, twelve hours and no identity provider when nothing is set', () => {
    expect(readSignInSettings({})).toEqual(DEFAULT_SIGN_IN);
    expect(readSignInSettings({ PUBLIC_URL: '', OIDC_ISSUER: '', SESSION_IDLE_MINUTES: '' })).toEqual(
      DEFAULT_SIGN_IN,
    );
    expect(readConfig({}).signIn).toEqual(DEFAULT_SIGN_IN);
  });

  it('are read from the environment', () => {
    expect(
      readSignInSettings({
        ...GOOD,
        ...{ OIDC_CLIENT_SECRET: 'secret', OIDC_AUDIENCE: 'api://omop', OIDC_SCOPE: 'openid groups' },
        ...{ OIDC_ROLE_CLAIM: 'realm_access.roles', OIDC_CONNECTIONS_CLAIM: 'sites' },
        ...{ SESSION_IDLE_MINUTES: '5', SESSION_MAX_HOURS: '1' },
      }),
    ).toEqual({
      publicUrl: 'https://omop.example.org',
      idleMs: 300_000,
      longestMs: 3_600_000,
      oidc: {
        issuer: 'https://id.example.org/realms/hospital',
        client: { id: 'omop', secret: 'secret', scope: 'openid groups' },
        audience: 'api://omop',
        roleClaim: 'realm_access.roles',
        roleMap: new Map([
          ['omop-admins', 'admin'],
          ['omop-readers', 'viewer'],
        ]),
        connectionsClaim: 'sites',
      },
    });
  });

  it('map values that hold commas or "=" by JSON, and ones that hold "=" also by the last one', () => {
    const name = 'cn=admins,ou=omop';
    const json = readSignInSettings({ ...GOOD, OIDC_ROLE_MAP: JSON.stringify({ [name]: 'admin' }) });
    expect([...(json.oidc?.roleMap ?? [])]).toEqual([[name, 'admin']]);
    const list = readSignInSettings({ ...GOOD, OIDC_ROLE_MAP: 'cn=admins=admin' });
    expect([...(list.oidc?.roleMap ?? [])]).toEqual([['cn=admins', 'admin']]);
  });

  it('map a list with blanks around, and with nothing between two commas', () => {
    const list = readSignInSettings({ ...GOOD, OIDC_ROLE_MAP: ' a = admin , ,b=viewer, ' });
    expect([...(list.oidc?.roleMap ?? [])]).toEqual([
      ['a', 'admin'],
      ['b', 'viewer'],
    ]);
  });

  it('say once what is wrong with the map of roles, and what to write', () => {
    const faultOf = (given: string | undefined) =>
      messageOf(() => readSignInSettings({ ...GOOD, OIDC_ROLE_MAP: given }));
    for (const none of [undefined, ' , ', '{}']) {
      expect(faultOf(none)).toContain('OIDC_ROLE_MAP: required with OIDC_ISSUER');
    }
    for (const wrong of ['a', '{"a":1}', '{"a":"viewer"', '{"":"viewer"}', 'a=viewer,a=viewer']) {
      expect(faultOf(wrong)).toContain('each role one of viewer, mapper, operator, admin');
      expect(faultOf(wrong)).not.toContain('required');
    }
  });

  it('ask for a client or an audience where neither is set, and for nothing else', () => {
    const message = messageOf(() => readSignInSettings({ ...GOOD, OIDC_CLIENT_ID: undefined }));
    expect(message).toContain('OIDC_ISSUER: expected OIDC_CLIENT_ID');
    expect(message).not.toContain('OIDC_AUDIENCE: ');
  });

  it('have no client where only programs come, with a role of the claim "roles"', () => {
    const programs = { ...GOOD, OIDC_CLIENT_ID: undefined, OIDC_AUDIENCE: 'api://omop' };
    expect(readSignInSettings(programs).oidc).toMatchObject({
      ...{ client: undefined, audience: 'api://omop', roleClaim: 'roles', connectionsClaim: undefined },
    });
  });

  it('may name this machine without TLS', () => {
    const local = { ...GOOD, PUBLIC_URL: 'http://127.0.0.1:8080/', OIDC_ISSUER: 'http://localhost:9000' };
    expect(readSignInSettings(local).publicUrl).toBe('http://127.0.0.1:8080');
  });

  it.each([
    ['PUBLIC_URL', { PUBLIC_URL: 'http://omop.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://omop.example.org/omop' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://user@omop.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://omop.example.org/?a' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://127.0.0.1' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'omop.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: undefined }],
    ['OIDC_ISSUER', { OIDC_ISSUER: 'http://id.example.org' }],
    ['OIDC_ISSUER', { OIDC_ISSUER: 'id.example.org' }],
    ['OIDC_CLIENT_ID', { OIDC_ISSUER: undefined }],
    ['OIDC_ISSUER', { OIDC_CLIENT_ID: undefined }],
    ['OIDC_AUDIENCE', { OIDC_AUDIENCE: 'omop' }],
    ['OIDC_SCOPE', { OIDC_SCOPE: 'profile' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: undefined }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: ' , ' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: 'omop-admins' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: '=admin' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: 'omop-admins=root' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: 'a=viewer,a=admin' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: '{"a":1}' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: '{"a":"viewer"' }],
    ['OIDC_ROLE_MAP', { OIDC_ROLE_MAP: '{}' }],
    ['SESSION_IDLE_MINUTES', { SESSION_IDLE_MINUTES: '0' }],
    ['SESSION_IDLE_MINUTES', { SESSION_IDLE_MINUTES: '1441' }],
    ['SESSION_MAX_HOURS', { SESSION_MAX_HOURS: '1.5' }],
    ['SESSION_MAX_HOURS', { SESSION_MAX_HOURS: 'soon' }],
  ])('refuse a %s by name, and repeat no value: %j', (name, changed) => {
    const env: Record<string, string | undefined> = { ...GOOD, ...changed };
    const message = messageOf(() => readConfig(env));
    expect(message).toContain(`${name}: `);
    for (const value of Object.values(changed)) {
      if (value !== undefined && value.length > 4) expect(message).not.toContain(value);
    }
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
