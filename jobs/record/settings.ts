/** What the environment says of the record. */
import { syncError } from '../step/errors.ts';

export interface RecordSettings {
  /** AUDIT_YEARS: events are kept for so many years, at least one. */
  readonly years: number;
  /** AUDIT_FILE: sealed events are added to this file, a line of JSON each. */
  readonly file: string | undefined;
}

export const DEFAULT_RECORD: RecordSettings = { years: 7, file: undefined };

/** Fails with `setting-invalid`. */
export function readRecordSettings(env: Readonly<Record<string, string | undefined>>): RecordSettings {
  const years = env['AUDIT_YEARS'] || String(DEFAULT_RECORD.years);
  if (!/^[1-9]\d?$/.test(years)) {
    throw syncError('setting-invalid', { faults: 'AUDIT_YEARS: expected whole years, from 1 to 99' });
  }
  return { years: Number(years), file: env['AUDIT_FILE'] || undefined };
}
