/**
 * Every concept id that the code names, in mapping and SQL, with what it is written to or asked for; that is
 * what a release without it costs. A test compares the list with the mappers' and with the numbers in sql/.
 */
import { type CdmVersion, NAMES } from '../../sql/cdm-version.ts';
import {
  ALLERGY,
  CONDITION_STATUS,
  ETHNICITY,
  FIELD,
  type FixedConcept,
  GENDER,
  NOTE,
  OPERATOR,
  OTHER,
  RACE,
  RELATIONSHIP,
  ROUTE,
  TYPE,
  VALUE,
  VISIT,
} from '../map/cdm/concepts.ts';

export interface NamedConcept {
  readonly id: number;
  readonly name: string;
  /** Omitted where any domain will do. */
  readonly domain?: string;
  /** false: it is known not to be Standard and is written on purpose, so it need only exist. */
  readonly standard?: boolean;
  /** Columns that it is written to, or what is computed with it. */
  readonly uses: string;
  /** Asked for with this version of the CDM only. */
  readonly cdm?: CdmVersion;
}

const group = (uses: string, concepts: Readonly<Record<string, FixedConcept>>): NamedConcept[] =>
  Object.values(concepts).map((concept) => ({ ...concept, uses }));

const unit = (id: number, name: string, uses: string): NamedConcept => ({ id, name, domain: 'Unit', uses });
const vital = (id: number, name: string): NamedConcept => ({
  ...{ id, name, domain: 'Measurement', uses: 'quality check of vital signs' },
});
const NEGATIVE = 'quality check of negative values';

export const NAMED_CONCEPTS: readonly NamedConcept[] = [
  ...group('person.gender_concept_id', GENDER),
  ...group('person.race_concept_id, observation', RACE),
  ...group('person.ethnicity_concept_id', ETHNICITY),
  ...group('visit_*_concept_id, admitted_from, discharged_to, place_of_service', VISIT),
  ...group('*_type_concept_id', TYPE),
  ...group('condition_status_concept_id', CONDITION_STATUS),
  ...group('measurement.operator_concept_id', OPERATOR),
  ...group('value_as_concept_id', VALUE),
  ...group('drug_exposure.route_concept_id', ROUTE),
  ...group('observation_concept_id of allergies', ALLERGY),
  ...group('note.encoding_concept_id, language_concept_id', NOTE),
  ...group('*_event_field_concept_id', FIELD),
  ...group('fact_relationship.relationship_concept_id', RELATIONSHIP),
  ...group('family history, country, currency', OTHER),
  {
    ...{ id: 32882, name: 'Standard algorithm from EHR', domain: 'Type Concept' },
    uses: 'period_type_concept_id of observation_period',
  },
  {
    ...{
      id: NAMES['5.4'].conceptId,
      name: 'OMOP CDM Version 5.4.0',
      uses: 'cdm_source.cdm_version_concept_id',
    },
    cdm: '5.4',
  },
  {
    ...{
      id: NAMES['5.5'].conceptId,
      name: 'OMOP CDM Version 5.5.0',
      uses: 'cdm_source.cdm_version_concept_id',
    },
    cdm: '5.5',
  },
  unit(8505, 'hour', 'dose_era of drugs dosed by the hour'),
  vital(3025315, 'Body weight'),
  vital(3036277, 'Body height'),
  vital(3004249, 'Systolic blood pressure'),
  vital(3012888, 'Diastolic blood pressure'),
  vital(3027018, 'Heart rate'),
  vital(3024171, 'Respiratory rate'),
  vital(3020891, 'Body temperature'),
  vital(3038553, 'Body mass index'),
  unit(586323, 'degree Celsius', 'quality check of vital signs'),
  unit(9529, 'kilogram', NEGATIVE),
  unit(8582, 'centimeter', NEGATIVE),
  unit(8876, 'millimeter mercury column', NEGATIVE),
  unit(8541, 'per minute', NEGATIVE),
  unit(8483, 'counts per minute', NEGATIVE),
  unit(8840, 'milligram per deciliter', NEGATIVE),
  unit(8713, 'gram per deciliter', NEGATIVE),
  unit(8636, 'gram per liter', NEGATIVE),
  unit(8848, 'thousand per microliter', NEGATIVE),
  unit(8815, 'million per microliter', NEGATIVE),
  unit(8647, 'per microliter', NEGATIVE),
  unit(8645, 'unit per liter', NEGATIVE),
  unit(9531, 'kilogram per square meter', NEGATIVE),
];
