/**
 * Generated bad requests to each operation of the document: whatever is sent, the answer is a problem of the sender's
 * and never of ours. `BAD_REQUESTS=10000 SEED=… npx vitest run test/http/bad-requests.test.ts` sends more.
 */
import { afterAll, expect, it } from 'vitest';
import { startApi } from '../routes/api.ts';
import { operations, SEED, sendBad } from './bad-requests.ts';

const COUNT = Number(process.env['BAD_REQUESTS'] ?? 100);

const api = await startApi();
afterAll(() => api.close());

it(`are answered without a 5xx: ${COUNT} of them`, async () => {
  expect(await api.connect({ fhir_base_url: null })).toBe(1);
  expect(await sendBad(api, operations, COUNT), `SEED=${SEED}`).toEqual([]);
});
