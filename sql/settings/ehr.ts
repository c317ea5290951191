/**
 * The connection `env`: one EHR that is set up by the environment alone. Names that begin with PF_ are of an older program
 * whose deployments take this one.
 */
import { z } from 'zod';
import { flag, setting, text, whole } from './setting.ts';

const group = 'One EHR by environment';
/** The older name. */
const formerly = (rest: string) => [`PF_${rest}`];
const DAY_MS = 86_400_000;
/** Printable, without blanks. */
const word = (expected: string) =>
  z
    .string()
    .max(4000, expected)
    .regex(/^[!-~]+$/, expected)
    .optional();
const address = (expected: string) =>
  z
    .url({ protocol: /^https?$/, error: expected })
    .max(4000, expected)
    .optional();

export const EHR = {
  EHR_SYNC_ENABLED: setting(
    {
      group,
      formerly: formerly('SYNC_ENABLED'),
      description:
        '`true`: the [connection `env`](../../jobs/connection/README.md#env) is made, kept as these variables say, and synced. `false`: it is switched off. `released`: it stays as it is and may be changed like any other.',
    },
    z.enum(['true', 'false', 'released'], 'expected true, false or released').optional(),
  ),
  EHR_FHIR_BASE_URL: setting(
    {
      group,
      formerly: formerly('FHIR_BASE_URL'),
      example: 'https://fhir.example.org/api/FHIR/R4',
      description: 'Base of its FHIR R4 server.',
    },
    address('expected an address, such as https://fhir.example.org/api/FHIR/R4'),
  ),
  EHR_TOKEN_ENDPOINT: setting(
    { group, description: 'Its token endpoint; left out: what the server names, on its own host.' },
    address('expected an address, such as https://fhir.example.org/oauth2/token'),
  ),
  EHR_VENDOR: setting(
    { group, description: '`epic`, `cerner` or `other`; left out: by the host of the base URL.' },
    z.enum(['epic', 'cerner', 'other'], 'expected epic, cerner or other').optional(),
  ),
  EHR_CLIENT_ID: setting(
    { group, formerly: formerly('CLIENT_ID'), description: 'Client id that the EHR registered for us.' },
    word('expected a client id without blanks'),
  ),
  EHR_CLIENT_SECRET: setting(
    {
      group,
      secret: true,
      formerly: formerly('CLIENT_SECRET'),
      description: 'Client secret, for servers without asymmetric authentication.',
    },
    text.optional(),
  ),
  EHR_PRIVATE_KEY: setting(
    {
      group,
      secret: true,
      formerly: formerly('PRIVATE_KEY'),
      description: 'Private key in PEM, with line ends or with `\\n` in their place.',
    },
    z
      .string()
      .max(20_000, 'expected a private key in PEM of at most 20,000 characters')
      .regex(/-----BEGIN /, 'expected a private key in PEM, which begins with -----BEGIN')
      .transform((pem) => `${pem.replaceAll('\\n', '\n').trim()}\n`)
      .optional(),
  ),
  EHR_KEY_ID: setting(
    {
      group,
      formerly: formerly('KEY_ID'),
      description: '`kid` of that key, as registered. Left out: its RFC 7638 thumbprint.',
    },
    word('expected a key id without blanks'),
  ),
  EHR_GROUP_ID: setting(
    {
      group,
      formerly: formerly('GROUP_ID'),
      description: 'Group to export. Left out: the whole server; at Epic patient by patient.',
    },
    z
      .string()
      .max(4000)
      .regex(/^(?!\.{1,2}$)[!-.0-~]+$/, 'expected the id of a FHIR Group, without "Group/"')
      .optional(),
  ),
  EHR_IDENTIFIER_SYSTEM: setting(
    {
      group,
      formerly: formerly('IDENTIFIER_SYSTEM'),
      example: 'https://open.epic.com/fhir',
      description:
        'Beginning of the identifier systems that `person_source_value` is taken from first (`mapping.person_identifier_prefix`).',
    },
    z.string().max(500, 'expected at most 500 characters').optional(),
  ),
  EHR_RESOURCE_TYPES: setting(
    {
      group,
      formerly: formerly('RESOURCE_TYPES'),
      example: 'Patient,Encounter,Condition,Observation',
      description: 'Types to export, with commas. Left out: everything that the scopes allow.',
    },
    text
      .default('')
      .transform((given) => given.split(/[\s,]+/).filter((one) => one !== ''))
      .refine(
        (types) => types.every((type) => /^[A-Z][A-Za-z]{1,63}$/.test(type)),
        'expected resource types with commas, such as "Patient,Encounter"',
      ),
  ),
  EHR_SCOPES: setting(
    {
      group,
      default: 'system/*.read',
      formerly: formerly('SCOPES'),
      description: 'Scopes that are asked for, with blanks between.',
    },
    z
      .string()
      .max(4000)
      .transform((given) => given.trim().replaceAll(/\s+/g, ' '))
      .refine(
        (given) => /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(given),
        'expected scopes with blanks between',
      )
      .default('system/*.read'),
  ),
  EHR_SYNC_INTERVAL_MS: setting(
    {
      group,
      default: '86400000',
      formerly: formerly('SYNC_INTERVAL_MS'),
      description: 'From one sync to the next, in milliseconds (24 hours); rounded up to seconds.',
    },
    whole(1000, 365 * DAY_MS, 'expected milliseconds, from 1000 to 31536000000 (a year)').default(DAY_MS),
  ),
  EHR_SYNC_RUN_ON_STARTUP: setting(
    {
      group,
      default: 'false',
      formerly: formerly('SYNC_RUN_ON_STARTUP'),
      description: '`true`: workers that start also start a sync, unless one was begun within ten minutes.',
    },
    flag(),
  ),
  EHR_SYNC_CONFIG: setting(
    {
      group,
      example: '{"limits": {"parallel_downloads": 5}}',
      description:
        'Further settings of the connection, as the JSON of `sync_config` ([connecting](../../jobs/connection/README.md)); a `cron` in its `schedule` takes the place of the interval.',
    },
    text.default('{}').transform((given, context): Record<string, unknown> => {
      try {
        const read: unknown = JSON.parse(given);
        if (typeof read === 'object' && read !== null && !Array.isArray(read)) return { ...read };
      } catch {
        // Told below, without what came.
      }
      context.addIssue('expected a JSON object, such as {"limits": {"parallel_downloads": 5}}');
      return z.NEVER;
    }),
  ),
  EHR_REFUSE_PRIVATE_NETWORKS: setting(
    { group, retired: true, description: 'Has no effect any more.' },
    text.optional(),
  ),
};
