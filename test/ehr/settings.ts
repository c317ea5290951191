/** What may be changed while the EHR runs. */
export interface EhrSettings {
  /** Seconds that a token lives. */
  tokenLifetime: number;
  /** How often a status is 202 before it is the manifest. */
  polls: number;
  /** Retry-After of those answers as it is written; undefined for none. */
  retryAfter: string | undefined;
  maxPerFile: number;
  /** Entries of `output` per page of the manifest; undefined for one page. */
  pageSize: number | undefined;
  gzip: boolean;
  range: boolean;
  /** Of the Bulk Data guide: 1 knows no POST, 4 knows no GET and no comma lists and names `outcome` instead of `error`. */
  bulkDataVersion: 1 | 2 | 3 | 4;
  /** Names itself with http although it is reached by https only, as behind a proxy that ends TLS. */
  namesItselfWithHttp: boolean;
  /** Whether an export of named patients is known (`patient`). */
  patientParameter: boolean;
  /** Whether `_since` is known. */
  since: boolean;
  /** Whether resources say when they last changed, and in which version they are (meta). An Epic's exports do not. */
  lastUpdated: boolean;
  /** Types of which exports hold nothing, as if they were not there. */
  leftOut: readonly string[];
  /** How many exports each client may start within 24 hours; undefined for any number. */
  exportsADay: number | undefined;
  /** Whether there are exports at all. */
  exports: boolean;
  /** Every n-th read or search is refused with 429; undefined for none. */
  throttleEvery: number | undefined;
  search: SearchSettings;
}

export interface SearchSettings {
  /** Resources on a page where the client does not say, and at most. */
  defaultCount: number;
  maxCount: number;
  nextLink: 'absolute' | 'relative';
  /** Whether a Bundle says how many there are in all. */
  total: boolean;
  lastUpdated: 'honoured' | 'ignored' | 'refused';
  /** Types for which a search must name a category. */
  categoryRequired: readonly string[];
  /** Types that can be read and not searched. */
  readOnly: readonly string[];
  /** Issues of the OperationOutcomes at the end of every page. */
  outcomes: readonly unknown[];
}

export const SEARCH: SearchSettings = {
  defaultCount: 10,
  maxCount: 100,
  nextLink: 'absolute',
  total: true,
  lastUpdated: 'honoured',
  categoryRequired: [],
  readOnly: [],
  outcomes: [],
};
