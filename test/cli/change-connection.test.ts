import { afterAll, describe, expect, it } from 'vitest';
import { changeConnection } from '../../app/cli/change-connection.ts';
import { createClient } from '../../openapi/client/index.ts';
import { CONNECTIONS, startApi, TOKEN } from '../routes/api.ts';

const api = await startApi();
afterAll(() => api.close());

/** A client before whose writing somebody else writes, so often. */
function besides(others: number, write: (nth: number) => Promise<unknown>) {
  let writes = 0;
  const client = createClient({
    ...{ baseUrl: 'http://localhost', token: TOKEN },
    fetch: async (request) => {
      if (request.method === 'PUT' && writes++ < others) await write(writes);
      return api.app.fetch(request);
    },
  });
  return { client, writes: () => writes };
}

describe('a change of a connection from the command line', () => {
  it('leaves what somebody else changed between reading and writing', async () => {
    const id = await api.connect();
    const { client } = besides(2, (nth) =>
      api.call('PUT', `${CONNECTIONS}/${id}`, { sync_config: { limits: { parallel_downloads: nth } } }),
    );
    await changeConnection(client, id, ({ sync_config }) => ({
      sync_config: { ...sync_config, cohort: { patients: ['p'] } },
    }));
    const { json } = await api.call('GET', `${CONNECTIONS}/${id}`);
    expect(json.sync_config).toMatchObject({
      ...{ limits: { parallel_downloads: 2 }, cohort: { patients: ['p'] } },
    });
  });

  it('is given up, and says why, where somebody changes it all the time', async () => {
    const id = await api.connect();
    const { client, writes } = besides(Number.POSITIVE_INFINITY, (nth) =>
      api.call('PUT', `${CONNECTIONS}/${id}`, { site_name: `Renamed ${nth}` }),
    );
    const change = changeConnection(client, id, () => ({ group_id: 'g' }));
    await expect(change).rejects.toMatchObject({ code: 'connection-changed' });
    expect(writes()).toBe(5);
    const { json } = await api.call('GET', `${CONNECTIONS}/${id}`);
    expect(json).toMatchObject({ group_id: null, site_name: 'Renamed 5' });
  });

  it('is none where nothing is to be changed', async () => {
    const id = await api.connect();
    const { client, writes } = besides(0, async () => {});
    expect(await changeConnection(client, id, () => ({}))).toMatchObject({ connection_id: id });
    expect(writes()).toBe(0);
  });
});
