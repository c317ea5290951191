/**
 * The simulated EHR with one file of any size, in a process of its own. The file is made while it is sent: it
 * repeats the Observations of a few generated patients under other ids, so that neither this process nor the
 * disk must hold it.
 */
import { z } from 'zod';
import { file } from '../ehr/export-job.ts';
import { population } from '../ehr/population.ts';
import { startEhr } from '../ehr/server.ts';
import { answer } from './child.ts';

const Open = z.object({ bytes: z.number().int().positive(), secret: z.string() });
const PATIENTS = 60;
const DIGITS = 8;

answer({
  async open(data) {
    const { bytes, secret } = Open.parse(data);
    const ehr = await startEhr({ polls: 0, gzip: false, tokenLifetime: 24 * 3600 });
    ehr.registerClient({ client_id: 'bench', client_secret: secret, scopes: ['system/*.read'] });
    const halves: (readonly [string, string])[] = [];
    for (const resource of population({ seed: 'big-file', patients: PATIENTS, base: ehr.url })) {
      if (resource.resourceType === 'Observation') halves.push(aroundIdEnd(resource));
      else ehr.put(resource);
    }
    const lengths = halves.map(([before, after]) => Buffer.byteLength(before + after) + DIGITS);
    const { count, size } = cycled(lengths, bytes);
    const big = file('big.Observation.ndjson', 'Observation', count, function* () {
      for (let n = 0; n < count; n++) {
        const [before, after] = halves[n % halves.length] ?? ['', ''];
        yield before + String(Math.floor(n / halves.length)).padStart(DIGITS, '0') + after;
      }
    });
    ehr.offer({ ...big, bytes: size });
    return { url: ehr.url, tokenEndpoint: ehr.tokenEndpoint, resources: ehr.count() + count };
  },
});

/** The line, cut where its id ends. */
function aroundIdEnd(resource: { readonly id: string }): readonly [string, string] {
  const line = `${JSON.stringify(resource)}\n`;
  const start = `"id":"${resource.id}`;
  const at = line.indexOf(start) + start.length;
  return [`${line.slice(0, at)}-`, line.slice(at)];
}

/** How many lines, taken in turns, make up so many bytes. */
function cycled(lengths: readonly number[], bytes: number): { count: number; size: number } {
  const cycle = lengths.reduce((sum, length) => sum + length, 0);
  let count = Math.floor(bytes / cycle) * lengths.length;
  let size = Math.floor(bytes / cycle) * cycle;
  for (const length of lengths) {
    if (size >= bytes) break;
    size += length;
    count++;
  }
  return { count, size };
}
