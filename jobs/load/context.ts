/** The chunk being loaded, as the parts of the load need it. */
import type { Connection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import type { VocabularyState } from '../vocabulary/resolve/state.ts';
import type { Overlapping } from './compare/overlapping.ts';

export interface WriteContext {
  readonly connectionId: number;
  readonly runId: number;
  readonly chunkId: number;
  readonly mappingVersionId: number;
  /** Older mapping versions that give the same rows (mapping-version.ts). */
  readonly alsoCurrent: readonly number[];
  readonly now: Date;
  /** For lines and contents, which may be sealed. */
  readonly keyring: Keyring;
  /** Runs under way at the same time (compare/overlapping.ts); left out where nothing is sent. */
  readonly overlapping?: Overlapping | undefined;
}

export interface LoadContext extends WriteContext {
  readonly connection: Connection;
  readonly vocabulary: VocabularyState;
  readonly phase: number;
  /** Type that the file claims to hold; unreadable lines are counted under it. */
  readonly fileType: string | null;
  readonly extractionDate: string;
  /** No other chunk is mapped at the same time (compare/seen-unchanged.ts). */
  readonly isAlone?: boolean | undefined;
  /** Nothing can have taken away what earlier chunks of the run found, so their references are remembered. */
  readonly remembers?: boolean | undefined;
}
