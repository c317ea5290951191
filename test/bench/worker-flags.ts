/** What package.json starts workers with, so that what is measured is what runs. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Package = z.object({ scripts: z.object({ work: z.string() }) });

const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const words = Package.parse(JSON.parse(text)).scripts.work.split(' ');

/** Flags of Node. */
export const WORKER_FLAGS: readonly string[] = words.filter((word) => word.startsWith('--'));

/** How the C library keeps memory. */
export const WORKER_MALLOC: Readonly<Record<string, string>> = Object.fromEntries(
  words.flatMap((word) => {
    const [, name, value] = /^(MALLOC_\w+)=(\w+)$/.exec(word) ?? [];
    return name && value ? [[name, value]] : [];
  }),
);
