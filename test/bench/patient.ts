/**
 * How long a sync of one patient takes at a server that answers each request after 50 ms: from the call to the end of the
 * run, patient by patient, with the settings of a new connection.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from '../../jobs/map/types.ts';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import { systemClock } from '../../jobs/step/clock.ts';
import type { Kind } from '../ehr/faults.ts';
import { createFacility } from '../ehr/population/facility.ts';
import { patientRecord } from '../ehr/population.ts';
import { startEhr } from '../ehr/server.ts';
import { observation } from '../world/record.ts';
import { type Findings, percentile, say } from './findings.ts';
import type { Server } from './server.ts';
import { openSite, startWorker, stopWorker, waitForRun } from './site.ts';

const PATIENTS = 15;
const RESOURCES = 300;
const ANSWERS_AFTER_MS = 50;
const KINDS: readonly Kind[] = ['metadata', 'token', 'search', 'read'];

export async function measurePatient(server: Server, { figures, remarks }: Findings): Promise<void> {
  say(`syncs of ${PATIENTS} patients with ${RESOURCES} resources each`);
  const ehr = await startEhr({ tokenLifetime: 3600 });
  const secret = randomBytes(16).toString('hex');
  ehr.registerClient({ client_id: 'bench', client_secret: secret, scopes: ['system/*.read'] });
  const facility = createFacility('patient');
  ehr.load(facility.resources);
  const patients = Array.from({ length: PATIENTS }, (_, n) => {
    const record = recordOf(n, facility);
    ehr.load(record);
    return record[0]?.id ?? '';
  });
  for (const on of KINDS) {
    // Read anew for each request.
    const slowly = {
      get hold() {
        return wait(ANSWERS_AFTER_MS);
      },
    };
    ehr.faults.push({ on, times: Number.MAX_SAFE_INTEGER, do: slowly });
  }
  const url = await server.create();
  const site = await openSite(url, { url: ehr.url, tokenEndpoint: ehr.tokenEndpoint, secret });
  const worker = await startWorker(url);
  const seconds: number[] = [];
  for (const patient_id of patients) {
    const begin = performance.now();
    const runId = await site.sql.begin((tx) =>
      startPatientSyncInTx(
        tx,
        { queue: site.queue, clock: systemClock },
        { connection_id: site.connectionId, patients: [{ patient_id }], triggered_by: 'bench' },
      ),
    );
    await waitForRun(site.sql, runId);
    seconds.push((performance.now() - begin) / 1000);
    const [run] = await site.sql<{ extracted: number; requests: number }[]>`
      select records_extracted as extracted, requests from run join crawl using (run_id) where run_id = ${runId}`;
    if (run?.extracted !== RESOURCES) throw new Error(`of ${RESOURCES} resources ${run?.extracted} came`);
    remarks['requests a patient'] = String(run.requests);
  }
  figures['patient_sync_p50_seconds'] = percentile(seconds, 0.5);
  figures['patient_sync_p95_seconds'] = percentile(seconds, 0.95);
  await stopWorker(worker);
  await site.close();
  await ehr.close();
}

/** The n-th patient of the generator, filled up with Observations. */
function recordOf(n: number, facility: ReturnType<typeof createFacility>): Resource[] {
  const record = [...patientRecord({ seed: 'patient', patients: PATIENTS }, facility, n)].slice(0, RESOURCES);
  const id = record[0]?.id ?? '';
  while (record.length < RESOURCES) record.push(observation(`more-${n}-${record.length}`, id));
  return record;
}
