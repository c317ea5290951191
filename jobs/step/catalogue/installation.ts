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
    todo: '`openssl rand -base64 32` makes one.',
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
    says: 'The receiver of alerts answered {status}; expected 2xx.',
    todo: 'Check ALERT_WEBHOOK_URL and what the receiver logs.',
  },
  'deid-key-would-be-logged': {
    sort: 'give-up',
    says: 'The database logs every statement with its parameters ({setting}), and so would log the key of the de-identified copy.',
    todo: 'Turn that off for this database user (alter role … set …), then ask again.',
  },
} as const satisfies Record<string, Entry>;
