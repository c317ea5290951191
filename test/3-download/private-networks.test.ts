import { createServer } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());

/** Of a sync whose manifest names its files at another host. */
async function syncWith(host: string, config: object = {}) {
  const one = await world.site({ config: { allow_http: true, allowed_networks: ['127.0.0.1'], ...config } });
  one.ehr.put(patient('p'));
  const manifest = (sent: unknown) =>
    JSON.parse(JSON.stringify(sent).replaceAll('//127.0.0.1:', `//${host}:`));
  one.ehr.faults.push({ on: 'status', times: 99, do: { manifest } });
  const runId = await one.start();
  await drain(world.worker(), world.clock);
  const { status, error_code, error_message } = await runOf(world.sql, runId);
  const asked = one.ehr.requests.filter((request) => request.kind === 'file').length;
  return { status, error_code, error_message, asked };
}

const refused = { status: 'failed', error_code: 'file-address-refused', asked: 0 };

describe('a file at an address of our own network', () => {
  it.each(['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '168.63.129.16', '[fd00:ec2::254]'])(
    'is never asked for where clouds have their metadata: %s',
    async (host) => {
      expect(await syncWith(host, { allowed_networks: ['127.0.0.1', '10.0.0.0/8'] })).toMatchObject(refused);
    },
  );

  it.each([
    '127.0.0.2',
    '[::1]',
    '10.1.2.3',
    '[::ffff:10.1.2.3]',
    '[64:ff9b::7f00:2]',
    '[2002:7f00:2::]',
    '0.0.0.0',
  ])('is refused by default: %s', async (host) => expect(await syncWith(host)).toMatchObject(refused));

  it('is refused with the line that would allow it', async () => {
    const { error_message } = await syncWith('127.0.0.2');
    expect(error_message).toContain('"allowed_networks": ["127.0.0.2"]');
  });

  it('is refused also where token_hosts names it: that says who may have the token, not where we may go', async () => {
    expect(await syncWith('127.0.0.2', { token_hosts: ['127.0.0.2'] })).toMatchObject(refused);
  });

  it('is fetched where the connection allows its network', async () => {
    expect(await syncWith('127.0.0.1')).toMatchObject({ status: 'completed', error_code: null });
    // Another host: asked for, and the server wants the token, which stays here.
    expect(await syncWith('localhost', { allowed_networks: ['127.0.0.1', '::1'] })).toMatchObject({
      ...{ status: 'failed', error_code: 'file-refused' },
    });
  });
});

describe('a redirect', () => {
  it.each([
    '127.0.0.2',
    '2130706434',
    '0x7f000002',
    '0177.0.0.2',
    '127.2',
    '[::1]',
    '[::ffff:127.0.0.2]',
    '[::ffff:7f00:2]',
    '[::7f00:2]',
    '[64:ff9b::7f00:2]',
    '[2002:7f00:2::]',
    '10.1.2.3',
    '100.64.0.1',
    '198.18.0.1',
    '240.0.0.1',
    '224.0.0.1',
    '[fec0::1]',
    '[fd12::1]',
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::]',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
    '[fd00:ec2::254]',
  ])('of a file to our own network or to cloud metadata is not followed: %s', async (host) => {
    const site = await world.site({ config: { allow_http: true, allowed_networks: ['127.0.0.1'] } });
    site.ehr.put(patient('p'));
    const port = new URL(site.ehr.url).port;
    const location = `http://${host}:${port}/latest/meta-data/`;
    site.ehr.faults.push({ on: 'file', times: 99, do: { status: 307, headers: { location } } });
    const run = await site.sync();
    expect(run).toMatchObject({ status: 'failed', error_code: 'file-address-refused' });
    expect(site.ehr.requests.filter(({ path }) => path.includes('meta-data'))).toEqual([]);
  });

  it('to another origin takes no token along: not to another port, host or scheme', async () => {
    const received: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      received.push(request.headers.authorization);
      response.end('{"resourceType":"Patient","id":"elsewhere"}\n');
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const address = other.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const sync = async (location: string) => {
      received.length = 0;
      const site = await world.site();
      site.ehr.put(patient('p'));
      site.ehr.faults.push({ on: 'file', times: 99, do: { status: 307, headers: { location } } });
      expect(await site.sync()).toMatchObject({ status: 'completed' });
      return [...received];
    };
    try {
      expect(await sync(`http://127.0.0.1:${port}/f`)).toEqual([undefined]);
      expect(await sync(`http://localhost:${port}/f`)).toEqual([undefined]);
    } finally {
      other.close();
    }
  });
});
