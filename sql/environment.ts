/** The environment of a command: what is set, and what a .env in the current folder adds (what is set wins). */
import { existsSync } from 'node:fs';

export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
