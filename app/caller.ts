/**
 * Who calls: a person, a program, or the pipeline's own clock. Whatever lets somebody in (auth.ts, the command line)
 * makes a Caller; whatever records what was done (audit.ts, `triggered_by` of a run) takes its name from here.
 */

/** What a caller may do, each with all that the ones before it may. */
export const ROLES = ['viewer', 'mapper', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** How the caller proved who they are. */
export type Via =
  | 'nobody'
  | 'first-token'
  | 'admin-token'
  | 'api-token'
  | 'oidc'
  | 'session'
  | 'cli'
  | 'tick'
  | 'cron';

export interface Caller {
  /** Shown to people and recorded: a user name or a token's note, never the token. At most 200 characters. */
  readonly name: string;
  readonly role: Role;
  readonly via: Via;
  /** Ids of the connections that the caller may see and act on; null for all of them. */
  readonly connections: readonly number[] | null;
  /**
   * The person, as the one who lets them in names them ("subject/…" of the identity provider, "os/…" on the command
   * line), the same by each of their sessions and tokens. Null where that is not known: credentials that several may
   * share, and programs with tokens of the identity provider, which may name a person otherwise there than here.
   */
  readonly person: string | null;
  /** Address that the request came from; null where there was none, as on the command line. */
  readonly address: string | null;
}

/** Before anybody has been recognised. */
export const NOBODY: Caller = {
  name: 'nobody',
  role: 'viewer',
  via: 'nobody',
  connections: null,
  person: null,
  address: null,
};

/** As runs, purges and alerts name who asked: "api:ada", "cli:ada". */
export function asTrigger({ via, name }: Caller): string {
  return `${via === 'cli' ? 'cli' : 'api'}:${name}`;
}
