/**
 * What a command speaks to: the API in this process over the database here, or the API of a server. The same verbs
 * work on both, through the same generated client.
 */
import type { ApiClient } from '../../openapi/client/index.ts';
import { environment } from '../../sql/environment.ts';
import type { Local } from './local.ts';
import { openServer, serverMeant } from './server.ts';

export interface Session {
  readonly api: ApiClient;
  /** Which database or server that is, for people. */
  readonly where: string;
  /** Undefined where a server is spoken to. */
  readonly local: Local | undefined;
  close(): Promise<void>;
}

export interface Where {
  readonly server?: string | undefined;
}

export function sessionOf(local: Local): Session {
  return { api: local.api, where: local.engine.database.described, local, close: () => local.close() };
}

interface Needed {
  /** Work is done here too, where the database is. */
  readonly withWorkers: boolean;
}

export async function withApi<T>(
  where: Where,
  work: (api: ApiClient, session: Session) => Promise<T>,
  needed: Needed = { withWorkers: false },
): Promise<T> {
  const session = await openSession(where, needed);
  try {
    return await work(session.api, session);
  } finally {
    await session.close();
  }
}

/** The same for verbs that only the machine of the database can do. */
export async function withLocal<T>(
  work: (local: Local) => Promise<T>,
  needed: Needed = { withWorkers: false },
): Promise<T> {
  const { openLocal } = await import('./local.ts');
  const local = await openLocal(needed);
  try {
    return await work(local);
  } finally {
    await local.close();
  }
}

async function openSession({ server }: Where, needed: Needed): Promise<Session> {
  const env = environment();
  const address = serverMeant(server, env);
  if (address !== undefined) return { ...openServer(address, env), local: undefined, close: async () => {} };
  // Help and commands to a server need nothing of the engine, which takes most of the time to start.
  const { openLocal } = await import('./local.ts');
  return sessionOf(await openLocal(needed));
}
