import { afterAll, describe, expect, it } from 'vitest';
import { isRefused } from '../../jobs/fhir/refused-addresses.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());

/** Of a sync whose manifest names its files at another host. */
async function syncWith(host: string, options: { refuse?: boolean; config?: object } = {}) {
  const one = await world.site({ config: { allow_http: true, ...options.config } });
  one.ehr.put(patient('p'));
  const manifest = (sent: unknown) =>
    JSON.parse(JSON.stringify(sent).replaceAll('//127.0.0.1:', `//${host}:`));
  one.ehr.faults.push({ on: 'status', times: 99, do: { manifest } });
  const runId = await one.start();
  const deps = { ...world.worker(), refusePrivateNetworks: options.refuse ?? false };
  await drain(deps, world.clock);
  const { status, error_code } = await runOf(world.sql, runId);
  return { status, error_code };
}

const refused = { status: 'failed', error_code: 'file-address-refused' };
const loaded = { status: 'completed', error_code: null };

describe('a file at an address of our own network', () => {
  it('is refused where clouds have their metadata, whatever the settings', async () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]'])
      expect([host, await syncWith(host)]).toEqual([host, refused]);
  });

  it('is asked for, or refused by its address and by its name where the operator wants that', async () => {
    // Asked, and the server wants the token, which stays here.
    expect(await syncWith('localhost')).toEqual({ status: 'failed', error_code: 'file-refused' });
    expect(await syncWith('localhost', { refuse: true })).toEqual(refused);
    expect(await syncWith('[::1]', { refuse: true })).toEqual(refused);
    expect(await syncWith('10.1.2.3', { refuse: true })).toEqual(refused);
  });

  it('is fetched all the same from the FHIR server itself, and from hosts that the connection names', async () => {
    expect(await syncWith('127.0.0.1', { refuse: true })).toEqual(loaded);
    expect(await syncWith('localhost', { refuse: true, config: { token_hosts: ['localhost'] } })).toEqual(
      loaded,
    );
  });

  it('is told from a public one', () => {
    for (const address of ['172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', '::1', '::ffff:10.0.0.1'])
      expect([address, isRefused(address, true), isRefused(address, false)]).toEqual([address, true, false]);
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
      expect([address, isRefused(address, true)]).toEqual([address, false]);
  });
});
