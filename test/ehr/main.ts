/**
 * The simulated EHR as a process of its own, for benches and for trying things by hand:
 *   node test/ehr/main.ts --port 8765 --patients 200 --client demo --secret demo
 * `--lazy` does not store the population but makes it while it is read. Stops on SIGINT and SIGTERM.
 */

import { parseArgs } from 'node:util';
import { startEhr } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    patients: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    client: { type: 'string', default: 'demo' },
    secret: { type: 'string' },
    'jwks-url': { type: 'string' },
    lazy: { type: 'boolean', default: false },
    polls: { type: 'string', default: '2' },
    'max-per-file': { type: 'string', default: '10000' },
  },
});

const population = { seed: values.seed, patients: Number(values.patients) };
const ehr = await startEhr({
  port: Number(values.port),
  polls: Number(values.polls),
  maxPerFile: Number(values['max-per-file']),
  ...(values.lazy ? { lazy: population } : { population }),
});
ehr.registerClient({
  client_id: values.client,
  scopes: ['system/*.read', 'system/*.rs'],
  ...(values.secret === undefined ? {} : { client_secret: values.secret }),
  ...(values['jwks-url'] === undefined ? {} : { jwks_url: values['jwks-url'] }),
});
console.log(
  JSON.stringify({ fhir_base_url: ehr.url, token_endpoint: ehr.tokenEndpoint, resources: ehr.count() }),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void ehr.close());
