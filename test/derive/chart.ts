/** Hand-made rows of the CDM for the tests of what is derived from them: what a row must have, the rest as given. */
import type { Sql, Tx } from '../../sql/connect.ts';

type Values = Readonly<Record<string, string | number | Date | null>>;

const REQUIRED: Readonly<Record<string, Values>> = {
  person: { gender_concept_id: 8507, year_of_birth: 1960, race_concept_id: 0, ethnicity_concept_id: 0 },
  visit_occurrence: { visit_concept_id: 9202, visit_type_concept_id: 32827 },
  visit_detail: { visit_detail_concept_id: 9202, visit_detail_type_concept_id: 32827 },
  condition_occurrence: { condition_concept_id: 201826, condition_type_concept_id: 32817 },
  drug_exposure: { drug_concept_id: 19019073, drug_type_concept_id: 32838 },
  procedure_occurrence: { procedure_concept_id: 4000001, procedure_type_concept_id: 32817 },
  device_exposure: { device_concept_id: 4000002, device_type_concept_id: 32817 },
  measurement: { measurement_concept_id: 3004249, measurement_type_concept_id: 32817 },
  observation: { observation_concept_id: 4013886, observation_type_concept_id: 32817 },
  note: {
    ...{ note_type_concept_id: 32831, note_class_concept_id: 0, note_text: 'text' },
    ...{ encoding_concept_id: 32678, language_concept_id: 4180186 },
  },
  specimen: { specimen_concept_id: 4000003, specimen_type_concept_id: 32856 },
  death: { death_type_concept_id: 32817 },
  location: {},
  care_site: {},
  provider: {},
  payer_plan_period: {
    ...{ payer_plan_period_start_date: '2024-01-01', payer_plan_period_end_date: '2024-12-31' },
  },
  cost: { cost_domain_id: 'Visit', cost_type_concept_id: 32817 },
  concept: {
    ...{
      domain_id: 'Condition',
      vocabulary_id: 'SNOMED',
      concept_class_id: 'Disorder',
      standard_concept: 'S',
    },
    ...{ valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' },
  },
  drug_strength: { valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' },
  concept_ancestor: { min_levels_of_separation: 1, max_levels_of_separation: 1 },
};

let lastId = 0;

/** Inserts rows; an event without an id is given one. */
export async function insert(sql: Sql | Tx, table: string, ...rows: Values[]): Promise<void> {
  const idColumn = `${table}_id`;
  const withIds = !['death', 'concept', 'drug_strength', 'concept_ancestor', 'person'].includes(table);
  for (const row of rows) {
    const values = { ...(withIds ? { [idColumn]: ++lastId } : {}), ...REQUIRED[table], ...row };
    await sql`insert into ${sql(table)} ${sql(values)}`;
  }
}

export interface Site {
  readonly connectionId: number;
  readonly runId: number;
}

/** A connection with one run. */
export async function newSite(sql: Sql | Tx, key: string): Promise<Site> {
  const [connection] = await sql<{ connection_id: number }[]>`
    insert into connection (site_key, site_name) values (${key}, ${key}) returning connection_id`;
  const connectionId = connection?.connection_id ?? 0;
  // Keys of resources are far from the ids of hand-made rows, and long enough that a factor by which one comes of the
  // other cannot be off by one unseen.
  await sql`
    select setval(pg_get_serial_sequence('resource', 'resource_key'),
      greatest(1000000, (select max(resource_key) from resource)))`;
  const [run] = await sql<{ run_id: number }[]>`
    insert into run (connection_id, mode, status, triggered_by)
    values (${connectionId}, 'full', 'processing', 'test') returning run_id`;
  return { connectionId, runId: run?.run_id ?? 0 };
}

/** A person of a site: its Patient resource and its row. Gives the person_id. */
export async function newPerson(sql: Sql | Tx, site: Site, values: Values = {}): Promise<number> {
  const key = await newResource(sql, site, 'Patient');
  await insert(sql, 'person', { person_id: key, ...values });
  return key;
}

export async function newResource(
  sql: Sql | Tx,
  site: Site,
  type: string,
  { id = `id-${++lastId}`, ...values }: Values & { readonly id?: string } = {},
): Promise<number> {
  const [key = 0] = await newResources(sql, site, type, [{ fhir_id: id, ...values }]);
  return key;
}

/** Of one type, all with the same columns. Gives their keys. */
export async function newResources(
  sql: Sql | Tx,
  site: Site,
  type: string,
  resources: readonly (Values & { readonly fhir_id: string })[],
): Promise<number[]> {
  const rows = resources.map((values) => ({
    ...{ connection_id: site.connectionId, resource_type: type, content_hash: Buffer.alloc(0) },
    ...{ mapping_version_id: 1, outcome: 'loaded', position: 0, chunk_id: 0, chunk_line: 0 },
    ...{ first_run: site.runId, last_run: site.runId, ...values },
  }));
  const made = await sql<{ resource_key: number }[]>`
    insert into resource ${sql(rows)} returning resource_key`;
  return made.map((one) => one.resource_key);
}

/** A chunk of one line. Gives its chunk_id. */
export async function newChunk(sql: Sql | Tx, runId: number, values: Values = {}): Promise<number> {
  const row = {
    ...{ run_id: runId, seq: 0, phase: 0, byte_start: 0, byte_end: 1, first_line: 0, lines: 1 },
    ...{ sha256: Buffer.alloc(0), ...values },
  };
  const [made] = await sql<{ chunk_id: number }[]>`insert into chunk ${sql(row)} returning chunk_id`;
  return made?.chunk_id ?? 0;
}

export async function touch(sql: Sql | Tx, site: Site, ...persons: number[]): Promise<void> {
  await sql`insert into touched_persons (run_id, person_ids) values (${site.runId}, ${persons}::bigint[])`;
}
