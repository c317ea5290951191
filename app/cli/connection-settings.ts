/** Settings of a connection from options of the command line: those of the API, secrets from files. */

import { readFileSync } from 'node:fs';
import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isObject } from '../../jobs/map/read/fhir.ts';
import type { Schemas } from '../../openapi/client/index.ts';
import { readPrivate } from '../../sql/private-file.ts';
import { NotUnderstood } from './not-understood.ts';
import { several } from './verb.ts';

type Settings = Schemas['UpdateConnection'];

const VENDORS = ['epic', 'cerner', 'other'] as const;

/** Fields that may be nothing. */
const CLEARABLE = [
  ...(['fhir_base_url', 'token_endpoint', 'client_id', 'jwks_url', 'group_id', 'target_source'] as const),
  ...(['private_key_pem', 'client_secret'] as const),
];

const option = (flags: string, does: string): Option => new Option(flags, does);

const SETTINGS: readonly Option[] = [
  option('--name <text>', 'name of the site, for people'),
  option('--vendor <name>', 'preset of the EHR').choices(VENDORS),
  option('--url <url>', 'base of the FHIR R4 server'),
  option('--token-endpoint <url>', 'where tokens come from, where the server does not say'),
  option('--client-id <id>', 'what the EHR registered us as'),
  option('--jwks-url <url>', 'where our public keys are, as registered'),
  option('--scopes <text>', 'scopes with blanks between them'),
  option('--group <id>', 'the Group to export'),
  option('--types <types>', 'resource types to export, with commas; "" for all'),
  option('--target-source <name>', 'name of the source in cdm_source'),
  option('--incremental', 'ask only for what changed'),
  option('--no-incremental', 'ask for everything each time'),
  option('--active', 'syncs may be started'),
  option('--no-active', 'syncs may not be started'),
  option(
    '--config <key=value>',
    'a key of sync_config, as limits.parallel_downloads=4; its value as JSON, or a word; null takes it out; repeatable',
  ).argParser(several),
  option('--private-key-file <file>', 'private key in PEM; - for standard input'),
  option('--client-secret-file <file>', 'client secret; - for standard input'),
  option('--unset <field>', 'let this field be nothing; repeatable').argParser(clearable),
];

function clearable(text: string, before: readonly string[] | undefined): string[] {
  if (CLEARABLE.some((one) => one === text)) return several(text, before);
  throw new InvalidArgumentError(`Expected one of ${CLEARABLE.join(', ')}.`);
}

/** They are too many for types that the compiler infers from each; `givenTo` reads them. */
export function withSettings<Verb extends CommandUnknownOpts>(verb: Verb): Verb {
  for (const one of SETTINGS) verb.addOption(one);
  return verb;
}

export const givenTo = (verb: CommandUnknownOpts): Given => verb.opts();

export interface Given {
  readonly name?: string | undefined;
  readonly vendor?: (typeof VENDORS)[number] | undefined;
  readonly url?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly clientId?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly scopes?: string | undefined;
  readonly group?: string | undefined;
  readonly types?: string | undefined;
  readonly targetSource?: string | undefined;
  readonly incremental?: boolean | undefined;
  readonly active?: boolean | undefined;
  readonly config?: readonly string[] | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly clientSecretFile?: string | undefined;
  readonly unset?: readonly string[] | undefined;
}

/** Read once, since standard input is; then given the sync_config that there is, of which what is not named stays. */
export function settingsFrom(given: Given): (before?: object) => Settings {
  const settings: Record<string, unknown> = {
    ...{ site_name: given.name, ehr_vendor: given.vendor, fhir_base_url: given.url },
    ...{ token_endpoint: given.tokenEndpoint, client_id: given.clientId, jwks_url: given.jwksUrl },
    ...{ scopes: given.scopes, group_id: given.group, target_source: given.targetSource },
    export_resource_types: given.types?.split(',').filter((type) => type.trim() !== ''),
    ...{ incremental_enabled: given.incremental, is_active: given.active },
    private_key_pem: given.privateKeyFile && readSecret(given.privateKeyFile),
    client_secret: given.clientSecretFile && readSecret(given.clientSecretFile).trim(),
    ...Object.fromEntries((given.unset ?? []).map((field) => [field, null])),
  };
  const named = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const { config } = given;
  return (before = {}) => (config ? { ...named, sync_config: withKeys(before, config) } : named);
}

/** Of a file that is open to its owner alone; or what is piped in. */
export function readSecret(file: string): string {
  return file === '-' ? readFileSync(0, 'utf8') : readPrivate(file);
}

function withKeys(config: object, keys: readonly string[]): object {
  return keys.reduce<object>((sum, given) => {
    const at = given.indexOf('=');
    const path = given.slice(0, at).split('.');
    if (at < 1 || path.some((one) => one === ''))
      throw new NotUnderstood(
        `--config: expected KEY=VALUE, such as limits.parallel_downloads=4, got "${given}".`,
      );
    const patch = path.reduceRight<unknown>((value, key) => ({ [key]: value }), jsonOr(given.slice(at + 1)));
    return merged(sum, patch as object);
  }, config);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON Merge Patch (RFC 7396): what is not named stays, and null takes out. */
export function merged(target: object, patch: object): object {
  const all = new Map<string, unknown>(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) all.delete(key);
    else all.set(key, isObject(value) ? merged(asObject(all.get(key)), value) : value);
  }
  return Object.fromEntries(all);
}

const asObject = (value: unknown): object => (isObject(value) ? value : {});
