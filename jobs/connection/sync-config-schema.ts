/**
 * What a connection may set in `sync_config`, checked when it is entered. Unknown keys are refused by name, since a
 * misspelt setting that is silently ignored shows only in the data.
 */
import { z } from 'zod';
import { DEFAULT_SETTINGS } from '../map/settings.ts';
import { networkFault } from '../outbound/networks.ts';
import { cronFault, DAYS, leavesTime } from './schedule.ts';
import { typeFilterFault } from './type-filter.ts';

const HOST = /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;
const isHost = (text: string) => HOST.test(text) && URL.canParse(`https://${text}`);
/** ASSERTION_ALGORITHMS of SMART App Launch 2.2 are RS384 and ES384; the others are met in the field. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384'] as const;

function optional<S extends z.ZodType>(schema: S, description: string, standard?: unknown) {
  return schema.optional().meta({ description, ...(standard === undefined ? {} : { default: standard }) });
}

// `abort`: what follows from a time or a zone is not looked at where it is none.
const timeOfDay = (description: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
      error: 'Expected a time of the day from "00:00" to "23:59", such as "07:30".',
      abort: true,
    })
    .meta({ description });

const BlackoutSchema = z
  .strictObject({
    from: timeOfDay('When it begins, such as "07:00".'),
    to: timeOfDay('When it ends; over midnight where that is earlier.'),
    days: optional(z.array(z.enum(DAYS)).min(1).max(DAYS.length), 'Days on which it begins. Left out: all.'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same.')
  .meta({ id: 'Blackout', description: 'A window in which the schedule starts nothing.' });

export const ScheduleSchema = z
  .strictObject({
    cron: optional(
      z.string().superRefine((text, context) => {
        const fault = cronFault(text);
        if (fault) context.addIssue({ code: 'custom', message: `Not a cron expression: ${fault}.` });
      }),
      'Five fields: minute hour day-of-month month day-of-week, as in "30 2 * * *". This, or every_seconds.',
    ),
    every_seconds: optional(
      z.int().min(1).max(31_536_000),
      'From the start of one sync to that of the next, in the place of cron.',
    ),
    timezone: optional(
      z.string().refine(isTimeZone, {
        error: 'Not an IANA time zone, such as "America/New_York".',
        abort: true,
      }),
      'IANA time zone that the cron expression and the blackouts are meant in.',
      'UTC',
    ),
    blackouts: optional(
      z.array(BlackoutSchema).max(20),
      'Windows in which nothing is started. What falls into one is made up for once at its end; what runs goes on.',
      [],
    ),
    jitter_minutes: optional(
      z.int().min(0).max(720),
      'Each sync starts up to so many minutes later, by chance, so that not all begin on the hour.',
      0,
    ),
    run_on_startup: optional(
      z.boolean(),
      'Workers that start also start a sync, unless one was begun within ten minutes.',
      false,
    ),
  })
  .refine(({ cron, every_seconds }) => (cron === undefined) !== (every_seconds === undefined), {
    path: ['cron'],
    message: 'Expected either cron or every_seconds.',
  })
  .refine(leavesTime, { path: ['blackouts'], message: 'The blackouts leave no time.' })
  .meta({
    id: 'Schedule',
    description:
      'When a sync is started. Skipped, and said so, while a run is live; what was missed while nothing ran is made up for once.',
  });

const LimitsSchema = z
  .strictObject({
    parallel_downloads: optional(z.int().min(1).max(20), 'Files downloaded at once from this EHR.', 3),
    parallel_reads: optional(
      z.int().min(1).max(20),
      'Searches and reads of single resources made at once to this EHR.',
      2,
    ),
    requests_per_second: optional(
      z.number().min(0.01).max(1000),
      'Searches sent to this EHR, by all workers together.',
      10,
    ),
    poll_min_seconds: optional(z.number().min(0).max(3600), 'Never poll the export more often than this.', 1),
    poll_max_seconds: optional(
      z.number().min(1).max(86_400),
      'Never wait longer than this between two polls.',
      600,
    ),
    export_max_files: optional(
      z.int().min(1).max(10_000_000),
      'A manifest that names more files is not believed: the run fails.',
      1_000_000,
    ),
    export_max_file_bytes: optional(
      z.int().min(1024).max(Number.MAX_SAFE_INTEGER),
      'A file that is longer (without compression) is given up; the others are loaded.',
      256 * 1024 ** 3,
    ),
    export_max_hours: optional(
      z.number().min(0.01).max(2160),
      'A run fails whose export takes longer, or that asks by searches and reads for longer (a retry goes on for as long again).',
      168,
    ),
    vanished_percent: optional(
      z.number().min(0).max(100),
      'A reconciliation that finds a greater share of the stored resources vanished removes them only with an explicit override.',
      5,
    ),
    max_line_bytes: optional(
      z
        .int()
        .min(1024)
        .max(512 * 1024 * 1024),
      'A longer NDJSON line is a failure, and is skipped.',
      64 * 1024 * 1024,
    ),
    chunk_bytes: optional(
      z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024),
      'Bytes of NDJSON that are mapped in one transaction.',
      2 * 1024 * 1024,
    ),
    backlog_bytes: optional(
      z.int().min(1024).max(Number.MAX_SAFE_INTEGER),
      'Downloads pause while more text (without compression) waits to be mapped, and go on at half of it.',
      2 * 1024 ** 3,
    ),
  })
  .refine((limits) => (limits.poll_min_seconds ?? 1) <= (limits.poll_max_seconds ?? 600), {
    path: ['poll_min_seconds'],
    message: 'poll_min_seconds is longer than poll_max_seconds.',
  })
  .meta({
    id: 'SyncLimits',
    description: 'Bounds of what one sync may take from the EHR and from the worker.',
  });

const SearchSchema = z
  .strictObject({
    count: optional(z.int().min(1).max(1000), 'Resources on a page (_count).', 100),
    categories: optional(
      z.record(z.string().regex(/^[A-Z][A-Za-z]{1,63}$/), z.array(z.string().min(1).max(200)).max(50)),
      'By type: categories that are asked for, one search each; an empty list for no category. Left out: what the vendor demands.',
      {},
    ),
  })
  .meta({ id: 'SyncSearch', description: 'How searches are made (level "search").' });

/** An id of FHIR, or longer as some servers have them. */
const PATIENT_ID = /^[A-Za-z0-9.\-_]{1,200}$/;

const CohortSchema = z
  .strictObject({
    patients: optional(
      z.array(z.string().regex(PATIENT_ID, 'Expected the id of a Patient.')).max(50_000),
      'Ids of Patients.',
      [],
    ),
    identifiers: optional(
      z
        .array(
          z
            .string()
            .max(500)
            .regex(/^[^|]{0,250}\|[^|]{1,250}$/, 'Expected system|value.'),
        )
        .max(50_000),
      'Business identifiers, `system|value`. Each is looked for; what is not one Patient is listed in the view crawl_cohort.',
      [],
    ),
  })
  .meta({
    id: 'SyncCohort',
    description:
      'Whom searches are about. Left out: the members of group_id, else all Patients of the server.',
  });

/** What exports leave out and the mapping can use; `Medication` is what it cannot do without. */
const HYDRATED = [
  'Medication',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Device',
  'Encounter',
  'Observation',
] as const;

const HydrateSchema = z
  .strictObject({
    types: optional(
      z.array(z.enum(HYDRATED)),
      'Types that are asked for when something refers to one that did not come.',
      ['Medication'],
    ),
    notes: optional(
      z.boolean(),
      'Ask for the text of documents and reports whose attachments come by URL alone: plain text, HTML, XML (also CDA) and RTF, of the FHIR server, token_hosts and allowed_hosts.',
      false,
    ),
    notes_max_bytes: optional(
      z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024),
      'A longer attachment is not taken.',
      4 * 1024 * 1024,
    ),
    retry_after_days: optional(
      z.int().min(0).max(3650),
      'What did not come is asked for again after so many days, and so is, by a full sync, what came.',
      30,
    ),
  })
  .meta({
    id: 'SyncHydrate',
    description:
      'Ask the server, one by one, for what its exports refer to and leave out. Left out: nothing is asked for.',
  });

const AuthSchema = z
  .strictObject({
    key_id: optional(
      z.string().min(1).max(4000),
      '`kid` of the client assertion with a key that was entered. Left out: the RFC 7638 thumbprint of the public key.',
    ),
    algorithm: optional(
      z.enum(ALGORITHMS),
      'Signature of the client assertion. Left out: what the server lists and the key can; RS384 or ES384 first.',
    ),
    audience: optional(
      z.string().min(1).max(4000),
      '`aud` of the client assertion, for servers that want another than their token endpoint: an address on its host or on that of the FHIR server, or one that the installation allows (ALLOWED_AUDIENCES).',
    ),
    token_auth: optional(
      z.enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post']),
      'How the client proves itself. Left out: private_key_jwt with a private key, else client_secret_basic.',
    ),
    rotate_days: optional(
      z.int().min(30).max(3650),
      'Days after which another key takes over from one that was made here. Needs jwks_url: the EHR must read our keys. Left out: by command only.',
    ),
    overlap_days: optional(
      z.int().min(1).max(29),
      'Days that a key is published before it signs, and after it has signed.',
      7,
    ),
  })
  .meta({ id: 'SyncAuth', description: 'Departures from SMART Backend Services that a server asks for.' });

const RetentionSchema = z
  .strictObject({
    chunks_days: optional(
      z.union([z.int().min(0).max(3650), z.literal('keep')]),
      'Days that the exported lines are kept, so that a new vocabulary can be applied without a new export; "keep": for ever.',
      30,
    ),
    server_text_hours: optional(
      z.int().min(0).max(168),
      'Hours for which the words are kept that the EHR refuses something with, for administrators. They may name patients; 0: not kept, only codes.',
      0,
    ),
  })
  .meta({ id: 'SyncRetention', description: 'How long what was received is kept.' });

export const ALERT_KINDS = [
  'unmapped-jump',
  'volume-far',
  'run-long',
  'run-failed',
  'watermark-held',
  'connection-silent',
  'nothing-received',
  'type-missing',
  'many-parked',
  'certificate-expires',
] as const;

/** Of the installation, which no connection can turn off. */
export const INSTALLATION_ALERT_KINDS = ['credentials-guessed'] as const;

const AlertsSchema = z
  .strictObject({
    off: optional(z.array(z.enum(ALERT_KINDS)), 'Kinds of alerts that are not raised.', []),
    history_runs: optional(
      z.int().min(2).max(100),
      'Completed runs of the same mode that a run is compared with.',
      10,
    ),
    min_runs: optional(z.int().min(1).max(100), 'With fewer of them nothing is compared.', 3),
    min_records: optional(z.int().min(1), 'Smaller numbers of resources or rows are not compared.', 100),
    unmapped_points: optional(
      z.number().min(0).max(100),
      'Percentage points by which the share without a Standard concept may exceed the median.',
      5,
    ),
    volume_factor: optional(z.number().min(1), 'How many times more or less than the median is far.', 3),
    duration_factor: optional(z.number().min(1), 'How many times the median is long.', 3),
    duration_minutes: optional(z.number().min(0), 'A shorter run is never long.', 15),
    silent_hours: optional(
      z.number().min(0),
      'Hours after a scheduled sync was due and none was completed.',
      12,
    ),
  })
  .meta({ id: 'SyncAlerts', description: 'When a person is told of a run or its absence.' });

const MappingSchema = z
  .strictObject({
    person_source_value: optional(
      z.enum(['identifier', 'resource-id']),
      'What person_source_value holds: an identifier of the Patient, or its resource id.',
      DEFAULT_SETTINGS.personSourceValue,
    ),
    person_identifier_system: optional(
      z.string().min(1).max(500),
      'Identifier system preferred for person_source_value.',
    ),
    person_identifier_prefix: optional(
      z.string().min(1).max(500),
      'Beginning of identifier systems preferred for it, where person_identifier_system finds none.',
    ),
    address: optional(
      z.enum(['state', 'zip3', 'full']),
      'How much of a home address the location row holds.',
      DEFAULT_SETTINGS.address,
    ),
    provisional_conditions: optional(
      z.enum(['condition', 'observation']),
      'Where provisional and differential diagnoses go.',
      DEFAULT_SETTINGS.provisionalConditions,
    ),
    medication_request_intents: optional(
      z.array(z.string().min(1).max(64)).max(20),
      'Intents of MedicationRequest that are loaded.',
      [...DEFAULT_SETTINGS.medicationRequestIntents],
    ),
    panel_parents: optional(
      z.boolean(),
      'Also write a panel without a value of its own whose components carry the values.',
      DEFAULT_SETTINGS.panelParents,
    ),
    valueless_observations: optional(
      z.boolean(),
      'Also write observations without a value or with a dataAbsentReason.',
      DEFAULT_SETTINGS.valuelessObservations,
    ),
    earliest_year: optional(
      z.number().int().min(2).max(9998),
      'First year in which a date is taken for one. Data with shifted dates may need another.',
      DEFAULT_SETTINGS.earliestYear,
    ),
    latest_year: optional(
      z.number().int().min(2).max(9998),
      'Last year in which a date is taken for one. Data with shifted dates may need another.',
      DEFAULT_SETTINGS.latestYear,
    ),
    unknown_procedures: optional(
      z.boolean(),
      'Also load procedures whose status is unknown: for sources that send all of theirs so.',
      DEFAULT_SETTINGS.unknownProcedures,
    ),
    emergency_admissions: optional(
      z.enum(['inpatient', 'emergency-and-inpatient']),
      'Kind of visit of a stay that was admitted from the emergency room: 9201, or 262.',
      DEFAULT_SETTINGS.emergencyAdmissions,
    ),
    implausible_events: optional(
      z.enum(['load', 'exclude']),
      'Events before birth, more than 60 days after death or after the day of the extract: loaded and found by the quality checks, or left out.',
      DEFAULT_SETTINGS.implausibleEvents,
    ),
    timezone: optional(
      z.string().refine(isTimeZone, 'Not an IANA time zone, such as "America/New_York".'),
      'Instants with another offset are moved to this zone. Left out: the wall-clock time as sent is kept.',
    ),
    code_systems: optional(
      z.record(z.string().min(1).max(500), z.string().min(1).max(20)),
      'Further code systems: URI or OID to vocabulary_id of the loaded vocabulary.',
      {},
    ),
  })
  .meta({
    id: 'SyncMapping',
    description: 'Switches of the mapping, one for each point on which the authorities disagree.',
  });

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

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
