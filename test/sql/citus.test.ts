import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../jobs/step/clock.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { distributeInTx } from '../../sql/distribute.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { VOCABULARY_TABLES } from '../../sql/vocabulary-tables.ts';
import { newDatabase } from '../database.ts';
import { writeVocabulary } from '../ehr/vocabulary.ts';

const database = await newDatabase();
const { sql } = database;
const distribute = () => sql.begin((tx) => distributeInTx(tx));
/** Distribution column by table; null for reference tables. */
const distributed = async () => {
  const rows = await sql<{ name: string; by: string | null }[]>`
    select relname as name, by from pg_dist_partition join pg_class c on c.oid = logicalrelid::oid`;
  return new Map(rows.map(({ name, by }) => [name, by]));
};

beforeAll(async () => {
  // In place of Citus, which is not here: the same signatures, and what it refuses by its documentation.
  await sql.unsafe(`
    create table pg_dist_partition (logicalrelid regclass, by text);
    create function refuse(t regclass) returns void language plpgsql as $$
    begin
      if to_regclass(t::text) is null then raise 'no such table'; end if;
      if exists (select from pg_dist_partition where logicalrelid = t) then raise '% is distributed already', t; end if;
      if exists (select from pg_constraint where contype = 'f' and (conrelid = t or confrelid = t)) then
        raise 'foreign keys of % to or from plain tables', t;
      end if;
      if exists (select from pg_trigger where tgrelid = t) then raise 'triggers on %', t; end if;
    end $$;
    create function create_reference_table(t regclass) returns void language plpgsql as $$
    begin
      perform refuse(t);
      insert into pg_dist_partition values (t, null);
    end $$;
    create function create_distributed_table(t regclass, by text, colocate_with text default 'default') returns void
    language plpgsql as $$
    begin
      perform refuse(t);
      if exists (
        select from pg_index i where i.indrelid = t and i.indisunique and not exists (
          select from pg_attribute a where a.attrelid = t and a.attname = by and a.attnum = any(i.indkey)
        )
      ) then
        raise 'cannot create constraint on % without its distribution column', t;
      end if;
      if colocate_with <> 'default'
        and not exists (select from pg_dist_partition where logicalrelid = colocate_with::regclass) then
        raise '% is not distributed, so nothing can lie beside it', colocate_with;
      end if;
      insert into pg_dist_partition values (t, by);
    end $$;`);
});
afterAll(() => database.drop());

describe('the statements for Citus', () => {
  it('refuse a CDM with foreign keys, and say so', async () => {
    await sql`alter table measurement add constraint fk foreign key (person_id) references person`;
    await expect(distribute()).rejects.toThrow('have foreign keys');
    await sql`alter table measurement drop constraint fk`;
    expect((await distributed()).size).toBe(0);
  });

  it('distribute all tables of the CDM that name a person, by person', async () => {
    await distribute();
    const by = await distributed();
    const named = await sql<{ name: string }[]>`
      select relname as name from pg_class c
      where relnamespace = 'cdm'::regnamespace and relkind = 'r'
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'person_id')`;
    expect(named.length).toBeGreaterThan(10);
    for (const { name } of named) expect([name, by.get(name)]).toEqual([name, 'person_id']);
    expect([by.get('concept'), by.get('cost')]).toEqual([null, undefined]);
  });

  it('are run by the load of a vocabulary, which makes its new tables reference tables, and leave the others', async () => {
    const before = await distributed();
    const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-citus-'));
    await writeVocabulary(folder);
    await loadVocabulary({ sql, source: folder, clock: systemClock, log: pino({ level: 'silent' }) });
    await rm(folder, { recursive: true });
    expect(await distributed()).toEqual(before);
    await distribute();
    expect(await distributed()).toEqual(before);
  });

  it('make reference tables of all of the vocabulary, and of what CDM 5.5 adds to it', async () => {
    const onEveryNode = async () =>
      [...(await distributed())].filter(([, by]) => by === null).map(([name]) => name);
    await moveCdm(sql, database.schemas, '5.5');
    await distribute();
    expect((await onEveryNode()).sort()).toEqual([...VOCABULARY_TABLES].sort());
  });
});
