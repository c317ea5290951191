/**
 * Observation.focus: what the observation is about when that is not the patient of record (FHIR R4): a spouse, a donor, a
 * foetus, a device. Then it is no measurement of the patient. A focus that is a record of the patient (the condition
 * that a stage is of, the procedure that a score is of) leaves it theirs.
 */

import { extension, type Json, object, objects, text } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import { contained, type Pointer, readReference } from '../read/references.ts';

/** What can be said of these is said of the patient whose record it is. */
const OF_THE_PATIENT = new Set([
  ...['AllergyIntolerance', 'BodyStructure', 'Condition', 'FamilyMemberHistory', 'Observation'],
  ...['DiagnosticReport', 'DocumentReference', 'ImagingStudy', 'Media', 'Specimen', 'ServiceRequest'],
  ...['Procedure', 'CarePlan', 'Goal', 'NutritionOrder', 'Encounter', 'EpisodeOfCare', 'Immunization'],
  ...['MedicationRequest', 'MedicationStatement', 'MedicationAdministration', 'MedicationDispense'],
]);

const CODED = 'http://hl7.org/fhir/StructureDefinition/observation-focusCode';

export function isAboutAnother(reading: Reading): boolean {
  const { resource } = reading;
  if (extension(resource, CODED)) return true;
  return objects(resource['focus']).some((one) => !isOfPatient(reading, one));
}

function isOfPatient(reading: Reading, focus: Json): boolean {
  const { resource, context } = reading;
  const pointer = readReference(focus, context.settings);
  const type = typeOf(resource, pointer) ?? text(focus['type']);
  if (type === undefined || type !== 'Patient') return OF_THE_PATIENT.has(type ?? '');
  const subject = readReference(object(resource['subject']), context.settings);
  return idOf(pointer) !== undefined && idOf(pointer) === idOf(subject);
}

function typeOf(resource: Json, pointer: Pointer | undefined): string | undefined {
  if (pointer?.kind === 'contained') return text(contained(resource, pointer.id)?.['resourceType']);
  return pointer?.kind === 'typed' || pointer?.kind === 'identified' ? pointer.type : undefined;
}

function idOf(pointer: Pointer | undefined): string | undefined {
  return pointer?.kind === 'typed' || pointer?.kind === 'uuid' ? pointer.id : undefined;
}
