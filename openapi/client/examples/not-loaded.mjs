/** Counts what should be in the CDM and is not, by connection, type and reason: all pages of all connections. */
import { createClient, each } from 'fhir-omop-sync-client';

const api = createClient({
  baseUrl: process.env.FHIR_OMOP_URL ?? 'http://127.0.0.1:8080',
  token: process.env.FHIR_OMOP_TOKEN,
});

const connections = each((page) => api.GET('/api/v1/admin/fhir-connections', { params: { query: page } }));
for await (const { connection_id: id, site_key } of connections) {
  const counts = new Map();
  const failures = each((page) =>
    api.GET('/api/v1/admin/fhir-connections/{id}/failures', {
      params: { path: { id }, query: { ...page, limit: 500 } },
    }),
  );
  for await (const { resource_type, reason } of failures) {
    const what = `${resource_type ?? 'unknown'} ${reason}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  for (const [what, count] of counts) console.log(`${site_key} ${what} ${count}`);
}
