/**
 * Gender identity → observation: LOINC 76691-5 with the answer as value. It is no sex, and no person column holds it. The
 * extension of US Core, that of R4's core and that of HL7's gender harmony guide say the same.
 *
 * The concept is what the loaded vocabulary says of the LOINC code; without it the row stays, with concept 0.
 */

import { TYPE } from '../cdm/concepts.ts';
import type { Moment } from '../cdm/dates.ts';
import { project } from '../cdm/project.ts';
import { concept, mainCode } from '../read/coding.ts';
import { extension, type Json, objects } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import type { Row } from '../types.ts';

const URLS = [
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-genderIdentity',
  'http://hl7.org/fhir/StructureDefinition/patient-genderIdentity',
  'http://hl7.org/fhir/StructureDefinition/individual-genderIdentity',
];
const GENDER_IDENTITY = { coding: [{ system: 'http://loinc.org', code: '76691-5' }] };

export function genderIdentities(reading: Reading, born: Moment): readonly Row[] {
  const sent = objects(reading.resource['extension']).filter((one) => URLS.some((url) => url === one['url']));
  return sent.flatMap((one) => {
    const value = concept(reading, answerOf(one), 'value');
    const code = value.sourceValue === undefined ? undefined : mainCode(reading, GENDER_IDENTITY, 'clinical');
    if (!code) return [];
    return project({
      person: { own: 'key' },
      start: born,
      typeConceptId: TYPE.ehr.id,
      code,
      fallback: 'observation',
      // A Patient's rows stay where its date is set when the run closes.
      always: 'observation',
      value,
    });
  });
}

function answerOf(sent: Json): unknown {
  return sent['valueCodeableConcept'] ?? extension(sent, 'value')?.['valueCodeableConcept'];
}
