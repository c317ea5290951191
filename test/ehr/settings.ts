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
}
