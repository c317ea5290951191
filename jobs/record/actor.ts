/** Who does something, as the record names them. A Caller of the API is one; so are the parts that work by themselves. */
export interface Actor {
  /** A user name or a token's note, never the token. */
  readonly name: string;
  /** What they may do; null where roles have no say. */
  readonly role: string | null;
  /** How they proved who they are. */
  readonly via: string;
  /** Address that the request came from. */
  readonly address: string | null;
}

const own = (name: string, via: string): Actor => ({ name, role: null, via, address: null });

/** A step of the pipeline, which goes on with what somebody began. */
export const WORKER = own('worker', 'worker');

/** A schedule that came due. */
export const CRON = own('schedule', 'cron');

/** A start that found other EHR_… variables than the connection has settings. */
export const ENVIRONMENT = own('environment', 'environment');

/** Whoever runs a command on this machine: they can read the database and its key. */
export const commandLine = (user: string): Actor => ({ ...own(`cli:${user}`, 'cli'), role: 'admin' });
