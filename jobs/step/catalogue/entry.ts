/**
 * What the catalogue says about an error. `says` tells what was expected and what came; `todo` tells what to
 * do about it. Together they are the message. Both are templates: `{host}` is filled in from the parameters,
 * whose names the compiler reads from here. A line break in a template counts as a space.
 */
export interface Entry {
  readonly sort: Sort;
  readonly says: string;
  readonly todo: string;
}

/**
 * What a step does with the error. 'retry': the same may work later. 'retry-briefly': it hardly will, or each try
 * may cost something at the server, so the step gives up after a few tries. 'give-up': only a person can help.
 */
export type Sort = 'retry' | 'retry-briefly' | 'give-up';

/** What must be put right, or waited for. */
export type About =
  /** Settings and credentials of one connection. */
  | 'connection'
  /** The EHR: its network, token endpoint, export. */
  | 'server'
  /** One file of an export: the others may be fine. */
  | 'file'
  | 'vocabulary'
  /** The settings of this installation. */
  | 'installation'
  /** Room for what is to be stored. */
  | 'disk'
  | 'database'
  /** What somebody asked for, or what stands in its way. */
  | 'request'
  /** This program itself. */
  | 'program';
