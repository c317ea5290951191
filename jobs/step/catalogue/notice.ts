/**
 * Every notice of a run: what a person should know of it although it did not fail. Codes are stored with runs, returned
 * by the API and named in sql/views/40-connection-health.sql, so they never change. Notices hold ids, codes and counts
 * only. `npm run errors` writes the table in TROUBLESHOOTING.md from this one.
 */
import { DISK } from './program.ts';
import type { NamesIn } from './template.ts';

/** `says` tells what happened, `todo` what to do where something can be done; together they are the message. */
export interface NoticeEntry {
  /** Where several sentences share a code; otherwise the code is the name of the entry. */
  readonly code?: string;
  readonly says: string;
  readonly todo?: string;
}

export const NOTICES = {
  'scope-not-granted': {
    says: 'The server granted the token without this scope: what it covers is missing from the export.',
    todo: 'Ask the EHR for it, or correct scopes.',
  },
  'wildcard-not-granted': {
    code: 'scope-not-granted',
    says: 'The server granted other scopes in place of this wildcard.',
    todo: 'Name the types in export_resource_types: then it is told which of them are missing.',
  },
  'scope-granted-late': {
    says: 'The server grants scopes that it left out before, so this run is a full one.',
  },
  'group-members-joined': {
    says: 'Patients joined the Group; their whole history was asked for.',
  },
  'group-members-left': {
    says: `Patients are in the Group no more (view group_members). What is loaded of them stays, and is no longer kept in
      step.`,
    todo: 'Purge those that should go.',
  },
  'group-newcomers-need-full-export': {
    says: `Patients joined the Group, and their history could not be asked for by name (too many, or the server refused
      the parameter "patient"), so this run is a full one.`,
  },
  'group-membership-refused': {
    says: `The server refused ({status}) to export the members of the Group (_type=Patient, _elements=id), so nobody knows
      who joined.`,
    todo: 'Start a full sync now and then, or set sync_config.group_membership to "off".',
  },
  'manifest-without-output': {
    says: `The manifest has no list of files (output), although all was asked for: nobody knows whether the server has
      nothing. The watermark is held.`,
    todo: 'Ask its operator, or see whether the client may read anything.',
  },
  'manifest-entry-without-url': {
    says: 'The manifest names files without saying where they are; all others are loaded. The watermark is held.',
    todo: "Ask the server's operator.",
  },
  'import-references-unknown': {
    says: `References by urn or by business identifier name nothing, or more than one thing, in what was imported. They are
      loaded as they are, and completed where such an id or identifier is known or comes later.`,
    todo: 'Import all files of the set together.',
  },
  'import-older-versions': {
    says: 'Bundles of type history hold older versions of resources, too: only the newest of each was loaded.',
  },
  'import-entries-not-applied': {
    says: 'Entries of Bundles change a resource in part: they were left out.',
    todo: 'Import the resource as it is after them.',
  },
  'server-remark': {
    says: 'The server said this of the export, in an OperationOutcome beside the data. The watermark is not held for it.',
  },
  'file-lost': {
    says: `Files of the export could not be had; see files and failures. All others were loaded. The watermark is held:
      the next sync asks for the same time again.`,
  },
  'fewer-lines-than-announced': {
    says: 'The manifest announces {announced}, the file {held}, at two readings.',
    todo: `Ask the server's operator which is right. sync_config.short_files "hold" keeps the watermark for this.`,
  },
  'search-lost': {
    says: `Searches could not be asked to their end; see failures. All others were loaded. The next sync asks for the same
      time again: of those patients alone, or of all where held_by says so.`,
  },
  'search-other-patient': {
    says: 'Asked for one Patient, the server sent others, which were not loaded.',
    todo: `Ask the server's operator whether it searches Patients by _id and identifier.`,
  },
  'search-fewer-than-total': {
    says: 'The server says that it has more of this type than its pages gave out, and names no further page.',
    todo: `Ask the server's operator whether it cuts answers off; a smaller sync_config.search.count may help.
      sync_config.short_files "hold" keeps the watermark for this.`,
  },
  'search-type-refused': {
    says: 'The server refuses ({status}) searches for this type: nothing of it was loaded.',
    todo: `Name the types that it has in export_resource_types, or ask for the scope; once it is granted, start a full
      sync.`,
  },
  'last-updated-refused': {
    says: 'The server refuses _lastUpdated for this type, so everything was asked for. Unchanged lines cost nothing.',
  },
  'last-updated-ignored': {
    says: `Asked for what changed since the last sync, the server sent what did not, or what does not say when it changed
      (meta.lastUpdated). Unchanged lines cost nothing, so nothing is lost by it but time.`,
  },
  'server-without-clock': {
    says: `The server does not say what its clock shows (Date), so nobody knows since when to ask for changes: each sync
      asks for everything.`,
  },
  'cohort-not-found': {
    says: 'Entries of the cohort are no patient of the server, or several (view crawl_cohort). Nothing of them is loaded.',
    todo: 'Correct sync_config.cohort, or the Group.',
  },
  'hydration-type-refused': {
    says: `The server refuses ({status}) to give single resources of this type. What refers to them is loaded without
      them, drugs with concept 0.`,
    todo: `Have the EHR grant its API and scope (jobs/connection/README.md, "What exports leave out"), or leave the type out of
      sync_config.hydrate.types. The next sync asks again.`,
  },
  'hydration-unfinished': {
    says: `The server gave no answer for resources that others refer to and that the export left out. All that it
      exported is loaded.`,
    todo: 'The next sync asks for them again.',
  },
  /** The error of the same code, for which a download waits. */
  'disk-low': { says: DISK['disk-low'].says, todo: DISK['disk-low'].todo },
  'mixed-offsets': {
    says: '{utc} resources have times in UTC ({utc_types}) and {offset} with another offset ({offset_types}).',
    todo: 'Each keeps its own day: set timezone (mapping) to the zone of the site.',
  },
} as const satisfies Record<string, NoticeEntry>;

export type NoticeName = keyof typeof NOTICES;

type Said<N extends NoticeName> =
  | (typeof NOTICES)[N]['says']
  | ((typeof NOTICES)[N] extends { readonly todo: infer T extends string } ? T : never);

/** The parameters of a notice's sentences. */
export type NoticeParams<N extends NoticeName> = {
  readonly [P in NamesIn<Said<N>>]: string | number;
};
