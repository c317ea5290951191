/**
 * The environment of a command: the variables that are set, those that a .env in the current folder adds, and what the
 * files hold that `<NAME>_FILE` names. Variables that are set win.
 */
import { existsSync } from 'node:fs';
import { demandPrivate } from './private-file.ts';
import { withFiles } from './settings/files.ts';

export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) {
    demandPrivate('.env');
    process.loadEnvFile('.env');
  }
  return withFiles(process.env);
}
