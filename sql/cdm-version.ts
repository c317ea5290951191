/**
 * Which version of the OMOP CDM the tables are of, and what 5.5 has that 5.4 has not: seven columns and three tables of
 * the vocabulary, all optional; nothing was removed. The version stands in the database (`cdm_version`), since whoever
 * writes must know it in the transaction in which it writes.
 */
import type { Sql, Tx } from './connect.ts';

export const CDM_VERSIONS = ['5.4', '5.5'] as const;
export type CdmVersion = (typeof CDM_VERSIONS)[number];

/** Of a new database. OHDSI's Data Quality Dashboard refuses 5.5 as yet; with 5.4 all of OHDSI's tools work. */
export const DEFAULT_CDM_VERSION: CdmVersion = '5.4';

/** Columns that 5.5 added, by table. */
export const ADDED_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  measurement: ['value_as_source_concept_id'],
  observation: ['value_as_date', 'unit_source_concept_id', 'value_as_source_concept_id'],
  specimen: ['visit_occurrence_id', 'visit_detail_id'],
  cdm_source: ['cdm_release_identifier'],
};

/** Tables that 5.5 added, all of them of the vocabulary. */
export const ADDED_TABLES = ['pack_content', 'concept_metadata', 'concept_relationship_metadata'] as const;

/** cdm_source.cdm_version, and the concept beside it. */
export const NAMES: Readonly<Record<CdmVersion, { readonly name: string; readonly conceptId: number }>> = {
  '5.4': { name: 'v5.4', conceptId: 756265 },
  '5.5': { name: 'v5.5', conceptId: 902984 },
};

export const isCdmVersion = (text: string): text is CdmVersion =>
  CDM_VERSIONS.some((version) => version === text);

/** Advisory lock: one load of the vocabulary at a time, in any process, and no move of the CDM meanwhile. */
export const VOCABULARY_LOCK = 7_204_513_378;

export interface CdmState {
  readonly version: CdmVersion;
  /** How often it has changed: what was mapped for a version is not there any more once that was left. */
  readonly moves: number;
}

/** Reading it in a transaction keeps the version in place until the transaction ends (move-cdm.ts). */
export async function readCdmVersion(sql: Sql | Tx): Promise<CdmState> {
  const [row] = await sql<CdmState[]>`select version, moves from cdm_version`;
  return row ?? { version: DEFAULT_CDM_VERSION, moves: 0 };
}

/** The concept of the version, or 0 where the loaded vocabulary is older than the version. */
export async function versionConcept(sql: Sql | Tx, version: CdmVersion): Promise<number> {
  const { conceptId } = NAMES[version];
  // What a 5.4 database says of itself does not depend on its vocabulary.
  if (version === '5.4') return conceptId;
  const [row] = await sql`select 1 from concept where concept_id = ${conceptId}`;
  return row ? conceptId : 0;
}
