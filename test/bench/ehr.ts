/**
 * The simulated EHR in a process of its own. `open` fills it with N resources of the generator, or with the NDJSON
 * files of a folder; `touch` changes every hundredth of them. It answers at once (no polls, no compression), so that
 * what is measured is ours.
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
  resources: z.number().int().positive(),
  dir: z.string().optional(),
  secret: z.string(),
});

const ehr = await startEhr({ polls: 0, gzip: false, tokenLifetime: 3600 });
const hundredth: { type: string; id: string }[] = [];

answer({
  async open(data) {
    const { resources, dir, secret } = Open.parse(data);
    ehr.registerClient({ client_id: 'bench', client_secret: secret, scopes: ['system/*.read'] });
    let n = 0;
    for await (const resource of dir ? filesOf(dir) : generated()) {
      ehr.put(resource);
      if (n % 100 === 0) hundredth.push({ type: resource.resourceType, id: resource.id });
      n++;
      if (!dir && n === resources) break;
    }
    return { url: ehr.url, tokenEndpoint: ehr.tokenEndpoint, resources: ehr.count() };
  },
  async touch() {
    for (const { type, id } of hundredth) {
      const resource = ehr.get(type, id);
      if (resource) ehr.put({ ...resource, language: resource['language'] === 'en' ? 'en-US' : 'en' });
    }
    return hundredth.length;
  },
});

function* generated(): Generator<Resource> {
  yield* population({ seed: 'bench', patients: Number.MAX_SAFE_INTEGER, base: ehr.url });
}

async function* filesOf(dir: string): AsyncGenerator<Resource> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => /\.ndjson(\.gz)?$/i.test(name));
  if (names.length === 0) throw new Error(`${dir} holds no .ndjson or .ndjson.gz files`);
  for (const name of names.sort()) {
    const file = createReadStream(join(dir, name));
    const input = /\.gz$/i.test(name) ? file.pipe(createGunzip()) : file;
    for await (const line of createInterface({ input })) {
      if (line.trim() === '') continue;
      const resource: Resource = JSON.parse(line);
      yield resource;
    }
  }
}
