/** A signal to npm must reach node. With other shells, scripts and versions of npm: npm.soak.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { FEW_ARENAS } from '../../app/package/processes.ts';
import { newDatabase } from '../database.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import {
  CONTAINER,
  childrenOf,
  encryptionKey,
  ended,
  hasContainers,
  kill,
  killThoseLeft,
  npmRun,
} from './npm-run.ts';

const database = await newDatabase();
afterAll(async () => {
  killThoseLeft();
  await database.drop();
});

it('gives each process that maps what bounds its memory', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const flagsOf = (name: string) =>
    scripts[name].split(' ').filter((word: string) => word.startsWith('--m') || word.startsWith('--h'));
  expect(flagsOf('work')).toEqual(['--max-semi-space-size=8', '--heap-growing-percent=100']);
  const arenas = `MALLOC_ARENA_MAX=${FEW_ARENAS.MALLOC_ARENA_MAX}`;
  expect(scripts.work).toContain(arenas);
  for (const name of ['start', 'tick', 'cli']) {
    expect([name, ...flagsOf(name)]).toEqual([name, ...flagsOf('work')]);
    expect(scripts[name]).toContain(arenas);
  }
  const dockerfile = await readFile(new URL('../../app/deploy/Dockerfile', import.meta.url), 'utf8');
  expect(dockerfile).toContain(arenas);
});

describe('SIGTERM to npm', () => {
  it('reaches node, which takes the place of the shell', async () => {
    const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const name of ['start', 'serve', 'work', 'tick', 'cli', 'migrate'])
      expect(scripts[name]).toMatch(/^(\w+=\S+ )*exec node /);
  });

  inLongRun(it)('ends node in order, and frees the port', async () => {
    const { child, log, url } = await npmRun(database, 'serve');
    expect(url).toMatch(/^http:/);
    child.kill('SIGTERM');
    await ended(child, log, url);
  });

  it.runIf(LONG_RUN && hasContainers)('as the first process of a container, too', async () => {
    const { child, log, url } = await npmRun(database, 'start', { before: CONTAINER });
    const [npm] = childrenOf(child.pid ?? 0);
    kill(npm ?? 0, 'SIGTERM');
    await ended(child, log, url);
  });
});

describe('SIGTERM before there is anything to end', () => {
  it.runIf(LONG_RUN && hasContainers)(
    'ends the first process of a container, which gets no signal by default',
    async () => {
      const silent = createServer();
      const asked = once(silent, 'connection');
      await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const [command = '', ...args] = [...CONTAINER, process.execPath, 'jobs/main.ts'];
      const env = {
        PATH: process.env['PATH'],
        DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none`,
        ENCRYPTION_KEY: encryptionKey,
      };
      const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      try {
        await asked;
        const [node] = childrenOf(child.pid ?? 0);
        kill(node ?? 0, 'SIGTERM');
        expect(await once(child, 'close')).toEqual([0, null]);
      } finally {
        child.kill('SIGKILL');
        silent.close();
      }
      expect(said).toContain('SIGTERM before this was ready');
    },
  );
});
