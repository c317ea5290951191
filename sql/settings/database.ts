/** Which database is used, and how it is spoken to. */
import { z } from 'zod';
import { CDM_VERSIONS, DEFAULT_CDM_VERSION } from '../cdm-version.ts';
import { DEFAULT_SCHEMAS } from '../default-schemas.ts';
import { setting, text, whole } from './setting.ts';

const group = 'Database';
const url = z
  .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:5432/database' })
  .optional();
const schemaName = (standard: string) =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected a lower-case schema name, such as "cdm"')
    .default(standard);
const file = text.optional();

export const DATABASE = {
  DATABASE_URL: setting(
    {
      group,
      secret: true,
      example: 'postgres://omop@db.example.org:5432/omop',
      description: 'Your Postgres (15 or later), by the owner of the tables. Left out: an embedded one.',
    },
    url,
  ),
  WORKER_DATABASE_URL: setting(
    { group, secret: true, description: 'Login of the workers ([roles](../README.md#database-roles)).' },
    url,
  ),
  API_DATABASE_URL: setting(
    { group, secret: true, description: 'Login of the API ([roles](../README.md#database-roles)).' },
    url,
  ),
  DATA_DIR: setting(
    { group, default: './.data', description: 'Folder of the embedded database and its key.' },
    z.string().default('./.data'),
  ),
  CDM_VERSION: setting(
    {
      group,
      default: DEFAULT_CDM_VERSION,
      description:
        'Version of the CDM of a new database: 5.4 or [5.5](../README.md#cdm-55). One that exists keeps its own.',
    },
    z.enum(CDM_VERSIONS, `expected ${CDM_VERSIONS.join(' or ')}`).optional(),
  ),
  CDM_SCHEMA: setting(
    { group, default: DEFAULT_SCHEMAS.cdm, description: 'Schema of the CDM.' },
    schemaName(DEFAULT_SCHEMAS.cdm),
  ),
  SYNC_SCHEMA: setting(
    { group, default: DEFAULT_SCHEMAS.sync, description: 'Schema of our own tables and views.' },
    schemaName(DEFAULT_SCHEMAS.sync),
  ),
  QUEUE_SCHEMA: setting(
    { group, default: DEFAULT_SCHEMAS.queue, description: 'Schema of the queue.' },
    schemaName(DEFAULT_SCHEMAS.queue),
  ),
  PGSSLMODE: setting(
    {
      group,
      description: '[TLS to the database](../README.md#sslmode), where `DATABASE_URL` says nothing of it.',
    },
    z
      .enum(
        ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
        'expected disable, allow, prefer, require, verify-ca or verify-full',
      )
      .optional(),
  ),
  PGSSLROOTCERT: setting({ group, description: "File with the authority's certificate, or `system`." }, file),
  PGSSLCERT: setting({ group, description: 'File with the certificate of the client.' }, file),
  PGSSLKEY: setting({ group, description: 'File with its key.' }, file),
  PGSSLNEGOTIATION: setting(
    { group, description: '`direct`: TLS from the first byte.' },
    z.enum(['postgres', 'direct'], 'expected postgres or direct').optional(),
  ),
  STATEMENT_TIMEOUT_SECONDS: setting(
    { group, default: '30', description: 'Longest statement of an API request; 0 is no limit.' },
    whole(0, 86_400, 'expected seconds, 0 for no limit').default(30),
  ),
  LOCK_TIMEOUT_SECONDS: setting(
    {
      group,
      default: '60',
      description: 'Longest wait of a step for a lock, after which it is tried again; 0 is no limit.',
    },
    whole(0, 999_999, 'expected a whole number of seconds, 0 for no limit').default(60),
  ),
};
