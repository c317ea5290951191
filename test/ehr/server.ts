/**
 * A simulated EHR: a real HTTP server with SMART Backend Services and Bulk Data export over FHIR R4, for demos, tests
 * and benches. It is strict where the specifications are, holds a store that can change between exports, records
 * every request, and misbehaves on request (faults.ts). Standard: HL7 Bulk Data Access 2.0/3.0, SMART App Launch 2.
 */

import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Resource } from '../../jobs/map/types.ts';
import { type Client, createAuthorization } from './authorization.ts';
import type { Certificate } from './certificate.ts';
import { changes } from './changes.ts';
import type { ExportFile } from './export-job.ts';
import { createExports } from './exports.ts';
import type { FaultRule } from './faults.ts';
import { type PopulationOptions, population } from './population.ts';
import { createRouter, type RequestRecord } from './router.ts';
import { createSearches } from './search.ts';
import { type EhrSettings, SEARCH, type SearchSettings } from './settings.ts';
import { createStore } from './store.ts';

export interface EhrOptions extends Partial<Omit<EhrSettings, 'search'>> {
  readonly search?: Partial<SearchSettings>;
  readonly port?: number;
  readonly clock?: () => Date;
  /** Speaks https with it. */
  readonly certificate?: Certificate;
  /** Stored at the start. */
  readonly population?: Omit<PopulationOptions, 'base'>;
  /** Not stored: made from the seed whenever it is read (see lazy.ts). */
  readonly lazy?: Omit<PopulationOptions, 'base'>;
}

export interface Ehr {
  /** FHIR base. */
  readonly url: string;
  readonly tokenEndpoint: string;
  readonly settings: EhrSettings;
  readonly faults: FaultRule[];
  readonly requests: readonly RequestRecord[];
  registerClient(client: Client): void;
  expireTokens(): void;
  put(resource: Resource): void;
  remove(type: string, id: string): void;
  get(type: string, id: string): Resource | undefined;
  /** Live resources, all or of one type. */
  count(type?: string): number;
  /** All that there is, and was: without a resource where it was deleted. */
  everything(): Iterable<Held>;
  /** Stores many; says how many. */
  load(resources: Iterable<Resource>): number;
  /** A file that is made while it is read, in every full export from now on. */
  offer(file: ExportFile): void;
  /** A group by its members; 'everybody' is there from the start. */
  group(id: string, patients: readonly string[], inactive?: readonly string[]): void;
  /** A day at the hospital (changes.ts). Says how many resources were put and removed. */
  change(seed: string | number, options: { readonly patients: number }): { put: number; removed: number };
  close(): Promise<void>;
}

export interface Held {
  readonly type: string;
  readonly id: string;
  readonly resource: Resource | undefined;
  /** Whose it is. */
  readonly patient: string | undefined;
}

export async function startEhr(options: EhrOptions = {}): Promise<Ehr> {
  const clock = options.clock ?? (() => new Date());
  const settings: EhrSettings = {
    tokenLifetime: options.tokenLifetime ?? 300,
    polls: options.polls ?? 2,
    retryAfter: options.retryAfter ?? '1',
    maxPerFile: options.maxPerFile ?? 10_000,
    pageSize: options.pageSize,
    gzip: options.gzip ?? true,
    range: options.range ?? true,
    bulkDataVersion: options.bulkDataVersion ?? 2,
    namesItselfWithHttp: options.namesItselfWithHttp ?? false,
    patientParameter: options.patientParameter ?? true,
    since: options.since ?? true,
    lastUpdated: options.lastUpdated ?? true,
    leftOut: options.leftOut ?? [],
    exportsADay: options.exportsADay,
    exports: options.exports ?? true,
    throttleEvery: options.throttleEvery,
    search: { ...SEARCH, ...options.search },
  };
  const main = options.certificate ? createSecureServer({ ...options.certificate }) : createServer();
  const other = createServer();
  const address = await listen(main, options.port ?? 0);
  const origin = options.certificate ? address.replace('http:', 'https:') : address;
  const otherOrigin = await listen(other, 0);
  const url = `${origin}/fhir`;
  const tokenEndpoint = `${origin}/auth/token`;

  const store = createStore(clock, settings);
  const faults: FaultRule[] = [];
  const requests: RequestRecord[] = [];
  const authorization = createAuthorization({
    clock,
    tokenEndpoint: () => tokenEndpoint,
    tokenLifetime: () => settings.tokenLifetime,
  });
  const lazy = options.lazy === undefined ? undefined : { ...options.lazy, base: url };
  const exports = createExports({ store, settings, clock, lazy });
  const searches = createSearches({ url, store, settings, groups: exports });
  const router = createRouter({
    url,
    otherOrigin,
    tokenEndpoint,
    store,
    authorization,
    exports,
    searches,
    settings,
    faults,
    requests,
    clock,
  });
  main.on('request', router.main);
  other.on('request', router.other);

  function load(resources: Iterable<Resource>): number {
    let count = 0;
    for (const resource of resources) {
      store.put(resource);
      count++;
    }
    return count;
  }
  if (options.population !== undefined) load(population({ ...options.population, base: url }));

  return {
    url,
    tokenEndpoint,
    settings,
    faults,
    requests,
    registerClient: authorization.registerClient,
    expireTokens: authorization.expireTokens,
    put: store.put,
    remove: store.remove,
    get: store.get,
    count: store.count,
    *everything() {
      for (const name of store.types()) {
        for (const { type, id, patient } of store.entries(name))
          yield { type, id, patient, resource: store.get(type, id) };
      }
    },
    load,
    group: exports.group,
    offer: exports.offer,
    change(seed, { patients }) {
      const made = { put: 0, removed: 0 };
      for (const change of changes({ seed, patients, store, base: url, now: clock().getTime() })) {
        if (change.kind === 'put') {
          store.put(change.resource);
          made.put++;
        } else {
          store.remove(change.type, change.id);
          made.removed++;
        }
      }
      return made;
    },
    async close() {
      await Promise.all([closeServer(main), closeServer(other)]);
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('expected the server to listen on a TCP port');
  return `http://127.0.0.1:${address.port}`;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export type { Client } from './authorization.ts';
export type { Deed, FaultRule } from './faults.ts';
export type { RequestRecord } from './router.ts';
export type { EhrSettings, SearchSettings } from './settings.ts';
