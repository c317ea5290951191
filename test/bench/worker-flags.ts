/** The Node flags that package.json starts workers with, so that what is measured is what runs. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Package = z.object({ scripts: z.object({ work: z.string() }) });

const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
export const WORKER_FLAGS: readonly string[] = Package.parse(JSON.parse(text))
  .scripts.work.split(' ')
  .filter((word) => word.startsWith('--'));
