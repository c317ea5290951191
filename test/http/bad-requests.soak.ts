/** The long version: a thousand bad requests to the operations of each method, with a second person required. */
import { afterAll, expect, it } from 'vitest';
import { NEEDS } from '../../app/second-person/settings.ts';
import { startApi, TOKEN } from '../routes/api.ts';
import { operations, SEED, sendBad } from './bad-requests.ts';

const api = await startApi({ adminToken: TOKEN, secondPerson: { needs: new Set(NEEDS), hours: 24 } });
afterAll(() => api.close());

it.each(['GET', 'POST', 'PUT', 'DELETE'])('%s: a thousand are answered without a 5xx', async (method) => {
  await api.connect({ fhir_base_url: null });
  const among = operations.filter((one) => one.method === method);
  expect(await sendBad(api, among, 1000), `SEED=${SEED}`).toEqual([]);
});
