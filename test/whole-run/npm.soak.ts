/** As npm.test.ts, through every shell that is here. Another version of npm: NPM_CLI=/somewhere/npm/bin/npm-cli.js. */
import { existsSync } from 'node:fs';
import { afterAll, describe, it } from 'vitest';
import { newDatabase } from '../database.ts';
import { ended, killThoseLeft, npmRun } from './npm-run.ts';

const database = await newDatabase();
afterAll(async () => {
  killThoseLeft();
  await database.drop();
});

const SHELLS = ['/bin/sh', '/bin/dash', '/bin/bash'].filter((shell) => existsSync(shell));

describe.each(['start', 'serve', 'work'])('SIGTERM to npm run %s', (script) => {
  it.each(SHELLS)('ends node in order, and frees the port (%s)', async (shell) => {
    const { child, log, url } = await npmRun(database, script, { shell });
    child.kill('SIGTERM');
    await ended(child, log, url);
  });
});
