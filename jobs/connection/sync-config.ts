/**
 * The settings of a connection with the default of everything that was not set. What is stored stays what was given,
 * so that a better default reaches connections that never chose one.
 */

import { DEFAULT_SETTINGS, type MappingSettings } from '../map/settings.ts';
import { syncError } from '../step/errors.ts';
import { type SyncConfigInput, SyncConfigSchema } from './sync-config-schema.ts';

const DEFAULTS = {
  list_style: 'comma',
  separate_export_status: false,
  allow_partial_manifests: false,
  short_files: 'warn',
  unreadable_lines: 'hold',
  missing_scopes: 'warn',
  group_membership: 'off',
  since_overlap_seconds: 0,
  allow_http: false,
  unmapped_text_persons: 5,
  limits: {
    parallel_downloads: 3,
    parallel_reads: 2,
    requests_per_second: 10,
    poll_min_seconds: 1,
    poll_max_seconds: 600,
    export_max_files: 1_000_000,
    export_max_file_bytes: 256 * 1024 ** 3,
    export_max_hours: 168,
    vanished_percent: 5,
    max_line_bytes: 64 * 1024 * 1024,
    chunk_bytes: 2 * 1024 * 1024,
    backlog_bytes: 2 * 1024 ** 3,
  },
  search: { count: 100 },
  hydrate: {
    ...{ types: ['Medication'], notes: false, notes_max_bytes: 4 * 1024 * 1024, retry_after_days: 30 },
  },
  retention: { chunks_days: 30, server_text_hours: 0 },
  alerts: {
    ...{ history_runs: 10, min_runs: 3, min_records: 100, unmapped_points: 5, volume_factor: 3 },
    ...{ duration_factor: 3, duration_minutes: 15, silent_hours: 12 },
  },
} as const;

/** With the defaults of everything that has one. Reads its own result as well. */
export function readSyncConfig(json: unknown) {
  const given = parse(json ?? {});
  return {
    level: given.level,
    kick_off_method: given.kick_off_method,
    bulk_data_version: given.bulk_data_version,
    separate_export_status: given.separate_export_status ?? DEFAULTS.separate_export_status,
    list_style: given.list_style ?? DEFAULTS.list_style,
    type_filters: given.type_filters ?? [],
    elements: given.elements ?? [],
    output_format: given.output_format,
    include_associated_data: given.include_associated_data ?? [],
    allow_partial_manifests: given.allow_partial_manifests ?? DEFAULTS.allow_partial_manifests,
    short_files: given.short_files ?? DEFAULTS.short_files,
    unreadable_lines: given.unreadable_lines ?? DEFAULTS.unreadable_lines,
    missing_scopes: given.missing_scopes ?? DEFAULTS.missing_scopes,
    group_membership: given.group_membership ?? DEFAULTS.group_membership,
    since_overlap_seconds: given.since_overlap_seconds ?? DEFAULTS.since_overlap_seconds,
    schedule: given.schedule && { ...given.schedule, timezone: given.schedule.timezone ?? 'UTC' },
    limits: {
      parallel_downloads: given.limits?.parallel_downloads ?? DEFAULTS.limits.parallel_downloads,
      parallel_reads: given.limits?.parallel_reads ?? DEFAULTS.limits.parallel_reads,
      requests_per_second: given.limits?.requests_per_second ?? DEFAULTS.limits.requests_per_second,
      poll_min_seconds: given.limits?.poll_min_seconds ?? DEFAULTS.limits.poll_min_seconds,
      poll_max_seconds: given.limits?.poll_max_seconds ?? DEFAULTS.limits.poll_max_seconds,
      export_max_files: given.limits?.export_max_files ?? DEFAULTS.limits.export_max_files,
      export_max_file_bytes: given.limits?.export_max_file_bytes ?? DEFAULTS.limits.export_max_file_bytes,
      export_max_hours: given.limits?.export_max_hours ?? DEFAULTS.limits.export_max_hours,
      vanished_percent: given.limits?.vanished_percent ?? DEFAULTS.limits.vanished_percent,
      max_line_bytes: given.limits?.max_line_bytes ?? DEFAULTS.limits.max_line_bytes,
      chunk_bytes: given.limits?.chunk_bytes ?? DEFAULTS.limits.chunk_bytes,
      backlog_bytes: given.limits?.backlog_bytes ?? DEFAULTS.limits.backlog_bytes,
    },
    search: {
      count: given.search?.count ?? DEFAULTS.search.count,
      categories: given.search?.categories ?? {},
    },
    cohort: given.cohort && {
      patients: given.cohort.patients ?? [],
      identifiers: given.cohort.identifiers ?? [],
    },
    hydrate: given.hydrate && {
      types: given.hydrate.types ?? DEFAULTS.hydrate.types,
      notes: given.hydrate.notes ?? DEFAULTS.hydrate.notes,
      notes_max_bytes: given.hydrate.notes_max_bytes ?? DEFAULTS.hydrate.notes_max_bytes,
      retry_after_days: given.hydrate.retry_after_days ?? DEFAULTS.hydrate.retry_after_days,
    },
    auth: given.auth ?? {},
    token_hosts: given.token_hosts ?? [],
    allowed_networks: given.allowed_networks ?? [],
    allowed_hosts: given.allowed_hosts ?? [],
    allow_http: given.allow_http ?? DEFAULTS.allow_http,
    unmapped_text_persons: given.unmapped_text_persons ?? DEFAULTS.unmapped_text_persons,
    retention: {
      chunks_days: given.retention?.chunks_days ?? DEFAULTS.retention.chunks_days,
      server_text_hours: given.retention?.server_text_hours ?? DEFAULTS.retention.server_text_hours,
    },
    alerts: withAlertDefaults(given),
    mapping: given.mapping ?? {},
  };
}

/** Also of settings that cannot be used: that they cannot is worth an alert. */
export function alertSettings(json: unknown) {
  return withAlertDefaults(SyncConfigSchema.safeParse(json ?? {}).data ?? {});
}

function withAlertDefaults({ alerts = {} }: SyncConfigInput) {
  return {
    off: alerts.off ?? [],
    history_runs: alerts.history_runs ?? DEFAULTS.alerts.history_runs,
    min_runs: alerts.min_runs ?? DEFAULTS.alerts.min_runs,
    min_records: alerts.min_records ?? DEFAULTS.alerts.min_records,
    unmapped_points: alerts.unmapped_points ?? DEFAULTS.alerts.unmapped_points,
    volume_factor: alerts.volume_factor ?? DEFAULTS.alerts.volume_factor,
    duration_factor: alerts.duration_factor ?? DEFAULTS.alerts.duration_factor,
    duration_minutes: alerts.duration_minutes ?? DEFAULTS.alerts.duration_minutes,
    silent_hours: alerts.silent_hours ?? DEFAULTS.alerts.silent_hours,
  };
}

export type AlertSettings = ReturnType<typeof alertSettings>;

export type SyncConfig = ReturnType<typeof readSyncConfig>;

export interface Levelled {
  readonly group_id: string | null;
  readonly ehr_vendor: string;
  readonly config: Pick<SyncConfig, 'level'>;
}

/** The level that is exported: a Group wherever one is named; Epic exports nothing but Groups. */
export function exportLevel({ group_id, ehr_vendor, config }: Levelled) {
  return config.level ?? (group_id ? 'group' : ehr_vendor === 'epic' ? 'search' : 'system');
}

export interface MappedConnection {
  readonly fhir_base_url: string | null;
  readonly ehr_vendor: string;
  readonly config: SyncConfig;
}

/** What the pure mappers are told of a connection. */
export function mappingSettings(connection: MappedConnection): MappingSettings {
  const { mapping } = connection.config;
  const vendor = connection.ehr_vendor;
  return {
    ...DEFAULT_SETTINGS,
    fhirBaseUrl: connection.fhir_base_url ?? '',
    vendor: vendor === 'epic' || vendor === 'cerner' ? vendor : 'other',
    personSourceValue: mapping.person_source_value ?? DEFAULT_SETTINGS.personSourceValue,
    personIdentifierSystem: mapping.person_identifier_system,
    // Only where it is set: a setting more would be another mapping version of everything that is loaded.
    ...(mapping.person_identifier_prefix === undefined
      ? {}
      : { personIdentifierPrefix: mapping.person_identifier_prefix }),
    address: mapping.address ?? DEFAULT_SETTINGS.address,
    provisionalConditions: mapping.provisional_conditions ?? DEFAULT_SETTINGS.provisionalConditions,
    medicationRequestIntents: mapping.medication_request_intents ?? DEFAULT_SETTINGS.medicationRequestIntents,
    panelParents: mapping.panel_parents ?? DEFAULT_SETTINGS.panelParents,
    valuelessObservations: mapping.valueless_observations ?? DEFAULT_SETTINGS.valuelessObservations,
    earliestYear: mapping.earliest_year ?? DEFAULT_SETTINGS.earliestYear,
    latestYear: mapping.latest_year ?? DEFAULT_SETTINGS.latestYear,
    unknownProcedures: mapping.unknown_procedures ?? DEFAULT_SETTINGS.unknownProcedures,
    emergencyAdmissions: mapping.emergency_admissions ?? DEFAULT_SETTINGS.emergencyAdmissions,
    implausibleEvents: mapping.implausible_events ?? DEFAULT_SETTINGS.implausibleEvents,
    timezone: mapping.timezone,
    codeSystems: mapping.code_systems ?? DEFAULT_SETTINGS.codeSystems,
    // Not there where it is off: what was mapped before it was known has the same settings.
    ...(connection.config.hydrate?.notes ? { attachmentsByUrl: true } : {}),
  };
}

/**
 * Every step reads the settings of its connection anew, and to check them takes some time; by their text. Long ones, which
 * name a cohort, are not kept in memory.
 */
const checked = new Map<string, SyncConfigInput>();
const REMEMBERED = { settings: 100, characters: 16_384 };

function parse(json: unknown): SyncConfigInput {
  const text = JSON.stringify(json);
  const before = checked.get(text);
  if (before) return before;
  const result = SyncConfigSchema.safeParse(json);
  if (result.success) {
    if (checked.size >= REMEMBERED.settings) checked.clear();
    if (text.length <= REMEMBERED.characters) checked.set(text, result.data);
    return result.data;
  }
  const faults = result.error.issues.map(
    (issue) => `${['sync_config', ...issue.path].join('.')}: ${issue.message}`,
  );
  throw syncError('sync-config-invalid', { faults: faults.join(' ') });
}
