-- schema: sync
--
-- Searches hold patients' ids and links of the server: sealed at rest, and forgotten when their run has ended.

comment on column crawl_search.next_url is
  'Checkpoint: where the next page is; sealed where SEAL_CHUNKS was on. May name a patient or be signed: never shown, never logged. Forgotten when the run has ended.';
comment on column crawl_search.parameters is
  'Search parameters beside _count and _lastUpdated: pairs of name and value. Emptied when the run has ended.';
