/**
 * The environment of a command: the variables that are set, and those that a .env in the current folder adds.
 * Variables that are set win.
 */
import { existsSync } from 'node:fs';
import { demandPrivate } from './private-file.ts';

export function environment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) {
    demandPrivate('.env');
    process.loadEnvFile('.env');
  }
  return process.env;
}

/** Reads a number of seconds, 0 for no limit. The error does not repeat the value. */
export function secondsOf(env: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = env[name];
  if (!text) return standard;
  if (!/^\d{1,6}$/.test(text))
    throw new Error(`${name}: expected a whole number of seconds, 0 for no limit.`);
  return Number(text);
}
