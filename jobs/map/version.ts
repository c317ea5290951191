/**
 * Raised whenever the same resource would give other rows: a resource is skipped only when its hash and the mapping
 * version are the same, so raising it re-maps everything at the next full sync.
 */
export const MAPPING_CODE_VERSION = 8;
