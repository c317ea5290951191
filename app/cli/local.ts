/**
 * The API in this process: commands speak to it through the same generated client as anyone else, without a port.
 * Whoever runs commands here can read the database and its key already, so they are an admin, under the name that the
 * operating system knows them by.
 */

import { type Engine, openEngine } from '../../jobs/engine.ts';
import { openLog } from '../../jobs/log.ts';
import { ownerOf } from '../../jobs/step/deps.ts';
import { type ApiClient, createClient } from '../../openapi/client/index.ts';
import { environment } from '../../sql/environment.ts';
import { createApp } from '../app.ts';
import { type Caller, NOBODY } from '../caller.ts';
import { readSecondPerson } from '../second-person/settings.ts';
import { osUser } from './os-user.ts';

export interface Local {
  readonly engine: Engine;
  readonly api: ApiClient;
  close(): Promise<void>;
}

export async function openLocal(options: { readonly withWorkers: boolean }): Promise<Local> {
  const given = environment();
  const env = { ...given, LOG_LEVEL: given['LOG_LEVEL'] || 'warn' };
  const engine = await openEngine(env, { passive: !options.withWorkers, log: openLog(env, true) });
  const name = osUser();
  const caller: Caller = { ...NOBODY, name, role: 'admin', via: 'cli', person: `os/${name}` };
  // Workers may not make tokens and sign-in addresses; whoever runs commands has the owner's login where there is one.
  const app = createApp({
    ...engine.deps,
    sql: ownerOf(engine.deps),
    config: { adminToken: undefined, secondPerson: readSecondPerson(given) },
    caller,
  });
  const api = createClient({
    baseUrl: 'http://localhost',
    fetch: async (request) => app.fetch(request),
  });
  return { engine, api, close: () => engine.close() };
}
