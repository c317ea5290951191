/** Keys, outgoing calls, alerts, the record, room and log. */
import { z } from 'zod';
import { unguessable } from './server.ts';
import { notNegative, setting, text, whole } from './setting.ts';

const keys = { group: 'Keys and secrets' } as const;

export const KEYS = {
  ENCRYPTION_KEY: setting(
    {
      ...keys,
      secret: true,
      description:
        'The key of stored secrets ([keys](../../jobs/connection/KEYS.md)): 32 bytes in base64 or hex. Required with a database of your own.',
    },
    text.optional(),
  ),
  ENCRYPTION_KEYS_OLD: setting(
    { ...keys, secret: true, description: 'Further keys that only open.' },
    text.optional(),
  ),
  ENCRYPTION_KEY_COMMAND: setting(
    { ...keys, description: 'A command that prints the key, such as `vault kv get -field=key secret/omop`.' },
    text.optional(),
  ),
  ENCRYPTION_KEY_COMMAND_SECONDS: setting(
    { ...keys, default: '30', description: 'Time that it has.' },
    whole(0, 999_999, 'expected a whole number of seconds, 0 for no limit').default(30),
  ),
  SEAL_CHUNKS: setting(
    { ...keys, default: 'off', description: '`on`: seals kept lines of patients, too.' },
    z.enum(['on', 'off'], 'expected "on" or "off"').default('off'),
  ),
  ALLOWED_AUDIENCES: setting(
    {
      ...keys,
      description:
        "Further `aud` of client assertions, with blanks between, besides a connection's own servers.",
    },
    text.default('').transform((given) => given.split(/\s+/).filter((one) => one !== '')),
  ),
};

const calls = { group: 'Outgoing calls' } as const;

export const OUTBOUND = {
  HTTPS_PROXY: setting(
    {
      ...calls,
      secret: true,
      example: 'http://proxy.example.org:3128',
      description: 'Proxy of calls by https ([where calls may go](../../jobs/connection/README.md#reach)).',
      formerly: ['https_proxy'],
    },
    text.optional(),
  ),
  NO_PROXY: setting(
    {
      ...calls,
      description: 'Hosts, networks and domains that are asked directly.',
      formerly: ['no_proxy'],
    },
    text.default(''),
  ),
  EXTRA_CA_FILE: setting(
    { ...calls, description: 'Authorities in PEM that are believed besides those of the runtime.' },
    text.optional(),
  ),
};

const alerts = { group: 'Alerts' } as const;

export const ALERTS = {
  ALERT_WEBHOOK_URL: setting(
    {
      ...alerts,
      secret: true,
      description:
        'Where each new [alert](../../jobs/alerts/README.md#alerts) is posted, by https. More of them, and other events: [webhooks](../../jobs/alerts/README.md#webhooks).',
    },
    text.optional(),
  ),
  ALERT_WEBHOOK_SECRET: setting(
    { ...alerts, secret: true, description: 'With which it is signed.' },
    unguessable.optional(),
  ),
};

const record = { group: 'The record' } as const;

export const RECORD = {
  AUDIT_YEARS: setting(
    {
      ...record,
      default: '7',
      description: '[The record](../../jobs/record/README.md) is kept for so many years.',
    },
    whole(1, 99, 'expected whole years, from 1 to 99').default(7),
  ),
  AUDIT_FILE: setting(
    { ...record, description: 'File to which sealed events are added, a line of JSON each.' },
    text.optional(),
  ),
  AUDIT_SYSLOG_URL: setting(
    {
      ...record,
      example: 'tls://siem.example.org:6514',
      description: 'Syslog receiver of the same lines.',
    },
    text.optional(),
  ),
};

const limits = { group: 'Limits and log' } as const;

export const WORKERS = {
  WORKER_THREADS: setting(
    {
      ...limits,
      example: '3',
      description:
        'Threads of a worker for what takes much CPU ([threads](../../app/deploy/README.md#threads)), by default two fewer than there are cores, and 4 at most; `0`: all in one thread.',
    },
    // A run has 32 chunks in the queue at most, of which each thread takes two.
    whole(0, 16, 'expected a whole number of threads, from 0 to 16').optional(),
  ),
};

export const LIMITS = {
  MIN_FREE_DISK_MB: setting(
    {
      ...limits,
      default: '1024',
      description:
        'Downloads and loads of a vocabulary wait while the disk of the embedded database has less room.',
    },
    notNegative.default(1024),
  ),
  MAX_DATABASE_GB: setting(
    { ...limits, description: 'They wait while the database is larger. Left out: that is not looked at.' },
    notNegative.optional(),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    {
      group: 'Limits and log',
      description:
        'Where [traces](../../app/metrics/README.md) are sent, by OTLP over HTTP; the other `OTEL_…` of the standard count, too.',
    },
    text.optional(),
  ),
  LOG_LEVEL: setting(
    {
      ...limits,
      default: 'info',
      description: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    },
    z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'expected fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
  ),
};

const cli = { group: 'The command line' } as const;

export const COMMAND_LINE = {
  FHIR_OMOP_URL: setting(
    {
      ...cli,
      description:
        'The server that [commands](../../app/cli/README.md) ask, in the place of the database here.',
    },
    text.optional(),
  ),
  FHIR_OMOP_TOKEN: setting(
    { ...cli, secret: true, description: 'A token of it ([who may call](../../app/auth/README.md)).' },
    text.optional(),
  ),
};
