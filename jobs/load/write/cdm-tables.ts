/**
 * The CDM tables that resources are loaded into: how their ids are made, in which order they are
 * written, and which table's rows an id column points at. The bits are those of the table cdm_table.
 */

import type { Link } from '../../map/cdm/link.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import type { TableName, Tables } from '../../map/cdm/rows.ts';

export interface CdmTable {
  readonly bit: number;
  readonly idColumn: string;
  /** 'key': the id is the resource_key itself; 'range': resource_key * 1000 + n. */
  readonly id: 'key' | 'range';
}

export const CDM_TABLES: Readonly<Record<TableName, CdmTable>> = {
  person: { bit: 0, idColumn: 'person_id', id: 'key' },
  death: { bit: 1, idColumn: 'person_id', id: 'key' },
  visit_occurrence: { bit: 2, idColumn: 'visit_occurrence_id', id: 'key' },
  visit_detail: { bit: 3, idColumn: 'visit_detail_id', id: 'range' },
  condition_occurrence: { bit: 4, idColumn: 'condition_occurrence_id', id: 'range' },
  drug_exposure: { bit: 5, idColumn: 'drug_exposure_id', id: 'range' },
  procedure_occurrence: { bit: 6, idColumn: 'procedure_occurrence_id', id: 'range' },
  device_exposure: { bit: 7, idColumn: 'device_exposure_id', id: 'range' },
  measurement: { bit: 8, idColumn: 'measurement_id', id: 'range' },
  observation: { bit: 9, idColumn: 'observation_id', id: 'range' },
  note: { bit: 10, idColumn: 'note_id', id: 'range' },
  specimen: { bit: 11, idColumn: 'specimen_id', id: 'range' },
  location: { bit: 12, idColumn: 'location_id', id: 'key' },
  care_site: { bit: 13, idColumn: 'care_site_id', id: 'key' },
  provider: { bit: 14, idColumn: 'provider_id', id: 'key' },
  payer_plan_period: { bit: 15, idColumn: 'payer_plan_period_id', id: 'range' },
  cost: { bit: 16, idColumn: 'cost_id', id: 'range' },
};

/** The order of writing, which satisfies foreign keys even where they are not deferred. */
export const LOAD_ORDER: readonly TableName[] = [
  'location',
  'care_site',
  'provider',
  'person',
  'death',
  'visit_occurrence',
  'visit_detail',
  'payer_plan_period',
  'condition_occurrence',
  'drug_exposure',
  'procedure_occurrence',
  'device_exposure',
  'measurement',
  'observation',
  'note',
  'specimen',
  'cost',
];

/** Id columns that point at the row of another resource: column → the table that the row must be in. */
export const POINTS_AT: Readonly<Record<string, TableName>> = {
  person_id: 'person',
  visit_occurrence_id: 'visit_occurrence',
  provider_id: 'provider',
  care_site_id: 'care_site',
  location_id: 'location',
  // A cost is always that of a visit (cost_domain_id).
  cost_event_id: 'visit_occurrence',
  payer_plan_period_id: 'payer_plan_period',
};

type LinkColumn<Values> = {
  [Column in keyof Values]-?: Link extends Values[Column] ? Column : never;
}[keyof Values];

const EVENT = {
  person_id: true,
  provider_id: true,
  visit_occurrence_id: true,
  visit_detail_id: true,
} as const;
/** Every column that may hold a link (map/cdm/link.ts), by table. */
export const LINK_COLUMNS: {
  readonly [T in TableName]: { readonly [Column in LinkColumn<Tables[T]>]: true };
} = {
  person: { provider_id: true, care_site_id: true, location_id: true },
  death: {},
  visit_occurrence: {
    ...{ person_id: true, provider_id: true, care_site_id: true, preceding_visit_occurrence_id: true },
  },
  visit_detail: {
    ...{ person_id: true, provider_id: true, care_site_id: true, visit_occurrence_id: true },
    ...{ preceding_visit_detail_id: true, parent_visit_detail_id: true },
  },
  condition_occurrence: EVENT,
  drug_exposure: EVENT,
  procedure_occurrence: EVENT,
  device_exposure: EVENT,
  measurement: { ...EVENT, measurement_event_id: true },
  observation: { ...EVENT, observation_event_id: true },
  note: { ...EVENT, note_event_id: true },
  specimen: { person_id: true, visit_occurrence_id: true, visit_detail_id: true },
  location: {},
  care_site: { location_id: true },
  provider: { care_site_id: true },
  payer_plan_period: { person_id: true },
  cost: { cost_event_id: true, payer_plan_period_id: true },
};
/** Tables whose rows have a link to a person, which is another resource. */
export const OF_A_PERSON: readonly TableName[] = LOAD_ORDER.filter(
  (table) => 'person_id' in LINK_COLUMNS[table],
);

/** Whether rows of this table have a person_id, those of the person itself included. */
export const hasPerson = (table: TableName): boolean =>
  table === 'person' || table === 'death' || OF_A_PERSON.includes(table);

/** Links to other resources, besides the person, that a row cannot be without (NOT NULL in the CDM). */
export const REQUIRED_LINKS: { readonly [T in TableName]?: readonly string[] } = {
  visit_detail: ['visit_occurrence_id'],
  cost: ['cost_event_id'],
};

/** A row that others point at is the first of its resource: its id is the resource_key times this. */
export const idFactor = (table: TableName): number => (CDM_TABLES[table].id === 'key' ? 1 : IDS_PER_RESOURCE);

export const bitOf = (table: TableName): number => 1 << CDM_TABLES[table].bit;

export const isTable = (name: string): name is TableName => Object.hasOwn(CDM_TABLES, name);
