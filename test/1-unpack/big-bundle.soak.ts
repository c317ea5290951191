/** A Bundle of half a gigabyte in one line is imported in bounded memory: `npm run soak -- big-bundle`. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, it } from 'vitest';
import { itemsOf } from '../../jobs/1-unpack/items.ts';
import { partsOf } from '../../jobs/import/parts.ts';
import { documentsIn } from '../../jobs/lines/documents.ts';
import { observation } from '../world/record.ts';

const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-big-'));
afterAll(() => rm(folder, { recursive: true }));

it('takes the memory of its longest entry, not its own', { timeout: 600_000 }, async () => {
  const path = join(folder, 'big.json');
  const ENTRIES = 1_300_000;
  async function* text() {
    yield '{"resourceType":"Bundle","type":"collection","entry":[';
    for (let n = 0; n < ENTRIES; n++) {
      const resource = observation(`o${n}`, `p${n % 1000}`, { note: 'x'.repeat(60) });
      yield `${n === 0 ? '' : ','}${JSON.stringify({ fullUrl: `urn:uuid:${n}`, resource })}`;
    }
    yield ']}';
  }
  await pipeline(Readable.from(text()), createWriteStream(path));
  expect((await stat(path)).size).toBeGreaterThan(500_000_000);
  const before = process.memoryUsage.rss();
  let most = before;
  let items = 0;
  const began = performance.now();
  for await (const part of partsOf(path)) {
    const bytes = await part.open?.();
    if (!bytes) continue;
    for await (const one of documentsIn(bytes, 64 * 1024 * 1024)) {
      if (one.kind === 'end') continue;
      items += itemsOf(JSON.parse(one.bytes.toString('utf8')), () => {}).length;
      if (items % 10_000 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
  }
  console.log(
    `${Math.round((most - before) / 1e6)} MB more, ${Math.round((performance.now() - began) / 1000)} s`,
  );
  expect(items).toBe(ENTRIES);
  expect(most - before).toBeLessThan(300_000_000);
});
