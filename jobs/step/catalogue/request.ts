/**
 * Errors about what somebody asked for, or about what stands in its way. Most are answers of the API: see
 * app/problems.ts.
 */
import type { Entry } from './entry.ts';

export const REQUEST = {
  'next-key-waits': {
    sort: 'give-up',
    says: 'A next key is published already and waits until the keys are rotated.',
    todo: 'Rotate the keys ("cli keys rotate") once the EHR knows it; then make another.',
  },
  'no-next-key': {
    sort: 'give-up',
    says: 'There is no next key that could sign.',
    todo: 'Make one ("cli keys create"), let the EHR learn of it, then rotate.',
  },
  'connection-inactive': {
    sort: 'give-up',
    says: 'Connection "{site_key}" is switched off.',
    todo: 'Set is_active to true, then start the sync again.',
  },
  'connection-without-server': {
    sort: 'give-up',
    says: 'Connection "{site_key}" has no fhir_base_url: it is fed with files.',
    todo: 'Use "cli import", or set the URL.',
  },
  'connection-paused': {
    sort: 'give-up',
    says: 'Connection "{site_key}" failed several times in a row and is paused until {until}.',
    todo: 'Mend the cause, then start a sync by hand: that ends the pause.',
  },
  'sync-already-running': {
    sort: 'give-up',
    says: 'Run {run_id} of connection "{site_key}" is still {status}. One sync at a time.',
    todo: 'Wait for it to end or cancel it.',
  },
  'csv-file-unreadable': {
    sort: 'give-up',
    says: 'Expected a CSV file at {file}; it cannot be read ({reason}).',
    todo: 'Name a file that is there, is no folder, and may be read by the user of this program.',
  },
  'csv-file-broken': {
    sort: 'give-up',
    says: 'Expected rows of CSV in {file}; line {line} is none ({fault}).',
    todo: 'Put the line right, its quotation marks above all, or write the file anew as CSV in UTF-8.',
  },
  'cohort-columns': {
    sort: 'give-up',
    says: 'Expected a CSV file with the columns subject_id (or person_id, person_source_value) and cohort_start_date; its first line has {found}.',
    todo: 'Name the columns so, with commas between.',
  },
  'cohort-schema': {
    sort: 'give-up',
    says: 'Expected a schema with a table cohort that this login may see; "{schema}" has none.',
    todo: 'Name the schema of the results, such as that of ATLAS.',
  },
  'cohort-exists': {
    sort: 'give-up',
    says: 'Cohort {id} is there already, with {there} rows.',
    todo: 'Take another number, or add --replace.',
  },
  'cohort-empty': {
    sort: 'give-up',
    says: 'Cohort {id} has no members.',
    todo: 'See which there are with "cli cohorts list".',
  },
  'duckdb-missing': {
    sort: 'give-up',
    says: 'A snapshot is written by DuckDB, whose package @duckdb/node-api cannot be loaded here ({code}).',
    todo: 'Run npm ci without --omit=optional, on a platform that it exists for (Linux, macOS, Windows; x64, arm64).',
  },
  'snapshot-schema': {
    sort: 'give-up',
    says: 'Expected a schema with tables of the CDM, which this login may see; "{schema}" has none.',
    todo: 'Name the schema of the CDM, or that of the copy for researchers after "cli deid create".',
  },
  'snapshot-tables': {
    sort: 'give-up',
    says: 'Expected names of tables of the CDM; "{schema}" has none called {names}.',
    todo: 'Name tables as the CDM does, such as person,condition_occurrence.',
  },
  'snapshot-exists': {
    sort: 'give-up',
    says: '{folder} holds a whole snapshot already, and what studies were made of is not written over.',
    todo: 'Name another folder, or remove this one.',
  },
  'changed-while-read': {
    sort: 'give-up',
    says: 'The CDM lies on several nodes, and something was written while they were read: what was read is not of one moment.',
    todo: 'Run it again while nothing syncs. Nothing was made of it.',
  },
  'snapshot-manifest': {
    sort: 'give-up',
    says: 'Expected a manifest.json of a snapshot in {folder}; it is no JSON.',
    todo: 'Name another folder, or remove this one.',
  },
  'snapshot-short': {
    sort: 'give-up',
    says: 'Of {table} {rows} rows arrived in the file, and Postgres has {expected}.',
    todo: 'Take the snapshot again; if it stays, report it.',
  },
  'dqd-pass-running': {
    sort: 'retry',
    says: 'Pass {dqd_run_id} of the checks is {state}: one at a time.',
    todo: 'Wait for it to end, or cancel it.',
  },
  'dqd-pass-ended': {
    sort: 'give-up',
    says: 'Pass {dqd_run_id} of the checks is {state} already.',
    todo: 'Ask for another one.',
  },
  'dqd-pass-not-found': {
    sort: 'give-up',
    says: 'There is no pass {dqd_run_id} of the checks.',
    todo: 'See which there are: GET /api/v1/admin/quality/dqd/passes.',
  },
  'concept-level-file': {
    sort: 'give-up',
    says: 'Line {line} of the file of checks of concepts: expected {expected}; got "{came}".',
    todo: 'Give the Concept_Level file of the Data Quality Dashboard, or one with its columns.',
  },
  'audit-anchor-invalid': {
    sort: 'give-up',
    says: 'Expected an anchor as the log has it, a number, a colon and 64 hexadecimal digits; got another text.',
    todo: 'Copy the whole value of audit_anchor from the log.',
  },
  'audit-range-invalid': {
    sort: 'give-up',
    says: 'Expected a range such as 12-15, or one number.',
    todo: 'Copy the numbers from "audit verify".',
  },
  'audit-range-whole': {
    sort: 'give-up',
    says: 'Nothing in {of} {range} of the record is broken that is not acknowledged already.',
    todo: 'Name the range that "audit verify" shows; what is whole cannot be acknowledged.',
  },
  'audit-range-too-broken': {
    sort: 'give-up',
    says: 'More than {most} faults are in {of} {range} of the record.',
    todo: 'Acknowledge smaller ranges, one after the other.',
  },
  'site-key-invalid': {
    sort: 'give-up',
    says: '"{site_key}" is no site key.',
    todo: 'Give one of lower-case letters, digits, - and _, at most 63.',
  },
  'site-unknown': {
    sort: 'give-up',
    says: 'No connection has the key "{site_key}"; there are {known}.',
    todo: 'Give one of these, or say that the site is new (--new): its patients are then other patients than theirs.',
  },
  'import-no-folder': {
    sort: 'give-up',
    says: 'Cannot read {path}: {reason}.',
    todo: 'Name folders or files with resources; check the path and its permissions.',
  },
  'import-empty': {
    sort: 'give-up',
    says: '{paths} holds no FHIR resources: neither NDJSON nor Bundles nor resources in JSON, nor archives of these.',
    todo: 'Name the files or their folder: of a Bulk Data export, such as Patient.ndjson, or of Bundles.',
  },
  'run-not-found': {
    sort: 'give-up',
    says: 'Connection {connection_id} has no run {run_id}.',
    todo: "List the connection's runs.",
  },
  'run-not-live': {
    sort: 'give-up',
    says: 'Run {run_id} {state}.',
    todo: 'Leave it as it is.',
  },
  'run-not-failed': {
    sort: 'give-up',
    says: 'Run {run_id} is {status}; only a failed run can be retried.',
    todo: 'Start a new sync instead.',
  },
  'run-still-live': {
    sort: 'give-up',
    says: 'Run {run_id} is {status}: it did not fail, and goes on by itself while a worker runs.',
    todo: 'Ask cli doctor whether one does. To give the run up: cancel.',
  },
  'import-still-live': {
    sort: 'give-up',
    says: 'Run {run_id} is an import and {status}: it did not fail.',
    todo: `If its command was interrupted, give the same command again (cli import PATH… --site KEY), or start a worker on
      this machine: it goes on where it was.`,
  },
  'run-not-last': {
    sort: 'give-up',
    says: 'Run {last} came after run {run_id}.',
    todo: 'Retry that one, or start a new sync.',
  },
  'reconciliation-not-found': {
    sort: 'give-up',
    says: 'Run {run_id} of connection {connection_id} has compared nothing (yet).',
    todo: 'Reconcile, or wait for the run to end.',
  },
  'reconciliation-confirmed': {
    sort: 'give-up',
    says: 'It was confirmed already.',
    todo: 'See run {removal_run}.',
  },
  'reconciliation-outdated': {
    sort: 'give-up',
    says: 'Run {later}, a full export, came after it.',
    todo: 'Reconcile again.',
  },
  'reconciliation-obstructed': {
    sort: 'give-up',
    says: 'Nothing may be removed by it: {obstacles}.',
    todo: 'Remove the cause, then reconcile again.',
  },
  'reconciliation-count-differs': {
    sort: 'give-up',
    says: 'Expected the number of vanished resources, {vanished}; got {given}.',
    todo: 'Look at them first.',
  },
  'reconciliation-doubtful': {
    sort: 'give-up',
    says: 'It is doubtful: {doubts}.',
    todo: 'Check with the EHR; with override they are removed all the same.',
  },
  'patient-unknown': {
    sort: 'give-up',
    says: 'Nothing of this patient is here: no resource of the connection is, or refers to, a Patient of this id.',
    todo: 'Check the id (it is the FHIR id, not a record number). To keep out somebody who has not come yet, say so: "unknown": true, or --unknown.',
  },
  'purge-not-found': {
    sort: 'give-up',
    says: 'Connection {connection_id} has no purge {purge_id}.',
    todo: "List the connection's purges.",
  },
  'purge-under-way': {
    sort: 'give-up',
    says: 'Purge {purge_id} is under way.',
    todo: 'Wait for it to end.',
  },
  'local-maps-unreadable': {
    sort: 'give-up',
    says: 'The file cannot be read, line {line}: {fault}.',
    todo: 'Nothing was written. Correct the line, then give the file again.',
  },
  'local-map-conflict': {
    sort: 'give-up',
    says: '{faults}',
    todo: 'Nothing was written.',
  },
  'local-map-not-found': {
    sort: 'give-up',
    says: 'There is no local map of this map_id. It changes when the map does.',
    todo: 'List the maps again.',
  },
  'unmapped-code-not-found': {
    sort: 'give-up',
    says: 'No loaded resource uses an unmapped code {code_id}. It may have been mapped.',
    todo: 'List the worklist again.',
  },
} as const satisfies Record<string, Entry>;
