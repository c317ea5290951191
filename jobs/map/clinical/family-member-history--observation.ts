/**
 * FamilyMemberHistory → observation: "Family history of clinical finding" with the finding as value and the relationship
 * as qualifier, one for each condition. Never a condition of the patient.
 */

import { OTHER, TYPE } from '../cdm/concepts.ts';
import { orMidnight } from '../cdm/dates.ts';
import { concept } from '../read/coding.ts';
import { moment } from '../read/event-dates.ts';
import { isModified, objects } from '../read/fhir.ts';
import { patient } from '../read/links.ts';
import { excluded, read, result } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';

const TOLD = new Set(['completed', 'partial']);

export function mapFamilyMemberHistory(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, TOLD);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'patient');
  const date = moment(reading, resource, 'date');
  if (reading.refusal) return reading.refusal;
  if (!date) return excluded('no-date');
  const relationship = concept(reading, resource['relationship'], 'relationship');
  const rows = objects(resource['condition']).flatMap((one): readonly Row[] => {
    if (isModified(one)) {
      reading.omitted.add('component-modifier-extension');
      return [];
    }
    const finding = concept(reading, one['code'], 'code');
    if (finding.sourceValue === undefined) return [];
    return [
      {
        table: 'observation',
        values: {
          person_id: { ref: person },
          observation_concept_id: OTHER.familyHistory.id,
          observation_date: date.date,
          observation_datetime: orMidnight(date),
          observation_type_concept_id: TYPE.ehr.id,
          value_as_concept_id: finding.conceptId,
          qualifier_concept_id: relationship.conceptId,
          observation_source_value: finding.sourceValue,
          observation_source_concept_id: finding.sourceConceptId,
          qualifier_source_value: relationship.sourceValue,
          value_source_value: finding.sourceValue,
          value_as_source_concept_id: finding.sourceConceptId,
        },
      },
    ];
  });
  return rows.length > 0 ? result(reading, rows, { person }) : excluded('no-code');
}
