import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { keepRecord } from '../../jobs/record/upkeep.ts';
import { verifyRecord } from '../../jobs/record/verify.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { migrate } from '../../sql/migrate.ts';
import {
  grantRolesInTx,
  ROLES,
  type Role,
  researchSchema,
  researchStore,
  roleName,
} from '../../sql/roles.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { dropRoles, ownSchemas } from './own-roles.ts';

const id = randomBytes(4).toString('hex');
const schemas = ownSchemas(id);
const clock = () => new Date();

let db: TestDatabase;
const as = {} as Record<Role, Sql>;

beforeAll(async () => {
  db = await newDatabase({ empty: true, schemas });
  await migrate(db.sql, schemas);
  await db.sql.unsafe(
    `create schema ${researchSchema(schemas)}; create table ${researchSchema(schemas)}.person (person_id bigint)`,
  );
  await db.sql.unsafe(
    `create schema ${researchStore(schemas)}; create table ${researchStore(schemas)}.person (person_id bigint)`,
  );
  await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
  for (const role of ROLES) {
    const login = `${roleName(schemas, role)}_login`;
    await db.sql.unsafe(`create role ${login} login password 'secret' in role ${roleName(schemas, role)}`);
    const url = new URL(db.url);
    Object.assign(url, { username: login, password: 'secret' });
    as[role] = connect(url.href, schemas, { max: 2 });
  }
}, 120_000);

afterAll(async () => {
  for (const role of ROLES) await as[role].end();
  const admin = postgres(db.url, { max: 1, onnotice: () => {} });
  for (const role of ROLES) await admin.unsafe(`drop role ${roleName(schemas, role)}_login`);
  await dropRoles(admin, schemas);
  await admin.end();
  await db.drop();
});

const REFUSED: Readonly<Record<Role, readonly string[]>> = {
  worker: [
    'create table x (y int)',
    'create schema x',
    'create role x',
    `update audit_event set actor = 'eve'`,
    'delete from audit_event',
    'truncate audit_event',
    'drop table audit_event',
    'alter table audit_event disable trigger all',
    'update audit_seal set hash = hash',
    'delete from audit_seal',
    'insert into audit_unsealed values (1)',
    `insert into audit (actor) values ('eve')`,
    'set session_replication_role = replica',
    'delete from migration',
    'delete from concept',
    'select * from api_token',
    `insert into sign_in_code values ('x', now(), now())`,
    'select * from user_session',
    'select * from idempotency_key',
    `update idempotency_key set body = '{}'`,
    `select audit_drop_before(now())`,
    `insert into ${researchStore(schemas)}.person values (1)`,
    `update ${researchStore(schemas)}.person set person_id = 1`,
  ],
  api: [
    'create table x (y int)',
    'select * from chunk_body',
    'select body from chunk_body',
    'delete from chunk_body',
    'select line from waiting',
    'select * from medication_content',
    'select * from person',
    'select * from note',
    'select * from condition_occurrence',
    'insert into person (person_id) values (1)',
    `update audit_event set actor = 'eve'`,
    'delete from audit_event',
    'truncate audit_event',
    'delete from audit_seal',
    'update audit_seal set hash = hash',
    'delete from migration',
    'delete from concept',
    `select audit_make_month('2040-01-01')`,
    `select audit_drop_before('2015-01-01')`,
    'select analyze_changed()',
    `select * from ${researchStore(schemas)}.person`,
  ],
  reader: [
    'select * from connection',
    'select private_key_sealed from connection',
    'select secret_sealed from blocklist_secret',
    'select * from purge',
    'select * from chunk',
    'select * from chunk_body',
    'select * from resource',
    'select * from failure',
    'select * from audit_event',
    'select * from audit',
    'select note_text from note',
    'select * from note',
    'select value_as_string from observation',
    'select value_source_value from observation',
    'select value_source_value from measurement',
    'select address_1 from location',
    'select sig from drug_exposure',
    'select snippet from note_nlp',
    'delete from person',
    'insert into death (person_id) values (1)',
    'update concept set concept_name = null',
    'create table x (y int)',
    `select * from ${schemas.queue}.job`,
    `select * from ${researchStore(schemas)}.person`,
  ],
  researcher: [
    `select * from ${schemas.cdm}.person`,
    `select * from ${schemas.cdm}.concept`,
    `select * from ${schemas.sync}.run_metrics`,
    `select * from ${schemas.sync}.connection`,
    `select * from ${schemas.sync}.audit_event`,
    `delete from ${researchSchema(schemas)}.person`,
    `select * from ${researchStore(schemas)}.person`,
    `create table ${researchSchema(schemas)}.x (y int)`,
  ],
};

const ALLOWED: Readonly<Record<Role, readonly string[]>> = {
  worker: [
    'select * from person',
    'delete from person',
    'select * from connection',
    'select * from chunk_body',
    'delete from chunk_body',
    'select * from concept',
    'delete from source_to_concept_map',
    'select * from audit_event',
    'create temporary table x_worker (y int)',
    `select audit_make_month('2040-01-01')`,
    `select audit_drop_before('2015-01-01')`,
    `select * from ${researchStore(schemas)}.person`,
    `delete from ${researchStore(schemas)}.person`,
  ],
  api: [
    'select * from connection',
    'select * from chunk',
    'select chunk_id from chunk_body',
    'select * from run_metrics',
    'select * from parked',
    'select * from failures',
    'select * from connection_health',
    'select * from concept',
    'delete from source_to_concept_map',
    'select * from audit_event',
    'create temporary table x_api (y int)',
  ],
  reader: [
    'select * from person',
    'select note_id, person_id, note_date from note',
    'select observation_id, value_as_number from observation',
    'select * from concept',
    'select * from run_metrics',
    'select * from lineage',
    'select * from connection_health',
    'select * from quality_results',
  ],
  researcher: [`select * from ${researchSchema(schemas)}.person`],
};

const cases = (of: Readonly<Record<Role, readonly string[]>>) =>
  ROLES.flatMap((role) => of[role].map((statement) => ({ role, statement })));

describe('a login of a role', () => {
  it.each(cases(REFUSED))('$role is refused: $statement', async ({ role, statement }) => {
    await expect(as[role].unsafe(statement)).rejects.toThrow(
      /permission denied|must be owner|never dropped|refused/,
    );
  });

  it.each(cases(ALLOWED))('$role may: $statement', async ({ role, statement }) => {
    await as[role].unsafe(statement);
  });

  it.each(['worker', 'api'] as const)('%s adds to the record, seals and verifies it', async (role) => {
    const sql = as[role];
    await sql.begin((tx) =>
      recordInTx(tx, { at: clock(), actor: commandLine('ada'), action: 'run.cancel', object: 'run/1' }),
    );
    expect(await verifyRecord({ sql, clock })).toMatchObject({ faults: [], unsealed: [] });
  });

  it('worker does the whole upkeep of the record', async () => {
    const lines: string[] = [];
    const heard = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    await db.sql`delete from audit_delivery`;
    await keepRecord({ sql: as.worker, clock, log: heard });
    expect(lines.join('')).toContain('audit_anchor');
    expect(lines.join('')).not.toContain('upkeep of the record');
  });

  it('may no more than that after a migration, also where somebody granted more', async () => {
    const [reader, researcher, worker] = (['reader', 'researcher', 'worker'] as const).map((role) =>
      roleName(schemas, role),
    );
    await db.sql.unsafe(`
      grant select on connection to ${reader};
      grant usage on sequence run_run_id_seq to ${reader};
      grant select on ${schemas.cdm}.note to ${reader};
      grant select on all tables in schema ${schemas.queue} to ${reader};
      grant delete on ${researchSchema(schemas)}.person to ${researcher};
      grant insert on ${researchStore(schemas)}.person to ${worker}`);
    await db.sql`delete from migration where name like 'views/%'`;
    const { applied } = await migrate(db.sql, schemas);
    expect(applied).toEqual(['views']);
    const TOO_MUCH: [Role, string][] = [
      ['reader', 'select * from connection'],
      ['reader', `select nextval('run_run_id_seq')`],
      ['reader', 'select note_text from note'],
      ['reader', `select * from ${schemas.queue}.job`],
      ['researcher', `delete from ${researchSchema(schemas)}.person`],
      ['worker', `insert into ${researchStore(schemas)}.person values (1)`],
    ];
    for (const [role, statement] of TOO_MUCH) {
      await expect(as[role].unsafe(statement), statement).rejects.toThrow(/permission denied/);
    }
    await as.reader`select * from run_metrics`;
  });
});

describe('roles', () => {
  it('are asked for where the login may not make them', async () => {
    const other = { ...schemas, sync: `other_${id}` };
    const found = await as.worker.begin((tx) => grantRolesInTx(tx, other));
    expect(found).toEqual({
      made: [],
      toRun: ROLES.map((role) => `create role "other_${id}_${role}" nologin;`),
    });
  });
});

it('no function that works with the rights of its owner finds tables or types of its caller first', async () => {
  const functions = await db.sql<{ name: string; path: string | null }[]>`
    select p.proname as name, (select c from unnest(p.proconfig) c where c like 'search_path=%') as path
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = ${schemas.sync} and p.prosecdef order by 1`;
  expect(functions.map(({ name }) => name)).toEqual([
    ...['analyze_changed', 'audit_drop_before', 'audit_make_month', 'audit_note_unsealed'],
    'count_local_map_edit',
  ]);
  for (const { path } of functions) expect(path).toMatch(/^search_path=.*, pg_temp$/);
  const { worker } = as;
  await worker.reserve().then(async (session) => {
    await session.unsafe('create domain pg_temp.regclass as text');
    await session.unsafe('create temp table pg_inherits as select 1 as inhrelid, 2 as inhparent');
    expect(await session.unsafe(`select audit_drop_before(now() - interval '3 years')::int as gone`)).toEqual(
      [{ gone: 0 }],
    );
    session.release();
  });
});
