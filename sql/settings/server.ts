/** Where the API listens, and whom it listens to. */
import { z } from 'zod';
import { secretFault } from './secret-strength.ts';
import { flag, setting, text, whole } from './setting.ts';

const group = 'Server';

/** A secret that opens something by itself, so it must not be one that can be guessed. */
export const unguessable = z.string().superRefine((given, context) => {
  const fault = secretFault(given);
  if (fault !== undefined) context.addIssue(fault);
});

export const SERVER = {
  HOST: setting(
    {
      group,
      default: '127.0.0.1',
      description: 'Address that the API listens on ([network](../../app/auth/README.md#network)).',
    },
    z.string().min(1).default('127.0.0.1'),
  ),
  PORT: setting(
    { group, default: '8080', description: 'Its port; 0 for any that is free.' },
    whole(0, 65_535, 'expected a port number, from 0 to 65535').default(8080),
  ),
  ADMIN_TOKEN: setting(
    {
      group,
      secret: true,
      description: 'A bearer token that may do everything ([who may call](../../app/auth/README.md)).',
    },
    unguessable.optional(),
  ),
  TICK_SECRET: setting(
    {
      group,
      secret: true,
      description: 'Bearer token of `POST /internal/tick` ([ticks](../../app/deploy/README.md#ticks)).',
    },
    unguessable.optional(),
  ),
  METRICS_TOKEN: setting(
    {
      group,
      secret: true,
      description:
        'Bearer token of `GET /metrics` ([metrics](../../app/metrics/README.md)). Without it only this machine may ask.',
    },
    unguessable.optional(),
  ),
  TLS_CERT_FILE: setting(
    {
      group,
      description:
        'PEM file of the certificate with its chain: TLS from 1.2 on. A renewed file is used within a minute.',
    },
    text.optional(),
  ),
  TLS_KEY_FILE: setting({ group, description: 'PEM file of its key.' }, text.optional()),
  TRUSTED_PROXIES: setting(
    {
      group,
      example: '10.0.0.0/8, ::1',
      description:
        "Addresses and networks whose `X-Forwarded-For`, `-Host` and `-Proto` count; nobody else's do, and `Forwarded` is not read. The proxy must set all three itself.",
    },
    z
      .string()
      .regex(/^[0-9a-fA-F.:/,\s]*$/, 'expected addresses and networks, such as "10.0.0.0/8, ::1"')
      .default(''),
  ),
  BEHIND_PROXY: setting(
    {
      group,
      default: 'false',
      description:
        "`true`: a proxy speaks TLS, and its address is not known. Callers' addresses are not either then, so none is locked or limited.",
    },
    flag(),
  ),
  PUBLIC_URL: setting(
    {
      group,
      example: 'https://omop.example.org',
      description: 'Where browsers reach the server, without a path.',
    },
    text.optional(),
  ),
  ALLOWED_HOSTS: setting(
    {
      group,
      description:
        'Further names, with commas. Requests for a name that is none of these, no IP address and not localhost are refused (421): DNS rebinding.',
    },
    z
      .string()
      .regex(/^[\sA-Za-z0-9._,-]+$/, 'expected names without port, such as "omop, omop.example.org"')
      .default(''),
  ),
  REQUESTS_PER_MINUTE: setting(
    {
      group,
      default: '1200',
      description:
        'Requests of an address, a tenth of them at once; 0 is no limit. Each process counts for itself.',
    },
    whole(0, 1_000_000, 'expected a number, 0 for no limit').default(1200),
  ),
  VOCABULARY_DIR: setting(
    { group, description: 'Folder from which a vocabulary may be loaded by API.' },
    text.optional(),
  ),
};
