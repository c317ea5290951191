/**
 * Errors about the settings of this installation. They stop a process at its start, or whatever needs the
 * setting.
 */
import type { Entry } from './entry.ts';

export const INSTALLATION = {
  'setting-invalid': {
    sort: 'give-up',
    says: '{faults}.',
    todo: 'Correct the environment and start again.',
  },
  'encryption-key-missing': {
    sort: 'give-up',
    says: 'ENCRYPTION_KEY is not set. Expected 32 random bytes in base64 or hex.',
    todo: `With a database of your own, give every process the same key; \`openssl rand -base64 32\` makes one. Keep it
      safe: without it the stored credentials cannot be read.`,
  },
  'encryption-key-not-made': {
    sort: 'give-up',
    says: 'There is no key for stored credentials yet.',
    todo: 'The first start of API, workers or another command makes one.',
  },
  'encryption-key-command-failed': {
    sort: 'give-up',
    says: 'ENCRYPTION_KEY_COMMAND gave no keys: {reason}.',
    todo: 'Run it by hand as the same user. It must print what ENCRYPTION_KEY would hold, and nothing else.',
  },
  'encryption-key-invalid': {
    sort: 'give-up',
    says: 'ENCRYPTION_KEY, key {position}: {fault}.',
    todo: 'Correct it; `openssl rand -base64 32` makes a key.',
  },
  'port-unavailable': {
    sort: 'give-up',
    says: 'Cannot listen on {host}:{port} ({reason}).',
    todo: 'Check HOST and PORT; a port that another process has is free when that one is stopped.',
  },
  'webhook-refused': {
    sort: 'retry',
    says: 'The receiver of a webhook answered {status}; expected 2xx.',
    todo: 'Check its address (ALERT_WEBHOOK_URL, or that of the webhook) and what the receiver logs.',
  },
  'webhook-address-refused': {
    sort: 'give-up',
    says: 'The receiver of a webhook is not on a public address, and its allowed networks do not hold that address.',
    todo: 'If it is the right receiver, add its address or network to allowed_networks of the webhook.',
  },
  'audit-file-differs': {
    sort: 'give-up',
    says: 'The last line of AUDIT_FILE ({file}), seal {seal_no}, is not of the record of this database.',
    todo: 'After a restore of the database move the file away. Otherwise one of the two was changed: `cli audit verify` says more.',
  },
  'syslog-unavailable': {
    sort: 'retry',
    says: 'The receiver of the record, {at}, did not take it ({reason}).',
    todo: 'Check AUDIT_SYSLOG_URL and the receiver; what is missing is sent when it is there again.',
  },
  'deid-key-would-be-logged': {
    sort: 'give-up',
    says: 'The database logs every statement with its parameters ({setting}), and so would log the key of the de-identified copy.',
    todo: 'Turn that off for this database user (alter role … set …), then ask again.',
  },
} as const satisfies Record<string, Entry>;
