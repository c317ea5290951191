/** The golden cases: every JSON file of this folder that is a list of them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Case } from './outcome.ts';

const OTHERS = new Set(['vocabulary.json', 'departures.json']);
const folder = new URL('.', import.meta.url);

export interface CaseFile {
  readonly name: string;
  readonly cases: readonly Case[];
}

export function readCases(): readonly CaseFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !OTHERS.has(name))
    .sort()
    .map((file) => {
      const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      return { name: file.replace('.json', ''), cases };
    });
}
