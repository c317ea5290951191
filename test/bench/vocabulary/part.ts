/** Loading a vocabulary, as a part of the bench: the one that was given, or a generated one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../sql/connect.ts';
import { type Findings, say } from '../findings.ts';
import type { Server } from '../server.ts';
import { generateVocabulary } from './generate.ts';
import { measureLoad } from './load.ts';

/** Relationships per concept, as in a full Athena download. */
const RELATIONSHIPS = 6;

export async function measureVocabulary(
  server: Server,
  asked: { readonly given: string | undefined; readonly concepts: number },
  findings: Findings,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-generated-'));
  try {
    if (!asked.given) {
      say(`generating a vocabulary of ${asked.concepts} concepts`);
      const { concepts } = asked;
      await generateVocabulary(folder, { concepts, relationships: RELATIONSHIPS * concepts });
    }
    say('vocabulary: loader and bare COPY');
    const url = await server.create();
    const { seconds, floorSeconds, rows, ratio, cpuRatio, peakMb } = await measureLoad(
      url,
      asked.given ?? folder,
    );
    findings.figures['vocabulary_concepts'] = await concepts(url);
    findings.figures['vocabulary_load_ratio'] = ratio;
    findings.remarks['vocabulary'] =
      `${rows} rows in ${seconds.toFixed(1)} s, bare COPY and indexes ${floorSeconds.toFixed(1)} s ` +
      `(of CPU: ${cpuRatio?.toFixed(2) ?? 'unknown'}), peak ${peakMb.toFixed(0)} MB`;
    await server.drop(url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function concepts(url: string): Promise<number> {
  const sql = connect(url, undefined, { max: 1 });
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from concept`;
  await sql.end();
  return row?.n ?? 0;
}
