/** What claims say: names as they are recorded, roles, paths of claims, and where a person goes after the sign-in. */
import { describe, expect, it } from 'vitest';
import { claimAt, nameOf, roleOf } from '../../app/auth/identity.ts';
import { localPath } from '../../app/auth/return-to.ts';

const rules = {
  roleClaim: 'roles',
  roleMap: new Map([
    ['a', 'admin'],
    ['o', 'operator'],
    ['v', 'viewer'],
  ] as const),
  connectionsClaim: undefined,
};

describe('the name that is recorded', () => {
  it('is the user name, else the address, else the subject', () => {
    expect(nameOf({ preferred_username: 'ada', email: 'a@x.example', sub: '1' })).toBe('ada');
    expect(nameOf({ preferred_username: ' \u0000', email: 'a@x.example', sub: '1' })).toBe('a@x.example');
    expect(nameOf({ preferred_username: 7, email: ['a'], sub: '1' })).toBe('1');
    expect(nameOf({ sub: '\u200b' })).toBeUndefined();
    expect(nameOf({})).toBeUndefined();
  });

  it('is no address that the provider knows to be unverified', () => {
    expect(nameOf({ email: 'boss@x.example', email_verified: false, sub: '1' })).toBe('1');
    expect(nameOf({ email: 'boss@x.example', email_verified: true, sub: '1' })).toBe('boss@x.example');
  });

  it('has no control characters, no text that turns around, and one blank between words', () => {
    expect(nameOf({ sub: 'a\u0000b\u001b[31mc\u202ed\u2066e\u200bf\ufeffg\u2028\n\t h\u00ad' })).toBe(
      'ab[31mcdefg h',
    );
    expect(nameOf({ sub: 'e\u0301' })).toBe('é');
    expect(nameOf({ sub: 'a\tb\r\nc' })).toBe('a b c');
  });

  it('has at most 200 characters, and no half ones', () => {
    expect(nameOf({ sub: 'x'.repeat(1_000_000) })).toBe('x'.repeat(200));
    expect(nameOf({ preferred_username: `${'\u200b'.repeat(800)}ada`, sub: '1' })).toBe('1');
    expect(nameOf({ preferred_username: `${'\u200b'.repeat(799)}ada`, sub: '1' })).toBe('a');
    expect(nameOf({ sub: ` ${'x'.repeat(300)}` })).toBe('x'.repeat(200));
    expect(nameOf({ sub: `${'x'.repeat(199)} y` })).toBe('x'.repeat(199));
    expect(nameOf({ sub: '😀'.repeat(300) })).toBe('😀'.repeat(200));
  });
});

describe('the role', () => {
  it('is the highest that one of the values is mapped to', () => {
    expect(roleOf({ roles: ['v', 'o', 'x'] }, rules)).toBe('operator');
    expect(roleOf({ roles: ['v', 'a', 'o'] }, rules)).toBe('admin');
    expect(roleOf({ roles: 'v' }, rules)).toBe('viewer');
  });

  it('is none without a value that is mapped', () => {
    for (const roles of [
      undefined,
      null,
      [],
      ['x', 'admin', 'A', 'a '],
      'v o',
      7,
      true,
      { a: 'a' },
      [['a']],
      '__proto__',
    ]) {
      expect([roles, roleOf({ roles }, rules)]).toEqual([roles, undefined]);
    }
  });

  it('comes from the scopes where these are the claim', () => {
    expect(roleOf({ scope: 'openid v o' }, { ...rules, roleClaim: 'scope' })).toBe('operator');
    expect(roleOf({ scp: 'openid v o' }, { ...rules, roleClaim: 'scp' })).toBe('operator');
    expect(roleOf({ scp: 'v' }, { ...rules, roleClaim: 'scp' })).toBe('viewer');
    expect(
      roleOf({ scope: 'openid' }, { ...rules, roleClaim: 'scope' }),
      'letters are no scopes',
    ).toBeUndefined();
  });

  it('is found among a thousand values at most', () => {
    const many = Array.from({ length: 1000 }, () => 'x');
    expect(roleOf({ roles: [...many.slice(1), 'v'] }, rules)).toBe('viewer');
    expect(roleOf({ roles: [...many, 'v'] }, rules)).toBeUndefined();
    const scopes = { ...rules, roleClaim: 'scope' };
    expect(roleOf({ scope: [...many.slice(1), 'v'].join(' ') }, scopes)).toBe('viewer');
    expect(roleOf({ scope: [...many, 'v'].join(' ') }, scopes)).toBeUndefined();
  });
});

describe('a claim', () => {
  it('is found by its name, dots and all, or by the path of names', () => {
    expect(claimAt({ 'https://x.example/roles': 1 }, 'https://x.example/roles')).toBe(1);
    expect(claimAt({ realm_access: { roles: [2] } }, 'realm_access.roles')).toEqual([2]);
    expect(claimAt({ a: 'text' }, 'a.length')).toBeUndefined();
    expect(claimAt({ a: null }, 'a.b')).toBeUndefined();
    expect(claimAt({}, 'constructor.name')).toBeUndefined();
    expect(claimAt({}, '__proto__')).toBeUndefined();
  });
});

describe('the page after the sign-in', () => {
  it('is a path of this server', () => {
    for (const path of ['/', '/admin', '/openapi.json?a=1&b=%2F', '/a/b']) expect(localPath(path)).toBe(path);
    expect(localPath('/a#b')).toBe('/a');
    expect(localPath(`/${'a'.repeat(499)}`)).toBe(`/${'a'.repeat(499)}`);
    expect(localPath('/ä')).toBe('/%C3%A4');
  });

  it('is the first page for anything else', () => {
    for (const other of [
      ...['https://evil.example/', '//evil.example', '///evil.example', '/\\evil.example', '\\/evil.example'],
      ...['/\t/evil.example', '/\n/evil.example', '/.//evil.example', '/a/..//evil.example', 'admin', ''],
      ...[
        'javascript:alert(1)',
        ' /admin',
        `/${'a'.repeat(500)}`,
        `/${'ä'.repeat(100)}`,
        undefined,
        null,
        7,
        ['/admin'],
      ],
    ]) {
      expect([other, localPath(other)]).toEqual([other, '/admin']);
    }
  });
});
