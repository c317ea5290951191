/** Errors about searches and reads of a FHIR server. */
import type { Entry } from './entry.ts';

export const SEARCH = {
  'search-throttled': {
    sort: 'retry',
    says: 'The server wants fewer requests ({status}).',
    todo: 'The crawl goes on at its place when the server allows. If it stays, lower sync_config.limits.requests_per_second.',
  },
  'asking-too-long': {
    sort: 'give-up',
    says: `The run has been asking the server for {hours} hours, longer than
      sync_config.limits.export_max_hours ({limit}).`,
    todo: `Start it again by retry: it goes on where it was, for as long again. Where the server throttles, lower
      sync_config.limits.requests_per_second; where there is that much, raise the limit or name fewer patients.`,
  },
  'search-unavailable': {
    sort: 'retry',
    says: 'The server answered a search or a read with {status}: {body}.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'search-refused': {
    sort: 'give-up',
    says: 'The server refused a {what} with {status}: {body}. {advice}',
    todo: "Check scopes, export_resource_types and sync_config.search with the server's documentation.",
  },
  'search-unreadable': {
    sort: 'retry-briefly',
    says: 'Expected a Bundle or a resource as JSON, got {bytes} bytes: {found}.',
    todo: "Ask the server's operator what it answers.",
  },
  'search-too-large': {
    sort: 'give-up',
    says: 'Expected a page of a search, or a resource, of at most {bytes} bytes, got more.',
    todo: 'Lower sync_config.search.count.',
  },
  'search-next-invalid': {
    sort: 'retry-briefly',
    says: 'A page of a search names a next page {found}.',
    todo: "The search is begun anew. If it stays, ask the server's operator.",
  },
  'search-next-foreign': {
    sort: 'retry-briefly',
    says: 'A page of a search names a next page on another origin ({host}), where it is not asked for.',
    todo: "The search is begun anew. If it stays, have the server's operator set its public base URL.",
  },
  'search-in-circles': {
    sort: 'retry-briefly',
    says: 'The pages of a search come again and again, or never end.',
    todo: "The search is begun anew. If it stays, ask the server's operator.",
  },
  'search-expired': {
    sort: 'retry-briefly',
    says: 'The server has no next page of a search any more ({status}).',
    todo: 'The search is begun anew.',
  },
  'group-not-found': {
    sort: 'give-up',
    says: 'The server has no Group of the id that group_id names.',
    todo: 'Correct group_id, or name the patients in sync_config.cohort.',
  },
  'patients-not-listed': {
    sort: 'give-up',
    says: 'The server refuses to find or list Patients, with {status}: {body}.',
    todo: 'Name whom the sync is about: by group_id, or by ids in sync_config.cohort.',
  },
} as const satisfies Record<string, Entry>;
