/** The environment of a command: what is set, and what a .env in the current folder adds (what is set wins). */
import { existsSync } from 'node:fs';

export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/** A number of seconds, 0 for no limit; its value is not repeated in the error. */
export function secondsOf(env: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = env[name];
  if (!text) return standard;
  if (!/^\d{1,6}$/.test(text))
    throw new Error(`${name}: expected a whole number of seconds, 0 for no limit.`);
  return Number(text);
}
