/**
 * node test/map/mutations.ts DIR [N]: maps N broken resources (100,000) of the NDJSON files in DIR. None may throw, none
 * get lost (each gives rows, an exclusion or a failure), and no row may be one that the database refuses.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Read, readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import { mapBroken } from './cases/mutate.ts';

const [folder, count = '100000'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Expected a folder of .ndjson or .ndjson.gz files: node test/map/mutations.ts DIR [N]');
  process.exit(2);
}
const resources = [];
for (const name of await readdir(folder)) {
  if (!/\.ndjson(\.gz)?$/.test(name)) continue;
  const body = await readFile(join(folder, name));
  const read: Read = readLines(splitLines(name.endsWith('.gz') ? gunzipSync(body) : body, 0, false));
  for (const { resource } of read.entries) resources.push(resource);
}
const times = Number(count);
const started = performance.now();
const { outcomes, faults } = mapBroken('mutations', resources, times);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const total = Object.values(outcomes).reduce((sum, n) => sum + n, 0);
console.log(`${times} broken ones of ${resources.length} resources in ${seconds} s:`, outcomes);
for (const fault of faults) console.error(fault);
process.exit(total === times && faults.length === 0 ? 0 : 1);
