/** The simulated EHR in a process of its own, filled. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Child, startChild } from './child.ts';
import { say } from './findings.ts';

export interface Ehr {
  readonly child: Child;
  readonly url: string;
  readonly tokenEndpoint: string;
  readonly resources: number;
  readonly secret: string;
}

const Opened = z.object({ url: z.string(), tokenEndpoint: z.string(), resources: z.number() });

/**
 * `dir` is a folder of NDJSON to use instead of the generator, as many copies of it as come nearest to
 * `resources`.
 */
export async function openEhr(content: {
  resources: number | undefined;
  dir?: string | undefined;
  /** Whether its resources have a meta.lastUpdated; they do when left out. */
  lastUpdated?: boolean | undefined;
}): Promise<Ehr> {
  const { resources, dir, lastUpdated = true } = content;
  say('filling the EHR');
  return await open('ehr.ts', { resources, dir, lastUpdated }, ['--max-old-space-size=16000']);
}

/** An EHR that holds little and sends one file of that size. */
export async function openBigFileEhr(bytes: number): Promise<Ehr> {
  return await open('big-file-ehr.ts', { bytes }, []);
}

async function open(file: string, content: object, flags: readonly string[]): Promise<Ehr> {
  const child = startChild(new URL(file, import.meta.url).pathname, { flags });
  const secret = randomBytes(16).toString('hex');
  return { child, secret, ...Opened.parse(await child.ask('open', { ...content, secret })) };
}
