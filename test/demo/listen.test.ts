import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { startApi } from '../routes/api.ts';
import { listen, PortFault } from './listen.ts';

const api = await startApi();
const taken = createServer();
await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
const { port } = taken.address() as AddressInfo;
afterAll(async () => {
  taken.close();
  await api.close();
});

describe('the demo', () => {
  it('takes the next port where the usual one is in use, and says which', async () => {
    const serving = await listen(api.app, undefined, port);
    const found = Number(new URL(serving.url).port);
    expect(found).toBeGreaterThan(port);
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
    await serving.close();
  });

  it('takes the port that PORT says, or says that it cannot', async () => {
    const serving = await listen(api.app, '0');
    expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
    await serving.close();
    await expect(listen(api.app, String(port))).rejects.toThrow(`Port ${port} is in use by something else.`);
    for (const none of ['http', '-1', '65536', '80 80'])
      await expect(listen(api.app, none)).rejects.toThrow(PortFault);
  });
});
