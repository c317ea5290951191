/**
 * The simulated EHR in a process of its own. `open` fills it with N resources of the generator, or with as
 * many copies of a folder of NDJSON files as come nearest to N; `touch` changes every hundredth of them,
 * `touch-all` all, `touch-one` one Patient. It answers at once (no polls, no compression), so that what is measured is ours.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { Resource } from '../../jobs/map/types.ts';
import { population } from '../ehr/population.ts';
import { startEhr } from '../ehr/server.ts';
import { answer } from './child.ts';

const Open = z.object({
  /** One copy of the folder when omitted. */
  resources: z.number().int().positive().optional(),
  dir: z.string().optional(),
  secret: z.string(),
  lastUpdated: z.boolean(),
});

const ehr = await startEhr({ polls: 0, gzip: false, tokenLifetime: 3600 });
/** Type/id of all resources. */
const all: string[] = [];
/** The last Patient. */
let somebody = '';

answer({
  async open(data) {
    const { resources, dir, secret, lastUpdated } = Open.parse(data);
    ehr.settings.lastUpdated = lastUpdated;
    ehr.registerClient({ client_id: 'bench', client_secret: secret, scopes: ['system/*.read'] });
    if (dir) await fillFrom(dir, resources);
    else fill(generated(resources ?? 0));
    return { url: ehr.url, tokenEndpoint: ehr.tokenEndpoint, resources: ehr.count() };
  },
  touch: async () => touch(100),
  'touch-all': async () => touch(1),
  'touch-one': async () => change('Patient', somebody),
});

/** Every n-th resource. */
function touch(n: number): number {
  const some = all.filter((_, at) => at % n === 0);
  for (const name of some) {
    const at = name.indexOf('/');
    change(name.slice(0, at), name.slice(at + 1));
  }
  return some.length;
}

function change(type: string, id: string): void {
  const resource = ehr.get(type, id);
  if (resource) ehr.put({ ...resource, language: resource['language'] === 'en' ? 'en-US' : 'en' });
}

function put(resource: Resource): void {
  ehr.put(resource);
  all.push(`${resource.resourceType}/${resource.id}`);
  if (resource.resourceType === 'Patient') somebody = resource.id;
}

function fill(resources: Iterable<Resource>): void {
  for (const resource of resources) put(resource);
}

function* generated(count: number): Generator<Resource> {
  let n = 0;
  for (const resource of population({ seed: 'bench', patients: Number.MAX_SAFE_INTEGER, base: ehr.url })) {
    if (n++ === count) return;
    yield resource;
  }
}

async function fillFrom(dir: string, wanted: number | undefined): Promise<void> {
  for await (const line of linesOf(dir)) put(JSON.parse(line));
  const copies = wanted === undefined ? 1 : Math.max(1, Math.round(wanted / all.length));
  for (let n = 1; n < copies; n++) for await (const line of linesOf(dir)) put(copyOf(line, n));
}

/** The same record of somebody else: its id and the references within the folder get a suffix. */
function copyOf(line: string, n: number): Resource {
  const text = line.replace(/("reference":\s*"(?:[A-Z][A-Za-z]+\/|urn:uuid:)[^"?#]+)"/g, `$1-${n}"`);
  const resource: Resource = JSON.parse(text);
  return { ...resource, id: `${resource.id}-${n}` };
}

async function* linesOf(dir: string): AsyncGenerator<string> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => /\.ndjson(\.gz)?$/i.test(name));
  if (names.length === 0) throw new Error(`${dir} holds no .ndjson or .ndjson.gz files`);
  for (const name of names.sort()) {
    const file = createReadStream(join(dir, name));
    const input = /\.gz$/i.test(name) ? file.pipe(createGunzip()) : file;
    for await (const line of createInterface({ input })) {
      if (line.trim() !== '') yield line;
    }
  }
}
