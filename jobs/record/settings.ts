/** What the environment says of the record. */
import { RECORD } from '../../sql/settings/program.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import type { SyslogReceiver } from '../outbound/syslog.ts';
import { readAuthorities } from '../outbound/trust.ts';
import { readSettings, settingFault } from '../step/settings.ts';

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
export function readRecordSettings(env: Environment): RecordSettings {
  const read = readSettings(RECORD, env);
  const syslog = readSyslog(read.AUDIT_SYSLOG_URL, env);
  return { years: read.AUDIT_YEARS, file: read.AUDIT_FILE, ...(syslog ? { syslog } : {}) };
}

const PORTS: Readonly<Record<string, string>> = { 'udp:': '514', 'tcp:': '601', 'tls:': '6514' };

function readSyslog(text: string | undefined, env: Environment): SyslogReceiver | undefined {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = url && PORTS[url.protocol];
  const isBare = url?.hostname && !url.username && !url.password && !url.search && /^\/?$/.test(url.pathname);
  if (!port || !isBare) {
    throw settingFault('AUDIT_SYSLOG_URL: expected udp://host:514, tcp://host:601 or tls://host:6514');
  }
  if (url.port === '') url.port = port;
  return { url, authorities: readAuthorities(env) };
}
