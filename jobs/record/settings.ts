/** What the environment says of the record. */
import type { SyslogReceiver } from '../outbound/syslog.ts';
import { readAuthorities } from '../outbound/trust.ts';
import { syncError } from '../step/errors.ts';

export interface RecordSettings {
  /** AUDIT_YEARS: events are kept for so many years, at least one. */
  readonly years: number;
  /** AUDIT_FILE: sealed events are added to this file, a line of JSON each. */
  readonly file: string | undefined;
  /** AUDIT_SYSLOG_URL: they are sent to this receiver, a message each. */
  readonly syslog?: SyslogReceiver | undefined;
}

export const DEFAULT_RECORD: RecordSettings = { years: 7, file: undefined };

/** Fails with `setting-invalid`. */
export function readRecordSettings(env: Readonly<Record<string, string | undefined>>): RecordSettings {
  const years = env['AUDIT_YEARS'] || String(DEFAULT_RECORD.years);
  if (!/^[1-9]\d?$/.test(years)) {
    throw syncError('setting-invalid', { faults: 'AUDIT_YEARS: expected whole years, from 1 to 99' });
  }
  const syslog = readSyslog(env);
  return { years: Number(years), file: env['AUDIT_FILE'] || undefined, ...(syslog ? { syslog } : {}) };
}

const PORTS: Readonly<Record<string, string>> = { 'udp:': '514', 'tcp:': '601', 'tls:': '6514' };

function readSyslog(env: Readonly<Record<string, string | undefined>>): SyslogReceiver | undefined {
  const text = env['AUDIT_SYSLOG_URL'];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = url && PORTS[url.protocol];
  const isBare = url?.hostname && !url.username && !url.password && !url.search && /^\/?$/.test(url.pathname);
  if (!port || !isBare) {
    throw syncError('setting-invalid', {
      faults: 'AUDIT_SYSLOG_URL: expected udp://host:514, tcp://host:601 or tls://host:6514',
    });
  }
  if (url.port === '') url.port = port;
  return { url, authorities: readAuthorities(env) };
}
