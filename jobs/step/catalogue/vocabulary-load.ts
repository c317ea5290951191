/**
 * Errors about the vocabulary that end a load of it. By then nothing of the present vocabulary has been
 * changed.
 */
import type { Entry } from './entry.ts';

export const VOCABULARY_LOAD = {
  'vocabulary-dir-not-set': {
    sort: 'give-up',
    says: 'Expected VOCABULARY_DIR to name the folder where vocabulary downloads are put; {found}.',
    todo: 'Set it, for the API and the workers, to a folder that is there.',
  },
  'vocabulary-path-refused': {
    sort: 'give-up',
    says: `Expected a path in the folder that VOCABULARY_DIR names; this one, or a link in it, leads elsewhere.`,
    todo: 'Put the download there.',
  },
  'vocabulary-source-missing': {
    sort: 'give-up',
    says: 'There is no file or folder {path}.',
    todo: 'Give the zip that Athena made, or the folder it was unpacked to, such as "2026-02.zip".',
  },
  'vocabulary-source-unreadable': {
    sort: 'give-up',
    says: '{file} {found}.',
    todo: 'Download it again, or unpack it and give the folder.',
  },
  'vocabulary-source-ambiguous': {
    sort: 'give-up',
    says: '"{source}" holds {count} files named {file}.',
    todo: 'Give one download at a time.',
  },
  'vocabulary-file-missing': {
    sort: 'give-up',
    says: '"{source}" lacks {missing}. Expected an Athena download with at least {required}.',
    todo: 'Download the vocabulary again.',
  },
  'vocabulary-header': {
    sort: 'give-up',
    says: '{file}, line 1: expected the columns {columns} separated by tabs; {found}.',
    todo: 'Nothing was changed. Download the vocabulary again, or correct the line.',
  },
  'vocabulary-line': {
    sort: 'give-up',
    says: '{file}, line {line}{column}: expected {expected}, found something else.',
    todo: 'Nothing was changed. Download the vocabulary again, or correct the line.',
  },
  'vocabulary-duplicate': {
    sort: 'give-up',
    says: '{file}{place} is there twice.',
    todo: 'Nothing was changed. Download the vocabulary again, or delete one of the lines.',
  },
  'vocabulary-version-missing': {
    sort: 'give-up',
    says: `{file}: expected a row with vocabulary_id None whose vocabulary_version names the release, found {found}.`,
    todo: 'Download the vocabulary again.',
  },
  'vocabulary-table-missing': {
    sort: 'give-up',
    says: 'The CDM has no table {table}.',
    todo: "Create it first: npm run migrate for a CDM of ours, OHDSI's DDL for your own.",
  },
  'vocabulary-not-a-table': {
    sort: 'give-up',
    says: '{table} is no plain table.',
    todo: "Load into the schema where the vocabulary's tables are (CDM_SCHEMA).",
  },
  'vocabulary-not-owner': {
    sort: 'give-up',
    says: 'The database user does not own {table}, so it cannot replace it.',
    todo: 'Load as its owner.',
  },
  'vocabulary-dependents': {
    sort: 'give-up',
    says: 'The vocabulary cannot be replaced, because these are bound to its tables and would be lost: {obstacles}.',
    todo: 'Drop them, load, and create them again.',
  },
  'vocabulary-in-use': {
    sort: 'retry',
    says: `The new vocabulary is loaded but could not take its place: the tables were in use through {attempts}
      attempts.`,
    todo: 'See pg_stat_activity for the query that holds them, end it, and load again.',
  },
  'vocabulary-load-running': {
    sort: 'retry',
    says: '{load} is {state}.',
    todo: 'Wait for it to end, then ask again.',
  },
  'vocabulary-load-ended': {
    sort: 'give-up',
    says: 'Load {load_id} had ended when this one was through; what it loaded stays.',
    todo: 'Look at the loads: the last completed one is in use.',
  },
} as const satisfies Record<string, Entry>;
