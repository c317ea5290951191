/** `cli keys …`: key pairs of connections, made and rotated; and the rotation of the key that seals all secrets. */

import { readFileSync } from 'node:fs';
import { IN_CLEAR, type RowsOfKey, rotateSecrets, rowsByKey } from '../../jobs/connection/reseal.ts';
import { dataByKey, rotateData } from '../../jobs/connection/reseal-data.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import type { Schemas } from '../../openapi/client/index.ts';
import { readPrivate } from '../../sql/private-file.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { osUser } from './os-user.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

export interface KeyOptions {
  readonly connection?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly bits?: string | undefined;
  readonly 'overlap-days'?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly remove?: boolean | undefined;
}

/** Undefined when the words make no command. */
export function keysCommand(
  verb: string | undefined,
  options: KeyOptions,
): (() => Promise<boolean>) | undefined {
  if (verb === 'rotate-encryption') return rotateEncryption;
  const { connection } = options;
  if (!connection) return undefined;
  if (verb === 'list') return () => onKeys(connection, listKeys);
  if (verb === 'create') return () => onKeys(connection, (of) => createKey(of, options));
  if (verb === 'certificate') return () => enterCertificate(connection, options);
  if (verb === 'rotate') return () => onKeys(connection, (of) => rotate(of, options));
  return undefined;
}

interface Of {
  readonly api: Awaited<ReturnType<typeof openLocal>>['api'];
  readonly id: number;
}

type Answer = { data?: Schemas['ConnectionKeys']; error?: { detail: string } };

async function onKeys(site: string, ask: (of: Of) => Promise<Answer>): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { connection_id: id } = await connectionOf(local.api, site);
    const { data, error } = await ask({ api: local.api, id });
    if (!data) throw new Error(error?.detail ?? 'the keys cannot be read');
    const made = data.items.map(({ state, algorithm, made_at, signs_from, published_until, kid }) => ({
      ...{ state, algorithm, made_at, signs_from, published_until, kid },
    }));
    say(table([...made, ...(await enteredKeys({ api: local.api, id }, data))]));
    say(`\nPublished at /.well-known/jwks/${id} of the API; "cli jwks ${site}" prints the same.`);
    return true;
  } finally {
    await local.close();
  }
}

/** What was entered is published too, and signs where nothing made here does. */
async function enteredKeys({ api, id }: Of, { items }: Schemas['ConnectionKeys']) {
  const { data } = await api.GET('/.well-known/jwks/{id}', { params: { path: { id } } });
  const none = { made_at: null, signs_from: null, published_until: null };
  return (data?.keys ?? [])
    .filter(({ kid }) => !items.some((one) => one.kid === kid))
    .map(({ kid, alg }) => ({ state: 'entered', algorithm: alg ?? '', ...none, kid: kid ?? '' }));
}

const PATH = '/api/v1/admin/fhir-connections/{id}/keys';

const listKeys = ({ api, id }: Of): Promise<Answer> => api.GET(PATH, { params: { path: { id } } });

function createKey({ api, id }: Of, { algorithm = 'ES384', bits }: KeyOptions): Promise<Answer> {
  if (algorithm !== 'ES384' && algorithm !== 'RS384')
    throw new Error('--algorithm: expected ES384 or RS384.');
  if (bits !== undefined && bits !== '3072' && bits !== '4096')
    throw new Error('--bits: expected 3072 or 4096.');
  const body: Schemas['CreateConnectionKey'] = { algorithm };
  if (bits !== undefined) body.bits = bits === '4096' ? 4096 : 3072;
  return api.POST(PATH, { params: { path: { id } }, body });
}

function rotate({ api, id }: Of, { 'overlap-days': days }: KeyOptions): Promise<Answer> {
  if (days !== undefined && !/^\d{1,2}$/.test(days)) throw new Error('--overlap-days: expected 0 to 90.');
  const body = days === undefined ? {} : { overlap_days: Number(days) };
  return api.POST(`${PATH}/rotate`, { params: { path: { id } }, body });
}

/** Enters a client certificate from files, of which that of the key must be private; or takes it away. */
async function enterCertificate(
  site: string,
  { certificate, key, remove = false }: KeyOptions,
): Promise<boolean> {
  if (remove === (certificate !== undefined || key !== undefined) || !certificate !== !key)
    throw new Error('Expected --certificate FILE --key FILE, or --remove.');
  const body: Schemas['UpdateConnection'] =
    certificate && key
      ? {
          client_certificate_pem: readFileSync(certificate, 'utf8'),
          client_certificate_key_pem: readPrivate(key),
        }
      : { client_certificate_pem: null, client_certificate_key_pem: null };
  const local = await openLocal({ withWorkers: false });
  try {
    const { connection_id: id } = await connectionOf(local.api, site);
    const path = '/api/v1/admin/fhir-connections/{id}';
    const { data, error } = await local.api.PUT(path, { params: { path: { id } }, body });
    if (!data) throw new Error(error?.detail ?? 'the certificate cannot be stored');
    const { client_certificate_expires_at: end } = data;
    say(end ? `Stored. It expires at ${end}.` : 'There is none any more.');
    return true;
  } finally {
    await local.close();
  }
}

/** Ends with 1 when something does not open: its key must not be thrown away. */
async function rotateEncryption(): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  const { sql, keyring, clock } = local.engine.deps;
  try {
    report('Before', [...(await rowsByKey(sql)), ...(await dataByKey(sql))]);
    const secrets = await rotateSecrets(sql, keyring);
    const data = await rotateData(sql, keyring);
    const now = [...(await rowsByKey(sql)), ...(await dataByKey(sql))];
    report('Now', now);
    const resealed = secrets.resealed + data.resealed;
    const unreadable = secrets.unreadable + data.unreadable;
    const left = now
      .filter(({ key }) => key !== keyring.sealWith && key !== IN_CLEAR)
      .reduce((sum, { rows }) => sum + rows, 0);
    say(conclusion({ secrets: secrets.resealed, data: data.resealed, unreadable, left }, keyring.sealWith));
    await sql.begin((tx) =>
      recordInTx(tx, {
        ...{ at: clock(), actor: commandLine(osUser()), action: 'key.rotate-encryption' },
        ...{ object: `key/${keyring.sealWith}`, details: { resealed, unreadable } },
      }),
    );
    return left === 0 && unreadable === 0;
  } finally {
    await local.close();
  }
}

function report(when: string, rows: readonly RowsOfKey[]): void {
  say(`${when}:\n${table(rows.map(({ key, rows: sealed, place }) => ({ key, rows: sealed, place })))}\n`);
}

function conclusion(
  did: {
    readonly secrets: number;
    readonly data: number;
    readonly unreadable: number;
    readonly left: number;
  },
  key: string,
): string {
  const and = did.data === 0 ? '' : `, and ${did.data} rows of data,`;
  const done = `${did.secrets} secrets${and} were sealed again with the key "${key}".`;
  if (did.unreadable > 0)
    return (
      `${done} ${did.unreadable} do not open: their key is not here, or they were altered. Add their key to ` +
      'ENCRYPTION_KEYS_OLD and run this again, or enter them again.'
    );
  if (did.left > 0)
    return (
      `${done} ${did.left} are sealed with other keys still: they changed meanwhile, or a process works that seals with ` +
      'another key. See that all have the new one first, and run this again.'
    );
  return `${done} The others are not needed any more: take them out of ENCRYPTION_KEYS_OLD.`;
}
