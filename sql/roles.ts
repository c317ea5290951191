/**
 * The group roles under which the program and people work, so that nobody needs the owner of the tables: `worker` (the
 * steps), `api` (requests: no chunks' text, no persons), `reader` (views and CDM, no free text), `researcher` (the
 * de-identified schema). Names begin with the schema's, so that two installations can share a server.
 *
 * Grants are made anew from the catalogue after each migration: what a role may is what stands here, whatever was
 * granted before.
 */

import type { Schemas, Sql, Tx } from './connect.ts';
import { isDistributed } from './distribute.ts';
import { quoted } from './quoted.ts';
import { lockSchemaInTx } from './schema-lock.ts';
import { VOCABULARY_TABLES } from './vocabulary-tables.ts';

export const ROLES = ['worker', 'api', 'reader', 'researcher'] as const;
export type Role = (typeof ROLES)[number];

/** Name of a group role: "ehr_sync_worker". */
export const roleName = (schemas: Schemas, role: Role): string => `${schemas.sync}_${role}`;

/** Where the copy for researchers is, when there is one. */
export const researchSchema = (schemas: Schemas): string => `${schemas.cdm}_deid`;

/** Where the tables of that copy are. Workers take purged patients out of them; nobody else comes near. */
export const researchStore = (schemas: Schemas): string => `${schemas.cdm}_deid_store`;

/** Rooms of the text that servers sent: never for a request, and never for people who read. */
const TEXT_TABLES = ['medication_content', 'device_content', 'substance_content', 'attachment_content'];
/** What lets people and programs in, or answers them: of no use to a worker, who could let itself in. */
const DOORS = [
  ...['api_token', 'sign_in_code', 'sign_in_handshake', 'user_session', 'wrong_credential'],
  'idempotency_key',
];
/** Tables of the vocabulary's search: the owner makes them anew for each release, and nobody else writes them. */
const SEARCH = /^search_(text|word)_\d+$/;
/** Such rooms too. Requests see of which chunks the text is kept: they tell what a remap would change. */
const KEPT: Readonly<Record<string, string>> = { chunk_body: 'chunk_id' };
/** Columns of ours that hold lines as they were sent. */
const LINES: Readonly<Record<string, string>> = { waiting: 'line' };
/** The record: added to and sealed, as its triggers have it. */
const RECORD: Readonly<Record<string, string>> = {
  audit_event: 'select, insert',
  audit_seal: 'select, insert',
  audit_unsealed: 'select, delete',
  audit_delivery: 'select, insert, update',
};
/** What only a migration changes. */
const OWNERS = ['migration', 'cdm_version'];
const VOCABULARY: readonly string[] = VOCABULARY_TABLES;
const LOCAL_MAPS = 'source_to_concept_map';
/** Columns of the CDM that hold what somebody wrote. */
const FREE_TEXT: Readonly<Record<string, readonly string[]>> = {
  note: ['note_text', 'note_title'],
  note_nlp: ['snippet', 'lexical_variant'],
  observation: [
    'value_as_string',
    'value_source_value',
    'observation_source_value',
    'qualifier_source_value',
  ],
  measurement: ['value_source_value'],
  location: ['address_1', 'address_2', 'location_source_value'],
  drug_exposure: ['sig', 'stop_reason'],
};
const CHANGE = 'select, insert, update, delete';

interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly is_view: boolean;
  readonly is_partition: boolean;
  /** On several nodes (Citus), where nobody can be granted some columns of a table. */
  readonly is_distributed: boolean;
  readonly columns: readonly string[];
}

export interface Granted {
  /** Roles that were missing and have been made. */
  readonly made: readonly string[];
  /** What a person with CREATEROLE must run first, when this login may not make roles; nothing was granted then. */
  readonly toRun: readonly string[];
}

/** Makes the roles that are missing, and grants. */
export async function grantRolesInTx(tx: Sql | Tx, schemas: Schemas): Promise<Granted> {
  await lockSchemaInTx(tx);
  const missing = await missingRoles(tx, schemas);
  if (missing.length > 0 && !(await mayMakeRoles(tx))) {
    return { made: [], toRun: missing.map((name) => `create role ${quoted(name)} nologin;`) };
  }
  for (const name of missing) await tx.unsafe(`create role ${quoted(name)} nologin`);
  await tx.unsafe(`create schema if not exists ${quoted(schemas.queue)}`);
  for (const statement of grants(schemas, await relations(tx, schemas))) await tx.unsafe(statement);
  return { made: missing, toRun: [] };
}

/** Grants where a role is missing; what the others may is as the last migration left it. */
export async function makeRolesInTx(tx: Tx, schemas: Schemas): Promise<void> {
  if ((await missingRoles(tx, schemas)).length > 0) await grantRolesInTx(tx, schemas);
}

/** Grants again what the roles may, where they have been made; for after a migration. */
export async function renewGrantsInTx(tx: Sql | Tx, schemas: Schemas): Promise<void> {
  if ((await missingRoles(tx, schemas)).length === 0) await grantRolesInTx(tx, schemas);
}

/**
 * What the login of this session lacks of what its role may, as in "insert on ehr_sync.run". The owner lacks nothing. Of a
 * right to some columns it is asked whether it is there for any.
 */
export async function missingGrants(
  sql: Sql | Tx,
  schemas: Schemas,
  role: 'worker' | 'api',
): Promise<string[]> {
  const wanted = (await relations(sql, schemas)).flatMap((one) =>
    (rights(schemas, one)[role] ?? '')
      .replaceAll(/\s*\([^)]*\)/g, '')
      .split(', ')
      .filter((right) => right !== '')
      .map((right) => ({ ...one, right })),
  );
  const rows = await sql<{ missing: string }[]>`
    select format('usage on schema %I', nspname) as missing from pg_namespace
    where nspname = any(${[schemas.sync, schemas.cdm, schemas.queue]}) and not has_schema_privilege(oid, 'usage')
    union all
    select format('%s on %I.%I', w.privilege, n.nspname, c.relname)
    from unnest(${wanted.map((one) => one.schema)}::text[], ${wanted.map((one) => one.name)}::text[],
      ${wanted.map((one) => one.right)}::text[]) as w (schema, name, privilege)
    join pg_namespace n on n.nspname = w.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = w.name
    where not has_table_privilege(c.oid, w.privilege) and not case when w.privilege = 'delete' then false else has_any_column_privilege(c.oid, w.privilege) end
    union all
    select format('usage on sequence %I.%I', n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(${[schemas.sync, schemas.cdm, schemas.queue]})
      and case when c.relkind = 'S' then not has_sequence_privilege(c.oid, 'usage') else false end`;
  return rows.map(({ missing }) => missing);
}

/** Missing grants in a sentence, with what to run. */
export function sayMissing(role: string, missing: readonly string[]): { found: string; todo: string } {
  const shown = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return {
    found: `the ${role}'s login may not: ${shown}${more}`,
    todo:
      'With DATABASE_URL of the owner of the tables: npm run migrate -- --roles; and the login must be a member: ' +
      'grant GROUP_ROLE to LOGIN (sql/README.md, Database roles)',
  };
}

async function missingRoles(tx: Sql | Tx, schemas: Schemas): Promise<string[]> {
  const wanted = ROLES.map((role) => roleName(schemas, role));
  const there = await tx<{ rolname: string }[]>`select rolname from pg_roles where rolname = any(${wanted})`;
  const known = new Set(there.map((row) => row.rolname));
  return wanted.filter((name) => !known.has(name));
}

async function mayMakeRoles(tx: Sql | Tx): Promise<boolean> {
  const [me] = await tx<{ may: boolean }[]>`
    select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user`;
  return me?.may ?? false;
}

async function relations(tx: Sql | Tx, schemas: Schemas): Promise<Relation[]> {
  const copy = [researchSchema(schemas), researchStore(schemas)];
  const within = [schemas.sync, schemas.cdm, schemas.queue, ...copy];
  // A relation's name, so that it is looked for only where Citus is.
  const spread = (await isDistributed(tx))
    ? tx`pg_dist_partition`
    : tx`(select null::oid) as none (logicalrelid)`;
  return await tx<Relation[]>`
    select n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view,
      c.relispartition as is_partition,
      exists (select from ${spread} where logicalrelid = c.oid) as is_distributed,
      array(
        select attname::text from pg_attribute a
        where a.attrelid = c.oid and attnum > 0 and not attisdropped order by attnum
      ) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(${within}) and c.relkind in ('r', 'p', 'v', 'm')
    order by 1, 2`;
}

/** All that the roles may, from nothing. */
function grants(schemas: Schemas, all: readonly Relation[]): string[] {
  const [worker, api, reader, researcher] = ROLES.map((role) => quoted(roleName(schemas, role)));
  const everybody = [worker, api, reader, researcher].join(', ');
  const [sync, cdm, queue] = [schemas.sync, schemas.cdm, schemas.queue].map(quoted);
  const isThere = (schema: string) => all.some((one) => one.schema === schema);
  const [research, store] = [researchSchema(schemas), researchStore(schemas)].map((schema) =>
    isThere(schema) ? quoted(schema) : undefined,
  );
  const within = [sync, cdm, queue, research, store].filter((schema) => schema !== undefined).join(', ');
  return [
    `revoke all on all tables in schema ${within} from ${everybody}`,
    `revoke all on all sequences in schema ${within} from ${everybody}`,
    `grant usage on schema ${sync}, ${cdm} to ${worker}, ${api}, ${reader}`,
    `grant usage on schema ${queue} to ${worker}, ${api}`,
    `grant usage, select on all sequences in schema ${sync}, ${cdm}, ${queue} to ${worker}, ${api}`,
    `grant execute on function ${sync}.audit_make_month(date), ${sync}.audit_drop_before(timestamptz) to ${worker}`,
    `grant execute on function ${sync}.analyze_changed() to ${worker}`,
    // The queue makes tables of its own with a new version, and the search one with each vocabulary.
    `alter default privileges in schema ${queue} grant ${CHANGE} on tables to ${worker}, ${api}`,
    `alter default privileges in schema ${queue} grant usage, select on sequences to ${worker}, ${api}`,
    `alter default privileges in schema ${sync} grant select on tables to ${worker}, ${api}`,
    ...(research ? [`grant usage on schema ${research} to ${researcher}`] : []),
    ...(store ? [`grant usage on schema ${store} to ${worker}`] : []),
    ...all.flatMap((one) => {
      const to = (who: string | undefined, what: string) =>
        `grant ${what} on ${quoted(one.schema)}.${quoted(one.name)} to ${who}`;
      const may = rights(schemas, one);
      return [
        ...(may.worker ? [to(worker, may.worker)] : []),
        ...(may.api ? [to(api, may.api)] : []),
        ...(may.reader ? [to(reader, may.reader)] : []),
        ...(may.researcher ? [to(researcher, may.researcher)] : []),
      ];
    }),
  ];
}

function rights(schemas: Schemas, one: Relation): { readonly [R in Role]?: string } {
  // The queue asks its partitions by their own names.
  if (one.schema === schemas.queue) return { worker: CHANGE, api: CHANGE };
  if (one.is_partition) return {};
  if (one.schema === schemas.sync) return rightsInSync(one);
  if (one.schema === schemas.cdm) return rightsInCdm(one);
  return one.schema === researchStore(schemas) ? { worker: 'select, delete' } : { researcher: 'select' };
}

function rightsInSync({ name, is_view, columns }: Relation): { readonly [R in Role]?: string } {
  if (is_view) {
    const readers = name === 'audit' ? {} : { reader: 'select' };
    return { worker: 'select', api: 'select', ...readers };
  }
  const record = RECORD[name];
  if (record !== undefined) return { worker: record, api: record };
  if (OWNERS.includes(name) || SEARCH.test(name)) return { worker: 'select', api: 'select' };
  if (DOORS.includes(name)) return { api: CHANGE };
  const line = LINES[name];
  if (line !== undefined) {
    const shown = columns.filter((column) => column !== line).map(quoted);
    return { worker: CHANGE, api: `select (${shown.join(', ')}), delete` };
  }
  const kept = KEPT[name];
  if (kept !== undefined) return { worker: CHANGE, api: `select (${quoted(kept)})` };
  return TEXT_TABLES.includes(name) ? { worker: CHANGE } : { worker: CHANGE, api: CHANGE };
}

function rightsInCdm({ name, columns, is_distributed }: Relation): { readonly [R in Role]?: string } {
  if (VOCABULARY.includes(name)) return { worker: 'select', api: 'select', reader: 'select' };
  if (name === LOCAL_MAPS) return { worker: CHANGE, api: CHANGE, reader: 'select' };
  const withheld = FREE_TEXT[name];
  if (withheld && is_distributed) return { worker: CHANGE };
  const shown = columns.filter((column) => !withheld?.includes(column)).map(quoted);
  return { worker: CHANGE, reader: withheld ? `select (${shown.join(', ')})` : 'select' };
}
