/** What is asked of a server, resource by resource, and what becomes of it. */
import type { Connection } from '../connection/connection.ts';
import type { Deps } from '../step/deps.ts';
import type { SyncError } from '../step/errors.ts';

export interface Asked {
  readonly type: string;
  readonly id: string;
}

export type Answer = { readonly asked: Asked } & (
  | { readonly state: 'found'; readonly line: Buffer }
  | { readonly state: 'not-found' | 'refused'; readonly reason: string }
  /** The network or the server failed, or it wants to be left alone for a while. */
  | { readonly state: 'unavailable'; readonly error: SyncError }
);

export interface Asking {
  readonly deps: Pick<Deps, 'outbound' | 'tokens' | 'clock'>;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}
