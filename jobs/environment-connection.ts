/**
 * The connection `env`: one EHR whose settings are the EHR_… variables. Processes that serve or work bring it in step with
 * them when they start, and record what that changed. Processes without any of the variables leave it alone, since an API
 * and its workers need not be given the same.
 */
import type { Sql, Tx } from '../sql/connect.ts';
import { EHR } from '../sql/settings/ehr.ts';
import type { Read } from '../sql/settings/read.ts';
import type { Environment } from '../sql/settings/setting.ts';
import { adoptNetworks } from './connection/adopt-networks.ts';
import { changedDestination } from './connection/destination.ts';
import { type Place, unseal } from './connection/secrets.ts';
import { importSigningKey } from './connection/signing-key.ts';
import {
  clearCredentialsInTx,
  type GivenCredentials,
  storeCredentialsInTx,
} from './connection/store-credentials.ts';
import { readSyncConfig } from './connection/sync-config.ts';
import { type SyncConfigInput, SyncConfigSchema } from './connection/sync-config-schema.ts';
import { urlFaults } from './connection/url-faults.ts';
import { asksForChanges, withPreset } from './connection/vendor-defaults.ts';
import { isLoopback, withoutSlashesAtEnd } from './fhir/http.ts';
import { RESOURCE_TYPES } from './fhir/resource-types.ts';
import { ENVIRONMENT } from './record/actor.ts';
import { changesOf } from './record/changes.ts';
import { recordInTx } from './record/record.ts';
import { applySchedule } from './schedule/apply-schedules.ts';
import type { Deps } from './step/deps.ts';
import { SyncError } from './step/errors.ts';
import { readSettings, settingFault } from './step/settings.ts';

export const SITE_KEY = 'env';

/** Settings that the environment says; whatever else a connection has keeps its default. */
const FIELDS = [
  ...(['ehr_vendor', 'fhir_base_url', 'token_endpoint', 'client_id', 'scopes', 'group_id'] as const),
  ...(['export_resource_types', 'incremental_enabled', 'sync_config', 'is_active', 'managed_by'] as const),
] as const;

interface Settings {
  readonly ehr_vendor: 'epic' | 'cerner' | 'other';
  readonly fhir_base_url: string;
  readonly token_endpoint: string | null;
  readonly client_id: string;
  readonly scopes: string;
  readonly group_id: string | null;
  readonly export_resource_types: readonly string[];
  readonly incremental_enabled: boolean;
  readonly sync_config: SyncConfigInput;
  readonly is_active: boolean;
  readonly managed_by: 'environment';
}

interface Stored extends Omit<Settings, 'fhir_base_url' | 'client_id' | 'managed_by'> {
  readonly connection_id: number;
  readonly fhir_base_url: string | null;
  readonly client_id: string | null;
  readonly managed_by: string | null;
  readonly private_key_sealed: string | null;
  readonly client_secret_sealed: string | null;
}

export async function applyEnvironment(deps: Deps, env: Environment): Promise<void> {
  const given = readSettings(EHR, env);
  const { EHR_SYNC_ENABLED: enabled } = given;
  if (enabled === 'true') return await keep(deps, await settingsOf(given), credentialsOf(given));
  if (enabled === undefined && given.EHR_FHIR_BASE_URL !== undefined) {
    deps.log.warn(
      'EHR_FHIR_BASE_URL is set and EHR_SYNC_ENABLED is not "true": the connection env is not synced',
    );
  }
  if (enabled === undefined && given.EHR_FHIR_BASE_URL === undefined) return;
  await letGo(deps, enabled === 'released' ? { managed_by: null } : { is_active: false });
}

/** Makes the connection, or changes it where the environment says otherwise. */
async function keep(deps: Deps, settings: Settings, credentials: Required<GivenCredentials>): Promise<void> {
  const { sql, keyring, clock, log } = deps;
  const changed = await sql.begin(async (tx) => {
    const id = await makeInTx(tx, settings);
    const before = await storedInTx(tx);
    if (!before) return undefined;
    if (id === undefined && before.managed_by === null) demandSameServer(before, settings);
    const elsewhere = id === undefined ? changedDestination(before, settings) : [];
    const moved = id !== undefined || elsewhere.length > 0;
    // Addresses of its own network were looked up, and stay as long as the servers do.
    const { allowed_networks } = before.sync_config;
    const sync_config =
      moved || allowed_networks === undefined
        ? settings.sync_config
        : {
            ...settings.sync_config,
            allowed_networks: settings.sync_config.allowed_networks ?? allowed_networks,
          };
    const next = { ...settings, sync_config };
    const change = changesOf(FIELDS, id === undefined ? before : {}, next);
    const touched = await otherCredentials(deps, before, credentials);
    if (Object.keys(change.after).length === 0 && Object.keys(touched).length === 0) return undefined;
    await tx`
      update connection set ehr_vendor = ${next.ehr_vendor}, fhir_base_url = ${next.fhir_base_url},
        token_endpoint = ${next.token_endpoint}, client_id = ${next.client_id}, scopes = ${next.scopes},
        group_id = ${next.group_id}, export_resource_types = ${[...next.export_resource_types]},
        incremental_enabled = ${next.incremental_enabled}, is_active = ${next.is_active},
        sync_config = ${JSON.stringify(next.sync_config)}::text::jsonb, managed_by = 'environment',
        networks_to_adopt = networks_to_adopt or ${moved && next.sync_config.allowed_networks === undefined},
        updated_at = greatest(${clock()}, updated_at + interval '1 millisecond')
      where connection_id = ${before.connection_id}`;
    if (elsewhere.length > 0) await clearCredentialsInTx(tx, before.connection_id, elsewhere);
    await storeCredentialsInTx(
      tx,
      keyring,
      before.connection_id,
      elsewhere.length > 0 ? credentials : touched,
    );
    await recordInTx(tx, {
      ...{ at: clock(), actor: ENVIRONMENT, object: `connection/${before.connection_id}` },
      action: id === undefined ? 'connection.update' : 'connection.create',
      ...(id === undefined ? change : { after: change.after }),
      ...(Object.keys(touched).length > 0 ? { details: factsOf(touched) } : {}),
    });
    return { made: id !== undefined, settings: Object.keys(change.after) };
  });
  if (changed)
    log.info(
      { site_key: SITE_KEY, ...changed },
      'the connection env was brought in step with the environment',
    );
  await adoptNetworks({ ...deps, actor: ENVIRONMENT, addToRecordInTx: recordInTx });
  await scheduleIt(deps);
}

/** Ids of one server's patients say nothing at another: what somebody has loaded by hand is not led there by a name. */
function demandSameServer(before: Stored, settings: Settings): void {
  const { fhir_base_url: theirs } = before;
  if (theirs !== null && withoutSlashesAtEnd(theirs) === settings.fhir_base_url) return;
  throw settingFault(
    `EHR_FHIR_BASE_URL: expected the server of the connection "${SITE_KEY}" that there is, which was made by hand, or ` +
      'that one to have another site_key, or to be deleted',
  );
}

/** Switches it off, or leaves it to whoever may change connections. */
async function letGo(
  deps: Deps,
  next: { readonly is_active: false } | { readonly managed_by: null },
): Promise<void> {
  const { sql, clock, log } = deps;
  const changed = await sql.begin(async (tx) => {
    const before = await storedInTx(tx);
    if (before?.managed_by !== 'environment') return false;
    const change = changesOf(FIELDS, before, { ...before, ...next });
    if (Object.keys(change.after).length === 0) return false;
    await tx`
      update connection set ${tx(next)}, updated_at = greatest(${clock()}, updated_at + interval '1 millisecond')
      where connection_id = ${before.connection_id}`;
    await recordInTx(tx, {
      ...{ at: clock(), actor: ENVIRONMENT, action: 'connection.update' },
      ...{ object: `connection/${before.connection_id}`, ...change },
    });
    return true;
  });
  if (changed)
    log.info({ site_key: SITE_KEY, ...next }, 'the connection env was brought in step with the environment');
  await scheduleIt(deps);
}

async function scheduleIt(deps: Deps): Promise<void> {
  const [stored] = await deps.sql<Stored[]>`
    select connection_id, is_active, sync_config from connection where site_key = ${SITE_KEY}`;
  if (!stored) return;
  await applySchedule(deps, { ...stored, schedule: readSyncConfig(stored.sync_config).schedule });
}

/** Its number where it was not there before. Of processes that start at once the second finds that of the first. */
async function makeInTx(tx: Tx, settings: Settings): Promise<number | undefined> {
  const [made] = await tx<{ connection_id: number }[]>`
    insert into connection (site_key, site_name, fhir_base_url)
    values (${SITE_KEY}, ${new URL(settings.fhir_base_url).hostname}, ${settings.fhir_base_url})
    on conflict (site_key) do nothing returning connection_id`;
  return made?.connection_id;
}

async function storedInTx(sql: Sql | Tx): Promise<Stored | undefined> {
  const [stored] = await sql<Stored[]>`
    select connection_id, ehr_vendor, fhir_base_url, token_endpoint, client_id, scopes, group_id, export_resource_types,
      incremental_enabled, sync_config, is_active, managed_by, private_key_sealed, client_secret_sealed
    from connection where site_key = ${SITE_KEY} for no key update`;
  return stored && { ...stored, sync_config: SyncConfigSchema.safeParse(stored.sync_config).data ?? {} };
}

type Given = Read<typeof EHR>;

/** What the variables mean as a connection. Fails with `setting-invalid`, which names each that is missing or wrong. */
async function settingsOf(given: Given): Promise<Settings> {
  const { EHR_FHIR_BASE_URL: base, EHR_CLIENT_ID: client_id, EHR_RESOURCE_TYPES: types } = given;
  const token_endpoint = given.EHR_TOKEN_ENDPOINT ?? null;
  const ehr_vendor = given.EHR_VENDOR ?? vendorOf(base ?? '');
  const read = SyncConfigSchema.safeParse(configOf(given));
  const faults = [
    ...(base === undefined
      ? ['EHR_FHIR_BASE_URL: expected beside EHR_SYNC_ENABLED=true']
      : insecure('EHR_FHIR_BASE_URL', base)),
    ...(token_endpoint === null ? [] : insecure('EHR_TOKEN_ENDPOINT', token_endpoint)),
    ...urlFaults({ fhir_base_url: base ?? null, token_endpoint, jwks_url: null }).map(
      ({ path, message }) =>
        `EHR_${path.toUpperCase()}: expected an address that can be shown. ${message.replace(/\.$/, '')}`,
    ),
    ...(client_id === undefined ? ['EHR_CLIENT_ID: expected beside EHR_SYNC_ENABLED=true'] : []),
    ...(given.EHR_PRIVATE_KEY === undefined && given.EHR_CLIENT_SECRET === undefined
      ? [
          'EHR_PRIVATE_KEY or EHR_CLIENT_SECRET: expected one of them, or a file by EHR_PRIVATE_KEY_FILE or EHR_CLIENT_SECRET_FILE',
        ]
      : []),
    ...(await keyFaults(given.EHR_PRIVATE_KEY)),
    ...types
      .filter((type) => !RESOURCE_TYPES.has(type))
      .map((type) => `EHR_RESOURCE_TYPES: expected resource types of FHIR R4, "${type}" is none`),
    ...(read.success
      ? []
      : read.error.issues.map(({ path, message }) => `EHR_SYNC_CONFIG: ${path.join('.')}: ${message}`)),
  ];
  if (faults.length > 0 || base === undefined || client_id === undefined || !read.success) {
    throw settingFault(...faults);
  }
  return {
    ...{ ehr_vendor, fhir_base_url: withoutSlashesAtEnd(base), token_endpoint, client_id },
    ...{ scopes: given.EHR_SCOPES, group_id: given.EHR_GROUP_ID ?? null, export_resource_types: types },
    incremental_enabled: asksForChanges(ehr_vendor),
    sync_config: withPreset(ehr_vendor, read.data),
    ...{ is_active: true, managed_by: 'environment' },
  };
}

/** The further settings with those that have variables of their own in them; the schema checks all of it. */
function configOf(given: Given): Record<string, unknown> {
  const { EHR_SYNC_CONFIG: further, EHR_KEY_ID: key_id, EHR_IDENTIFIER_SYSTEM: prefix } = given;
  const set = membersOf(further['schedule']);
  const schedule = {
    ...('cron' in set ? {} : { every_seconds: Math.ceil(given.EHR_SYNC_INTERVAL_MS / 1000) }),
    ...(given.EHR_SYNC_RUN_ON_STARTUP ? { run_on_startup: true } : {}),
    ...set,
  };
  const mapping = { ...membersOf(further['mapping']), person_identifier_prefix: prefix };
  return {
    ...further,
    schedule,
    ...(key_id === undefined ? {} : { auth: { ...membersOf(further['auth']), key_id } }),
    ...(prefix === undefined ? {} : { mapping }),
  };
}

const membersOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/** By the host, where the variables do not say it. */
function vendorOf(base: string): Settings['ehr_vendor'] {
  const host = URL.canParse(base) ? new URL(base).hostname : '';
  if (/(^|\.)epic\.com$/.test(host)) return 'epic';
  return /(^|\.)cerner\.com$/.test(host) ? 'cerner' : 'other';
}

function insecure(name: string, address: string): string[] {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || isLoopback(hostname)
    ? []
    : [`${name}: expected https (http only for this machine)`];
}

async function keyFaults(pem: string | undefined): Promise<string[]> {
  if (pem === undefined) return [];
  try {
    await importSigningKey(pem);
    return [];
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return [`EHR_PRIVATE_KEY: expected a private key that can be used. ${error.message.replace(/\.$/, '')}`];
  }
}

function credentialsOf(given: Given): Required<GivenCredentials> {
  return { private_key_pem: given.EHR_PRIVATE_KEY ?? null, client_secret: given.EHR_CLIENT_SECRET ?? null };
}

/** Those that are not what is stored. What does not open counts as another. */
async function otherCredentials(
  { keyring }: Deps,
  { connection_id: connection, private_key_sealed, client_secret_sealed }: Stored,
  given: Required<GivenCredentials>,
): Promise<GivenCredentials> {
  const same = async (
    column: 'private_key_sealed' | 'client_secret_sealed',
    sealed: string | null,
    now: string | null,
  ) => {
    if (sealed === null || now === null) return sealed === now;
    const place: Place = { table: 'connection', column, connection };
    return (await unseal(keyring, place, sealed).catch(() => undefined)) === now;
  };
  const { private_key_pem = null, client_secret = null } = given;
  const isSame = {
    key: await same('private_key_sealed', private_key_sealed, private_key_pem),
    secret: await same('client_secret_sealed', client_secret_sealed, client_secret),
  };
  return { ...(isSame.key ? {} : { private_key_pem }), ...(isSame.secret ? {} : { client_secret }) };
}

function factsOf(touched: GivenCredentials) {
  const { private_key_pem: private_key, client_secret } = touched;
  return Object.fromEntries(
    Object.entries({ private_key, client_secret })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value ? 'set' : 'cleared']),
  );
}
