import { afterAll, expect, it } from 'vitest';
import { adoptNetworks } from '../../jobs/connection/adopt-networks.ts';
import type { Resolve } from '../../jobs/outbound/reach.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'ehr.hospital.test': ['10.1.2.3', '203.0.113.9'],
  'auth.hospital.test': ['10.1.2.4'],
  'public.test': ['93.184.216.34'],
  'metadata.test': ['169.254.169.254', '10.9.9.9'],
};
const resolve: Resolve = (host, _, done) => {
  const found = KNOWN[host];
  if (found)
    done(
      null,
      found.map((address) => ({ address, family: 4 })),
    );
  else done(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
};

async function made(key: string, base: string | null, columns: object = {}): Promise<number> {
  const row = { site_key: key, site_name: key, fhir_base_url: base, networks_to_adopt: true, ...columns };
  const [created] = await sql<
    { connection_id: number }[]
  >`insert into connection ${sql(row as never)} returning connection_id`;
  return created?.connection_id ?? 0;
}
const stateOf = async (id: number) => {
  const [row] = await sql`
    select networks_to_adopt as due, sync_config -> 'allowed_networks' as networks, sync_config - 'allowed_networks' as others
    from connection where connection_id = ${id}`;
  return row;
};
const adopt = (using = resolve) => adoptNetworks({ ...deps, addToRecordInTx: recordInTx, resolve: using });

it('a connection from before the list goes on reaching its own servers, and nothing more', async () => {
  const ids = {
    named: await made('named', 'https://ehr.hospital.test/fhir', {
      token_endpoint: 'https://auth.hospital.test:8443/token',
      sync_config: sql.json({ level: 'patient' }),
    }),
    literal: await made('literal', 'http://127.0.0.1:4000/fhir'),
    open: await made('open', 'https://public.test/fhir'),
    metadata: await made('metadata', 'https://metadata.test/fhir'),
    listed: await made('listed', 'https://ehr.hospital.test/fhir', {
      sync_config: sql.json({ allowed_networks: ['192.168.0.0/16'], token_hosts: ['auth.hospital.test'] }),
    }),
  };
  await adopt();
  const none = { due: false, others: {} };
  expect(await stateOf(ids.named)).toEqual({
    due: false,
    networks: ['10.1.2.3', '203.0.113.9', '10.1.2.4'],
    others: { level: 'patient' },
  });
  expect(await stateOf(ids.literal)).toEqual({ ...none, networks: ['127.0.0.1'] });
  expect(await stateOf(ids.open)).toEqual({ ...none, networks: null });
  expect(await stateOf(ids.metadata)).toEqual({ ...none, networks: ['10.9.9.9'] });
  expect(await stateOf(ids.listed)).toMatchObject({
    networks: ['192.168.0.0/16', '10.1.2.3', '203.0.113.9', '10.1.2.4'],
  });
  expect(world.logged()).toContain('"site_key":"named","allowed_networks":["10.1.2.3"');
  const events = await sql`
    select actor, object, before, after from audit_event where action = 'connection.update' order by object`;
  expect(events).toHaveLength(4);
  expect(events).toContainEqual({
    ...{ actor: 'upgrade', object: `connection/${ids.listed}` },
    before: { 'sync_config.allowed_networks': ['192.168.0.0/16'] },
    after: { 'sync_config.allowed_networks': ['192.168.0.0/16', '10.1.2.3', '203.0.113.9', '10.1.2.4'] },
  });
});

it('is done once: what an administrator takes out of the list stays out', async () => {
  const id = await made('once', 'http://127.0.0.1:4000/fhir');
  await adopt();
  await sql`update connection set sync_config = '{}' where connection_id = ${id}`;
  await adopt();
  expect(await stateOf(id)).toMatchObject({ networks: null });
});

it('is tried again at the next start where a host cannot be looked up', async () => {
  const id = await made('later', 'https://asleep.test/fhir');
  await adopt();
  expect(await stateOf(id)).toMatchObject({ due: true, networks: null });
  await adopt((_, __, done) => done(null, [{ address: '10.5.5.5', family: 4 }]));
  expect(await stateOf(id)).toMatchObject({ due: false, networks: ['10.5.5.5'] });
});

it('asks no name service for what the proxy looks up', async () => {
  const id = await made('proxied', 'https://inside.test/fhir', { token_endpoint: 'https://10.1.2.9/token' });
  await adoptNetworks({ ...deps, addToRecordInTx: recordInTx, outbound: { isProxied: () => true }, resolve });
  expect(await stateOf(id)).toMatchObject({ due: false, networks: ['10.1.2.9'] });
});

it('touches no connection that was made since', async () => {
  const id = await made('new', 'http://127.0.0.1:4000/fhir', { networks_to_adopt: false });
  await adopt();
  expect(await stateOf(id)).toMatchObject({ due: false, networks: null });
});
