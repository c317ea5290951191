/**
 * What a connection may set in `sync_config`, checked when it is entered. Unknown keys are refused by name, since a
 * misspelt setting that is silently ignored shows only in the data.
 */
import { z } from 'zod';
import { networkFault } from '../outbound/networks.ts';
import { AlertsSchema } from './settings/alerts.ts';
import { AuthSchema } from './settings/auth.ts';
import { HydrateSchema } from './settings/hydrate.ts';
import { LimitsSchema } from './settings/limits.ts';
import { MappingSchema } from './settings/mapping.ts';
import { optional } from './settings/optional.ts';
import { RetentionSchema } from './settings/retention.ts';
import { ScheduleSchema } from './settings/schedule.ts';
import { CohortSchema, SearchSchema } from './settings/searches.ts';
import { typeFilterFault } from './type-filter.ts';

const HOST = /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;
const isHost = (text: string) => HOST.test(text) && URL.canParse(`https://${text}`);

export const SyncConfigSchema = z
  .strictObject({
    level: optional(
      z.enum(['system', 'patient', 'group', 'search']),
      'Export of the whole server, of all patients, or of one Group; or searches patient by patient. Left out: group with a group_id, else search for Epic and system for others.',
    ),
    kick_off_method: optional(
      z.enum(['GET', 'POST']),
      'How the export is asked for. Left out: GET, or POST where the server says that it speaks Bulk Data 4 or refuses GET.',
    ),
    bulk_data_version: optional(
      z.int().min(1).max(4),
      'Version of the Bulk Data guide that the server speaks. Left out: what its CapabilityStatement says.',
    ),
    separate_export_status: optional(
      z.boolean(),
      'Prefer separate-export-status (Bulk Data 3). The header X-Export-Status is read whether asked for or not.',
      false,
    ),
    list_style: optional(
      z.enum(['comma', 'repeat']),
      'Several types in one comma-separated parameter (every server up to Bulk Data 3), or one parameter each.',
      'comma',
    ),
    type_filters: optional(
      z
        .array(
          z
            .string()
            .max(2000)
            .superRefine((text, context) => {
              const fault = typeFilterFault(text);
              if (fault) context.addIssue({ code: 'custom', message: fault });
            }),
        )
        .max(50),
      '_typeFilter: FHIR searches such as "Observation?category=laboratory", one each. None of _sort, _include and their like.',
      [],
    ),
    elements: optional(
      z.array(z.string().min(1).max(200)).max(100),
      '_elements: elements to keep, such as "Patient.birthDate". Such resources are incomplete.',
      [],
    ),
    output_format: optional(z.string().min(1).max(100), '_outputFormat, for servers that insist on one.'),
    include_associated_data: optional(
      z.array(z.string().min(1).max(200)).max(10),
      'includeAssociatedData, such as "LatestProvenanceResources".',
      [],
    ),
    allow_partial_manifests: optional(
      z.boolean(),
      'Ask for the files that are done while the export goes on (Bulk Data 3, allowPartialManifests), and download them.',
      false,
    ),
    short_files: optional(
      z.enum(['warn', 'hold']),
      'A file with fewer lines than its manifest announces, at two readings: tell it, or also hold the watermark.',
      'warn',
    ),
    unreadable_lines: optional(
      z.enum(['hold', 'warn']),
      'A line that is no JSON, no resource, too long or damaged: hold the watermark until an export comes without, or only list it as failed.',
      'hold',
    ),
    missing_scopes: optional(
      z.enum(['warn', 'fail']),
      'The server grants fewer scopes than were asked for: tell it and go on without those types, or fail the run.',
      'warn',
    ),
    group_membership: optional(
      z.enum(['off', 'request']),
      'Ask a Group for its members before each export: who joined gets their whole history, who left is reported.',
      'off',
    ),
    since_overlap_seconds: optional(
      z.int().min(0).max(31_536_000),
      'The next _since is this much earlier than the last transactionTime (searches: at least 300). Repeats cost nothing: they are recognised.',
      0,
    ),
    schedule: ScheduleSchema.optional(),
    limits: LimitsSchema.optional(),
    search: SearchSchema.optional(),
    cohort: CohortSchema.optional(),
    hydrate: HydrateSchema.optional(),
    auth: AuthSchema.optional(),
    token_hosts: optional(
      z
        .array(
          z
            .string()
            .refine(isHost, 'Expected a host, such as "files.example.org" or "auth.example.org:8443".'),
        )
        .max(20),
      'Hosts besides the FHIR server that may be sent credentials and the access token. Without a port: that of https.',
      [],
    ),
    allowed_networks: optional(
      z
        .array(
          z
            .string()
            .max(60)
            .superRefine((text, context) => {
              const fault = networkFault(text);
              if (fault) context.addIssue({ code: 'custom', message: fault });
            }),
        )
        .max(50),
      'Addresses and networks besides public ones that this connection may reach, such as "10.1.0.0/16". Cloud metadata never.',
      [],
    ),
    allowed_hosts: optional(
      z
        .array(
          z
            .string()
            .max(260)
            .refine(
              (text) => isHost(text.replace(/^\*\./, '')) && !/:\d+$/.test(text),
              'Expected a host without a port, such as "files.example.org" or "*.storage.example.org".',
            ),
        )
        .max(50),
      'Behind a proxy, which looks names up: hosts of files and pages besides those that the connection names.',
      [],
    ),
    allow_http: optional(
      z.boolean(),
      'Accept http: to hosts other than this machine. Everything, tokens too, then travels in the clear.',
      false,
    ),
    unmapped_text_persons: optional(
      z.int().min(1).max(1000),
      'From so many persons on the worklist of unmapped codes shows words that stand in place of a code, and what the EHR calls a code. Fewer are counted without a text, which may name a patient.',
      5,
    ),
    retention: RetentionSchema.optional(),
    alerts: AlertsSchema.optional(),
    mapping: MappingSchema.optional(),
  })
  .meta({ id: 'SyncConfig', description: 'How this connection is synced. Unknown keys are refused.' });

/** As given and stored. */
export type SyncConfigInput = z.infer<typeof SyncConfigSchema>;
