/** A Bundle of half a gigabyte in one line is imported in bounded memory: `npm run soak -- big-bundle`. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import about from '../../package.json' with { type: 'json' };
import { observation } from '../world/record.ts';

/** As `npm run work` has it. */
const HEAP = about.scripts.work.match(/--[a-z-]+=\d+/g) ?? [];

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
  const program = join(import.meta.dirname, 'read-big-bundle.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...HEAP, program, path]);
  const { items, peakMb } = JSON.parse(stdout);
  expect(items).toBe(ENTRIES);
  expect(peakMb).toBeLessThan(300);
});
