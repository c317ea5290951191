/**
 * The CDM of a Citus cluster, gathered on the coordinator for as long as a refresh of the copy for researchers takes: what
 * the copy asks of each person's rows (as-of.ts) is not planned over several nodes. It takes as much room there as the CDM.
 */
import type { Schemas, Tx } from '../../sql/connect.ts';
import { TABLES_BY_PERSON } from '../../sql/distribute.ts';
import { quoted } from '../../sql/quoted.ts';
import { researchStore } from '../../sql/roles.ts';
import { VOCABULARY_TABLES } from '../../sql/vocabulary-tables.ts';
import type { Columns } from './as-of.ts';

/** Of what is gathered, under the name of the CDM's schema; nobody else sees it, since it goes in the same transaction. */
export async function gatherInTx(
  tx: Tx,
  schemas: Schemas,
  there: ReadonlyMap<string, Columns>,
): Promise<{ readonly schemas: Schemas; drop(): Promise<void> }> {
  const schema = `${schemas.cdm}_deid_gathered`;
  await tx.unsafe(`create schema ${quoted(schema)}`);
  for (const table of there.keys()) {
    if (isOf(VOCABULARY_TABLES, table)) continue;
    const [to, from] = [schema, schemas.cdm].map((one) => `${quoted(one)}.${quoted(table)}`);
    if (isOf(TABLES_BY_PERSON, table)) {
      await tx.unsafe(`create unlogged table ${to} as select * from ${from}`);
      // The key lets a statement group by it and name the other columns, as on one Postgres.
      await tx.unsafe(
        table === 'person'
          ? `alter table ${to} add primary key (person_id)`
          : `create index on ${to} (person_id)`,
      );
      await tx.unsafe(`analyze ${to}`);
    } else await tx.unsafe(`create view ${to} as select * from ${from}`);
  }
  const store = researchStore(schemas);
  await readFromInTx(tx, store, schema, schemas.cdm, schemas.sync);
  return {
    schemas: { ...schemas, cdm: schema },
    async drop() {
      await tx.unsafe(`drop schema ${quoted(schema)} cascade`);
      await readFromInTx(tx, store, schemas.cdm, schemas.sync);
    },
  };
}

/** Where names without a schema are looked for, in this order. */
export async function readFromInTx(tx: Tx, ...schemas: readonly string[]): Promise<void> {
  await tx.unsafe(`set local search_path to ${schemas.map(quoted).join(', ')}, pg_catalog`);
}

const isOf = (tables: readonly string[], table: string): boolean => tables.includes(table);
