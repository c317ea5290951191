/** Starts a sync, once however often this is run within a day for the same day, and waits for its end. */
import { ApiProblem, createClient, must, waitForRun } from 'fhir-omop-sync-client';

const [siteKey] = process.argv.slice(2);
const api = createClient({
  baseUrl: process.env.FHIR_OMOP_URL ?? 'http://127.0.0.1:8080',
  token: process.env.FHIR_OMOP_TOKEN,
});

const { items } = must(
  await api.GET('/api/v1/admin/fhir-connections', { params: { query: { limit: 500 } } }),
);
const connection = items.find((one) => one.site_key === siteKey);
if (!connection) {
  console.error(`There is no connection ${siteKey}.`);
  process.exit(1);
}

const day = new Date().toISOString().slice(0, 10);
try {
  const started = must(
    await api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      params: {
        path: { id: connection.connection_id },
        header: { 'idempotency-key': `nightly-${siteKey}-${day}` },
      },
    }),
  );
  const run = await waitForRun(api, started, { everyMs: 500 });
  console.log(
    `Run ${run.run_id} is ${run.status}: ${run.records_loaded} of ${run.records_extracted} resources loaded.`,
  );
  process.exitCode = run.status === 'completed' ? 0 : 1;
} catch (error) {
  if (!(error instanceof ApiProblem)) throw error;
  console.error(`${error.code}: ${error.message}`);
  if (error.retryAfterSeconds !== undefined) console.error(`Try again in ${error.retryAfterSeconds} s.`);
  process.exitCode = 1;
}
