/** The names of the schemas where nobody says otherwise. */
export const DEFAULT_SCHEMAS = { cdm: 'cdm', sync: 'ehr_sync', queue: 'pgboss' } as const;
