/** Where a person goes after the sign-in. */
import { describe, expect, it } from 'vitest';
import { HOME, localPath } from '../../app/auth/return-to.ts';

describe('the page after the sign-in', () => {
  it.each(['/', '/admin', '/openapi.json', '/a/b?c=d&e=%2F'])('is the one that was asked for: %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  it('is one of this server, without what is after #', () => {
    expect(localPath('/a/../b?c=1#d')).toBe('/b?c=1');
  });

  it.each([
    ...[undefined, null, 7, ['/admin/x'], new File([], '/admin/x')],
    ...['', 'admin', 'undefined', 'x:/y', 'javascript:alert(1)', 'https://elsewhere.example/'],
    ...['//elsewhere.example/', '/\\elsewhere.example/', '/\t/elsewhere.example', '/\n/elsewhere.example'],
    ...[
      '/.//elsewhere.example',
      '/a/..//elsewhere.example',
      '//[',
      '/\\[',
      '//this.invalid//elsewhere.example',
    ],
    `/${'x'.repeat(500)}`,
  ])('is the first page for anything else: %j', (given) => {
    expect(localPath(given)).toBe(HOME);
  });

  it('may be as long as an address of ours is', () => {
    const longest = `/${'x'.repeat(499)}`;
    expect(localPath(longest)).toBe(longest);
  });
});
