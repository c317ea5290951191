/**
 * `npm run bench:vocabulary -- [DIR|ZIP|CONCEPTS] [--relationships N] [--rounds N] [--json FILE]`
 *
 * Loads an Athena download, or a generated one of that many concepts (500,000 when omitted). It reports rows
 * per second, and memory and time compared with bare COPY and the same indexes, and what it costs to resolve
 * codes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../../app/cli/table.ts';
import { openServer } from '../server.ts';
import { generateVocabulary } from './generate.ts';
import { type Measured, measureLoad } from './load.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    relationships: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const [asked = '500000'] = positionals;
const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-generated-'));
try {
  const source = /^\d+$/.test(asked) ? await generated(Number(asked)) : asked;
  const server = await openServer();
  try {
    const measured = await measureLoad(await server.create(), source, Number(values.rounds), console.log);
    print(measured);
    if (values.json) await writeFile(values.json, `${JSON.stringify(measured, null, 2)}\n`);
  } finally {
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);

async function generated(concepts: number): Promise<string> {
  const relationships = Number(values.relationships ?? 6 * concepts);
  await generateVocabulary(folder, { concepts, relationships });
  return folder;
}

function print(measured: Measured): void {
  const { rows, seconds, floorSeconds, ratio, cpuRatio, peakMb, cpuSeconds, steps, floorSteps } = measured;
  const names = [...new Set([...Object.keys(steps), ...Object.keys(floorSteps)])];
  console.log(
    table(names.map((step) => ({ step, seconds: round(steps[step]), bare: round(floorSteps[step]) }))),
  );
  console.log(`${rows} rows in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows a second`);
  console.log(
    `bare COPY and indexes ${floorSeconds.toFixed(1)} s: ratio ${ratio.toFixed(3)}, of CPU ${cpuRatio?.toFixed(3) ?? 'unknown'}`,
  );
  console.log(`a thousand codes that no worker remembers: ${measured.lookUpMs.toFixed(1)} ms`);
  console.log(`loader: ${cpuSeconds.toFixed(1)} s of CPU, peak memory ${peakMb.toFixed(0)} MB`);
}

function round(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 100) / 100;
}
