/** A connection as it is sent and as it is answered. Secrets go in only; what comes out says whether there is one. */
import { z } from '@hono/zod-openapi';
import { SyncConfigSchema } from '../../jobs/connection/sync-config-schema.ts';
import { RESOURCE_TYPES } from '../../jobs/fhir/resource-types.ts';

/** Of what servers choose: some give ids that are tokens. */
const LONGEST = 4000;

const url = (description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .max(LONGEST)
    .describe(description);

const fields = {
  site_name: z.string().trim().min(1).max(200).describe('Name of the site, for people.'),
  site_key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Expected lower-case letters, digits, "-" and "_", at most 63.')
    .describe('Name of the site, for machines: unique, lower case.'),
  ehr_vendor: z.enum(['epic', 'cerner', 'other']).describe("Chooses the vendor's mapping preset."),
  fhir_base_url: url(
    'Base of the FHIR R4 server. https, or http on this machine. Null for a site whose exports are delivered as files.',
  ).nullable(),
  token_endpoint: url(
    'OAuth token endpoint. Null: read from .well-known/smart-configuration of the FHIR server.',
  ).nullable(),
  client_id: z.string().min(1).max(LONGEST).nullable().describe('Client id that the EHR registered for us.'),
  jwks_url: url('Where our public keys are published, as registered at the EHR; sent as `jku`.').nullable(),
  scopes: z
    .string()
    .trim()
    .regex(
      /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
      'Expected scopes with one blank between.',
    )
    .max(LONGEST)
    .describe('OAuth scopes that are asked for, with blanks between.'),
  group_id: z
    .string()
    .regex(/^(?!\.{1,2}$)[!-.0-~]+$/, 'Expected the id of a FHIR Group, without "Group/".')
    .max(LONGEST)
    .nullable()
    .describe('Group to export. Null: the whole server, or as sync_config.level says.'),
  export_resource_types: z
    .array(
      z.string().refine((type) => RESOURCE_TYPES.has(type), {
        error: 'Expected a resource type of FHIR R4, such as "Patient", in its own spelling.',
      }),
    )
    .max(150)
    .describe('_type of the export. Empty: everything that the scopes allow.'),
  target_source: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .nullable()
    .describe('Name of the source in the CDM (cdm_source). Null: site_name.'),
  incremental_enabled: z.boolean().describe('Ask only for what changed since the last sync (`_since`).'),
  sync_config: SyncConfigSchema,
  is_active: z.boolean().describe('Whether syncs may be started, by hand or by schedule.'),
};

const secrets = {
  private_key_pem: z
    .string()
    .min(1)
    .max(20_000)
    .nullable()
    .optional()
    .describe('Private key in PEM: RSA from 2048 bits, or EC P-384 or P-256. Write-only, stored encrypted.')
    .openapi({ writeOnly: true }),
  client_secret: z
    .string()
    .min(1)
    .max(5000)
    .nullable()
    .optional()
    .describe(
      'OAuth client secret, for servers without asymmetric authentication. Write-only, stored encrypted.',
    )
    .openapi({ writeOnly: true }),
  client_certificate_pem: z
    .string()
    .min(1)
    .max(60_000)
    .nullable()
    .optional()
    .describe(
      'Certificate in PEM that is shown to the FHIR and token servers of this connection which ask for one (mTLS), with ' +
        'those between it and its authority behind it. Given with its key. Write-only.',
    )
    .openapi({ writeOnly: true }),
  client_certificate_key_pem: z
    .string()
    .min(1)
    .max(20_000)
    .nullable()
    .optional()
    .describe('Private key of client_certificate_pem in PEM. Write-only, stored encrypted.')
    .openapi({ writeOnly: true }),
};

export const CreateConnectionSchema = z
  .strictObject({
    site_name: fields.site_name,
    site_key: fields.site_key,
    ehr_vendor: fields.ehr_vendor.default('other'),
    fhir_base_url: fields.fhir_base_url.default(null),
    token_endpoint: fields.token_endpoint.default(null),
    client_id: fields.client_id.default(null),
    jwks_url: fields.jwks_url.default(null),
    scopes: fields.scopes.default('system/*.read'),
    group_id: fields.group_id.default(null),
    export_resource_types: fields.export_resource_types.default([]),
    target_source: fields.target_source.default(null),
    incremental_enabled: fields.incremental_enabled
      .optional()
      .describe(
        'Ask only for what changed since the last sync (`_since`). Left out: true, but false for epic, which has no `_since`.',
      ),
    sync_config: fields.sync_config.optional(),
    is_active: fields.is_active.default(true),
    ...secrets,
  })
  .openapi('CreateConnection');

export const UpdateConnectionSchema = z
  .strictObject({ ...z.object(fields).partial().shape, ...secrets })
  .openapi('UpdateConnection', {
    description:
      'Fields that are given are replaced; others stay. Null clears a field. Credentials stay, unless what says where ' +
      'they go is changed and they are not given again (`credentials_cleared`).',
  });

export const ConnectionSchema = z
  .object({
    connection_id: z.number().int().describe('Number of the connection.'),
    ...fields,
    cohort_size: z
      .object({
        patients: z.number().int().describe('Ids of Patients.'),
        identifiers: z.number().int().describe('Business identifiers.'),
      })
      .nullable()
      .describe('How many sync_config.cohort names; whom, only admins are shown. Null: it names nobody.'),
    has_private_key: z.boolean().describe('Whether a private key is stored.'),
    has_client_secret: z.boolean().describe('Whether a client secret is stored.'),
    client_certificate_expires_at: z.iso
      .datetime()
      .nullable()
      .describe('When the client certificate expires. Null: there is none.'),
    credentials_cleared: z
      .array(z.string())
      .describe(
        'Settings whose change has cleared the credentials, or the client certificate alone, since they say where ' +
          'credentials go. Enter them again; a certificate that is not needed any more is cleared by null. Empty: ' +
          'none were cleared.',
      ),
    managed_by: z
      .enum(['environment'])
      .nullable()
      .describe(
        'environment: its settings are the EHR_… variables, and are changed there. Null: they are changed here.',
      ),
    watermark: z
      .string()
      .nullable()
      .describe(
        'transactionTime of the last sync that loaded everything; the next `_since`. Null: the next is full.',
      ),
    last_sync_at: z.iso
      .datetime()
      .nullable()
      .describe('When the last run ended, or started while it is live.'),
    last_sync_status: z.string().nullable().describe('Status of the last run.'),
    created_at: z.iso.datetime().describe('When the connection was created.'),
    updated_at: z.iso.datetime().describe('When it was last changed.'),
  })
  .openapi('Connection');

export type ConnectionResource = z.infer<typeof ConnectionSchema>;
export type CreateConnection = z.infer<typeof CreateConnectionSchema>;
export type UpdateConnection = z.infer<typeof UpdateConnectionSchema>;
