/**
 * What goes wrong, as a list of rules. A rule waits for a kind of request, lets `skip` of them pass, then acts `times`
 * times. Several rules may act on one request; what they do is combined, the later rule winning.
 */

export type Kind =
  | 'token'
  | 'kick-off'
  | 'status'
  | 'file'
  | 'metadata'
  | 'delete'
  | 'read'
  | 'search'
  | 'other';

export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Deed {
  /** Answers with this status (and `headers`, `body`) and does nothing else. */
  readonly status?: number;
  /** Headers added to the answer, or put in place of its own: a Retry-After of any text, a wrong Content-Type. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection: `before` doing anything, or `after` having done it, so that the outcome is unknown. */
  readonly drop?: 'before' | 'after';
  /** Makes every token given so far invalid, then goes on. */
  readonly expireTokens?: boolean;
  /** Answers once this is settled. */
  readonly hold?: Promise<unknown>;
  /** kick-off: the manifest will list a file with these OperationOutcomes under `error`. */
  readonly errors?: readonly unknown[];
  /** status: a change to the manifest before it is sent. */
  readonly manifest?: (manifest: Record<string, unknown>) => unknown;
  /** search: a change to the Bundle before it is sent. */
  readonly bundle?: (bundle: Record<string, unknown>) => unknown;
  /** file: closes the connection after so many bytes of the body. */
  readonly cut?: number;
  /** file: sends so many bytes of the body (before compression), and the rest once this is settled. */
  readonly stall?: { readonly after: number; readonly until: Promise<unknown> };
  /** file: ends the body after so many bytes as if that were all of it (a truncated gzip, when gzip was asked for). */
  readonly truncate?: number;
  /** file: turns the bits of this byte of the body over, after compression. */
  readonly corrupt?: number;
  /** file: the checksum at the end of the gzip is not that of its text. */
  readonly wrongChecksum?: boolean;
  /** file: another text for each line, its line end included. */
  readonly rewrite?: (line: string, index: number) => string;
  /** file: from now on the file has another content (its first line comes last) and another ETag. */
  readonly changeFile?: boolean;
  /** file: answers a Range request with the whole file. */
  readonly ignoreRange?: boolean;
  /** file: answers a Range request with a range that starts so many bytes later, and says so in Content-Range. */
  readonly shiftRange?: number;
  /** file: 307 to the second host, which refuses requests that bring an Authorization header, as S3 does. */
  readonly redirect?: boolean;
}

export interface FaultRule {
  readonly on: Kind;
  /** How often it acts; 1 unless told. */
  readonly times?: number;
  /** How many matching requests pass before it acts. */
  readonly skip?: number;
  readonly match?: (request: FaultRequest) => boolean;
  readonly do: Deed;
}

/** What the rules want done with this request. Rules whose times are up leave the list. */
export function takeFaults(rules: FaultRule[], on: Kind, request: FaultRequest): Deed {
  let deed: Deed = {};
  for (const [index, rule] of [...rules.entries()].reverse()) {
    if (rule.on !== on || (rule.match !== undefined && !rule.match(request))) continue;
    if ((rule.skip ?? 0) > 0) {
      rules[index] = { ...rule, skip: (rule.skip ?? 0) - 1 };
      continue;
    }
    deed = { ...rule.do, ...deed };
    const left = (rule.times ?? 1) - 1;
    if (left > 0) rules[index] = { ...rule, times: left };
    else rules.splice(index, 1);
  }
  return deed;
}
