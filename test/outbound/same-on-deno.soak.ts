import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CALLS = join(import.meta.dirname, 'calls.ts');
const run = promisify(execFile);

it.each([
  ['Node', process.execPath, [CALLS]],
  ['Deno', join(ROOT, 'node_modules/.bin/deno'), ['run', '--allow-all', CALLS]],
])('calls end on %s as they should', async (_, program, args) => {
  const { stdout } = await run(program, args, { cwd: ROOT });
  expect(JSON.parse(stdout)).toEqual({
    allowed: 'plain',
    refused: 'address-refused',
    refusedMapped: 'address-refused',
    allowedName: 'plain',
    refusedName: 'address-refused',
    metadata: 'address-never-asked',
    flood: 'network-error',
    silent: 'network-timeout',
    nobody: 'network-unreachable',
    strangeAuthority: 'certificate-refused',
    ownAuthority: 'secure',
    byAddress: 'secure',
    otherName: 'certificate-refused',
    shown: 'let in',
    notShown: 'client-certificate-refused',
    proxied: 'secure',
    proxiedByTls: 'secure',
    proxiedElsewhere: 'host-not-named',
  });
});
