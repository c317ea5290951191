/**
 * The worker's memory for one file of any size, which is downloaded and mapped at the same time, as in every
 * sync.
 */
import { type Findings, megabytes, say } from './findings.ts';
import { openBigFileEhr } from './open-ehr.ts';
import type { Server } from './server.ts';
import { openSite, startWorker, stopWorker } from './site.ts';

export async function measureBigFile(server: Server, bytes: number, findings: Findings): Promise<void> {
  const ehr = await openBigFileEhr(bytes);
  say(`one file of ${megabytes(bytes)}, ${ehr.resources} resources`);
  const url = await server.create();
  const site = await openSite(url, ehr);
  const worker = await startWorker(url);
  const { seconds, runId } = await site.sync();
  const { peakMb } = await stopWorker(worker);
  const [run] = await site.sql<{ n: number }[]>`
    select records_extracted as n from run where run_id = ${runId}`;
  if (run?.n !== ehr.resources) {
    throw new Error(`the EHR sent ${ehr.resources} resources, the run extracted ${run?.n}`);
  }
  findings.figures['big_file_bytes'] = bytes;
  findings.figures['big_file_seconds'] = seconds;
  findings.figures['big_file_peak_rss_mb'] = peakMb;
  await site.close();
  await server.drop(url);
  await ehr.child.kill();
}
