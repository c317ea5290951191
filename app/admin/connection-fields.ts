/**
 * The form of a connection: its fields as texts, what the API makes of them, and which field a fault of the API belongs
 * to. What each field may hold is the API's to say (schemas/connection.ts).
 */
import type { Schemas } from '../../openapi/client/index.ts';
import type { Form } from './visit.ts';

export type Texts = Readonly<Record<string, string>>;
export type Faults = Readonly<Record<string, string>>;

type Resource = Schemas['Connection'];
type SyncConfig = Resource['sync_config'];

/** Keys of `sync_config` that have fields of their own; the rest is one field of JSON. */
const OWN_KEYS = [
  'schedule',
  'level',
  'group_membership',
  'missing_scopes',
  'allowed_networks',
  'token_hosts',
] as const;
const LISTS = ['allowed_networks', 'token_hosts'] as const;
const CHOICES = ['level', 'group_membership', 'missing_scopes'] as const;
const NULLABLE = [
  'fhir_base_url',
  'token_endpoint',
  'client_id',
  'jwks_url',
  'group_id',
  'target_source',
] as const;
const PLAIN = ['site_name', 'site_key', 'ehr_vendor', 'scopes'] as const;

export const FIELDS = [
  ...PLAIN,
  ...NULLABLE,
  ...['export_resource_types', 'incremental_enabled', 'cron', 'timezone', 'schedule_more', 'further'],
  ...CHOICES,
  ...LISTS,
];

/** What a new connection begins with. */
export const NEW: Texts = { ehr_vendor: 'other', scopes: 'system/*.read', incremental_enabled: 'yes' };

export interface Preset {
  readonly label: string;
  readonly texts: Texts;
  readonly note: string;
}

const COMMON_TYPES =
  'Patient Encounter Condition Procedure Observation MedicationRequest Immunization AllergyIntolerance';

/** Values that fit a vendor, to begin with. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  epic: {
    label: 'Epic',
    texts: {
      ehr_vendor: 'epic',
      export_resource_types: COMMON_TYPES,
      incremental_enabled: '',
      cron: '30 2 * * *',
    },
    note:
      'The base URL ends in /api/FHIR/R4. Fill in the Group (a registry) that the hospital made. Epic has no _since and one ' +
      'export a Group and day: each sync is a full one, and what is unchanged costs no write.',
  },
  cerner: {
    label: 'Oracle Health',
    texts: {
      ...{
        ehr_vendor: 'cerner',
        fhir_base_url: 'https://fhir-ehr.cerner.com/r4/TENANT',
        incremental_enabled: 'yes',
      },
      export_resource_types: COMMON_TYPES,
      scopes: COMMON_TYPES.split(' ')
        .map((type) => `system/${type}.read`)
        .join(' '),
    },
    note: 'Put your tenant into the base URL, and the Group id. Wildcard scopes are refused: one for every exported type.',
  },
  'practice-fusion': {
    label: 'Practice Fusion',
    texts: {
      ehr_vendor: 'other',
      credentials: 'secret',
      export_resource_types: '',
      incremental_enabled: 'yes',
    },
    note: 'It takes a client secret instead of a key.',
  },
  generic: {
    label: 'Any FHIR R4 server',
    texts: { ...NEW, credentials: 'make' },
    note: 'The token endpoint is discovered, unless you name it.',
  },
};

export function textsOfForm(form: Form): Texts {
  const of = (name: string) =>
    (LISTS as readonly string[]).includes(name) ? form.all(name).join('\n') : (form.text(name) ?? '');
  return Object.fromEntries([...FIELDS, 'credentials', 'etag'].map((name) => [name, of(name)]));
}

export function textsOf(connection: Resource): Texts {
  const { sync_config: config } = connection;
  const rest = Object.fromEntries(
    Object.entries(config).filter(([key]) => !(OWN_KEYS as readonly string[]).includes(key)),
  );
  return {
    ...Object.fromEntries(PLAIN.map((name) => [name, connection[name]])),
    ...Object.fromEntries(NULLABLE.map((name) => [name, connection[name] ?? ''])),
    export_resource_types: connection.export_resource_types.join(' '),
    incremental_enabled: connection.incremental_enabled ? 'yes' : '',
    ...{ cron: config.schedule?.cron ?? '', timezone: config.schedule?.timezone ?? '' },
    schedule_more: jsonOf(moreOf(config.schedule)),
    ...Object.fromEntries(CHOICES.map((name) => [name, config[name] ?? ''])),
    ...Object.fromEntries(LISTS.map((name) => [name, (config[name] ?? []).join('\n')])),
    further: jsonOf(rest),
  };
}

const jsonOf = (value: object): string =>
  Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2);

/** What the schedule has besides the two that have fields of their own. */
function moreOf(schedule: SyncConfig['schedule'] = {}) {
  const { cron: _cron, timezone: _timezone, ...more } = schedule;
  return more;
}

export type Body = Readonly<Record<string, unknown>>;

/** The request that the form means; faults where its JSON cannot be read. The API checks the rest. */
export function bodyOf(texts: Texts): { readonly body: Body } | { readonly faults: Faults } {
  const further = readFurther(texts['further'] ?? '');
  if (typeof further === 'string') return { faults: { further } };
  const more = readObject(texts['schedule_more'] ?? '');
  if (typeof more === 'string') return { faults: { schedule_more: more } };
  const words = (name: string) => (texts[name] ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const { cron = '', timezone = '' } = texts;
  const schedule = { ...more, ...(cron === '' ? {} : { cron }), ...(timezone === '' ? {} : { timezone }) };
  const sync_config = {
    ...further,
    ...(Object.keys(schedule).length === 0 ? {} : { schedule }),
    ...Object.fromEntries(CHOICES.filter((name) => texts[name]).map((name) => [name, texts[name]])),
    ...Object.fromEntries(LISTS.filter((name) => words(name).length > 0).map((name) => [name, words(name)])),
  };
  return {
    body: {
      ...Object.fromEntries(PLAIN.map((name) => [name, texts[name] ?? ''])),
      ...Object.fromEntries(NULLABLE.map((name) => [name, texts[name] || null])),
      export_resource_types: words('export_resource_types'),
      incremental_enabled: texts['incremental_enabled'] === 'yes',
      sync_config,
    },
  };
}

/** The settings, or what is wrong with the text. */
function readFurther(text: string): Partial<SyncConfig> | string {
  const read = readObject(text);
  if (typeof read === 'string') return read;
  const own = Object.keys(read).find((key) => (OWN_KEYS as readonly string[]).includes(key));
  return own === undefined ? read : `"${own}" has a field of its own above.`;
}

function readObject(text: string): object | string {
  if (text === '') return {};
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    return `Expected JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    return 'Expected an object, as in {"limits": {}}';
  return read;
}

/** The faults of the API by field of the form; what has none belongs to the whole. */
export function faultsByField(
  errors: readonly { readonly path: string; readonly message: string }[],
): Faults {
  const faults: Record<string, string> = {};
  for (const { path, message } of errors) {
    const [first = '', second = '', third = ''] = path.split('.');
    const field = first !== 'sync_config' ? first : configField(second, third);
    faults[field] ??= field === 'further' ? `${path}: ${message}` : message;
  }
  return faults;
}

function configField(key: string, inner: string): string {
  if (key === 'schedule') {
    return inner === 'timezone' || inner === 'cron' ? inner : inner === '' ? 'cron' : 'schedule_more';
  }
  return (OWN_KEYS as readonly string[]).includes(key) ? key : 'further';
}

export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What would be stored otherwise, by setting. */
export function changesOf(connection: Resource, body: Body): Change[] {
  const { sync_config: before, ...plain } = connection;
  const after = (body['sync_config'] ?? {}) as Record<string, unknown>;
  const named: [string, unknown, unknown][] = [
    ...Object.keys(body)
      .filter((name) => name !== 'sync_config')
      .map((name): [string, unknown, unknown] => [name, Reflect.get(plain, name), body[name]]),
    ...[...new Set([...Object.keys(before), ...Object.keys(after)])].map(
      (name): [string, unknown, unknown] => [
        ...([`sync_config.${name}`, Reflect.get(before, name), after[name]] as const),
      ],
    ),
  ];
  return named
    .map(([name, one, other]) => ({ name, before: shown(one), after: shown(other) }))
    .filter((change) => change.before !== change.after);
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
