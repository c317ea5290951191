/**
 * What a sync costs in a large database when little has changed: one patient, or everything of one patient in a hundred.
 * A hundredth of the persons is synced for real, the others are copies of them within Postgres. The same changes are
 * measured before there are any others: what is dearer afterwards is what size costs.
 */
import { type Findings, figure, say } from './findings.ts';
import { multiplyPersons } from './more-persons.ts';
import { openEhr } from './open-ehr.ts';
import type { Server } from './server.ts';
import { openSite, type Site, startWorker, stopWorker } from './site.ts';
import { counting } from './spent.ts';

/** Of the generator. */
const RESOURCES_PER_PERSON = 155;
const COPIES = 100;

export async function measureChange(
  server: Server,
  { persons, lastUpdated }: { readonly persons: number; readonly lastUpdated: boolean },
  findings: Findings,
): Promise<void> {
  const { figures, remarks } = findings;
  const ehr = await openEhr({ resources: Math.ceil((persons / COPIES) * RESOURCES_PER_PERSON), lastUpdated });
  const url = await server.create();
  const site = await openSite(url, ehr);
  const worker = await startWorker(url);
  await site.sync();
  await site.sql`vacuum (analyze)`;

  const syncAfter = async (change: 'touch-one' | 'touch-all') => {
    await ehr.child.ask(change);
    const spent = await counting(site.sql, [worker]);
    const { seconds } = await site.sync();
    const cpu = await spent();
    return { seconds, cpu: cpu.worker + cpu.postgres };
  };
  const measure = async (name: string) => {
    // The first one also meets what is not in memory yet.
    await syncAfter('touch-one');
    const one = await syncAfter('touch-one');
    figures[`one_patient_${name}_seconds`] = one.seconds;
    const some = await syncAfter('touch-all');
    figures[`one_percent_of_persons_${name}_seconds`] = some.seconds;
    remarks[`CPU of these syncs, ${name}`] =
      `one patient ${one.cpu.toFixed(2)} s, the hundredth ${some.cpu.toFixed(2)} s`;
  };
  say('one patient changed, then everything of these few persons');
  await measure('alone');
  say(`the same, with ${COPIES} times as many persons`);
  await multiplyPersons(site.sql, COPIES);
  await measure('among_many');
  figures['persons'] = await personsOf(site);
  figures['one_patient_growth'] =
    figure(findings, 'one_patient_among_many_seconds') / figure(findings, 'one_patient_alone_seconds');
  await stopWorker(worker);
  await ehr.child.kill();
  await site.close();
  await server.drop(url);
}

async function personsOf(site: Site): Promise<number> {
  const [row] = await site.sql<{ n: number }[]>`select count(*) as n from person`;
  return row?.n ?? 0;
}
