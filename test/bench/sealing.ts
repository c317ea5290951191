/** What sealing at rest costs (SEAL_CHUNKS): chunks packed, stored, opened and unpacked, sealed against clear, in turns. */
import { randomBytes } from 'node:crypto';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { openBody, openLine, storedBody, storedLine } from '../../jobs/connection/sealed-data.ts';
import { pack, unpack } from '../../jobs/lines/chunk-text.ts';
import { population } from '../ehr/population.ts';
import { type Findings, say } from './findings.ts';

const CHUNK_BYTES = 1024 * 1024;
const ROUNDS = 10;
/** Lines that a step writes or reads at a time. */
const LINES = 2000;

export async function measureSealing({ figures }: Findings): Promise<void> {
  say('sealing: chunks and lines, sealed and clear in turns');
  const lines = [...population({ seed: 'sealing', patients: 60 })].map((one) =>
    Buffer.from(`${JSON.stringify(one)}\n`),
  );
  const clear = await openKeyring({ ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  const sealed = { ...clear, sealsData: true };
  const text = Buffer.concat(lines);
  const chunks = Array.from({ length: Math.ceil(text.length / CHUNK_BYTES) }, (_, n) =>
    text.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  );
  const spent = { clear: none(), sealed: none(), 'lines clear': none(), 'lines sealed': none() };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, keyring] of Object.entries({ clear, sealed })) {
      const chunk = await timed(() => throughChunks(keyring, chunks));
      const line = await timed(() => throughLines(keyring, lines));
      // The first round is for the compiler.
      if (round === 0) continue;
      add(spent[name === 'clear' ? 'clear' : 'sealed'], chunk);
      add(spent[name === 'clear' ? 'lines clear' : 'lines sealed'], line);
    }
  }
  const all = lines.length * ROUNDS;
  for (const name of ['clear', 'sealed'] as const) {
    figures[`chunks_${name}_cpu_us_per_resource`] = spent[name].cpu / all;
    figures[`chunks_${name}_mb_per_second`] = (text.length * ROUNDS) / 1e6 / spent[name].seconds;
    figures[`waiting_${name}_cpu_us_per_line`] = spent[`lines ${name}`].cpu / all;
  }
}

interface Time {
  /** Microseconds. */
  cpu: number;
  seconds: number;
}

const none = (): Time => ({ cpu: 0, seconds: 0 });

function add(sum: Time, one: Time): void {
  sum.cpu += one.cpu;
  sum.seconds += one.seconds;
}

async function timed(work: () => Promise<void>): Promise<Time> {
  const [before, begin] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: user + system, seconds: (performance.now() - begin) / 1000 };
}

async function throughChunks(keyring: Keyring, chunks: readonly Buffer[]): Promise<void> {
  for (const [n, chunk] of chunks.entries()) {
    const body = await storedBody(keyring, n, await pack(chunk));
    const { length } = await unpack(await openBody(keyring, n, body));
    if (length !== chunk.length) throw new Error('another chunk came back');
  }
}

async function throughLines(keyring: Keyring, lines: readonly Buffer[]): Promise<void> {
  for (let n = 0; n < lines.length; n += LINES) {
    const some = lines.slice(n, n + LINES);
    const stored = await Promise.all(some.map((line, at) => storedLine(keyring, n + at, line)));
    await Promise.all(stored.map((line, at) => openLine(keyring, n + at, line)));
  }
}
