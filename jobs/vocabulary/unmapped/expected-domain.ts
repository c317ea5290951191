/**
 * The domains in which to look for the concept of an unmapped code: those of the element where a column
 * belongs to one, else those of the resource type. None means that any domain will do.
 */

/**
 * Elements whose domains do not depend on the resource. `required`: a concept of another domain is not used
 * there.
 */
const OF_ELEMENT: Readonly<Record<string, { domains: readonly string[]; required?: boolean }>> = {
  unit: { domains: ['Unit'], required: true },
  route: { domains: ['Route'], required: true },
  specialty: { domains: ['Provider'], required: true },
  payer: { domains: ['Payer'], required: true },
  collection: { domains: ['Spec Anatomic Site'], required: true },
  relationship: { domains: ['Relationship', 'Observation'] },
  reaction: { domains: ['Condition', 'Observation'] },
  severity: { domains: ['Meas Value', 'Observation'] },
  interpretation: { domains: ['Meas Value', 'Observation'] },
  value: { domains: ['Meas Value', 'Condition', 'Observation', 'Drug', 'Procedure'] },
};

const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['Observation', 'Condition'],
  Condition: ['Condition', 'Observation', 'Procedure', 'Measurement'],
  Device: ['Device'],
  DeviceUseStatement: ['Device'],
  Encounter: ['Visit'],
  FamilyMemberHistory: ['Observation', 'Condition'],
  Immunization: ['Drug'],
  Medication: ['Drug'],
  MedicationAdministration: ['Drug'],
  MedicationDispense: ['Drug'],
  MedicationRequest: ['Drug'],
  MedicationStatement: ['Drug'],
  Observation: ['Measurement', 'Observation'],
  Organization: ['Visit'],
  Location: ['Visit'],
  Practitioner: ['Provider'],
  PractitionerRole: ['Provider'],
  Procedure: ['Procedure', 'Measurement', 'Device', 'Drug', 'Observation'],
  Specimen: ['Specimen'],
};

/** The expected domains, the likeliest first. */
export function expectedDomains(resourceType: string, element: string): readonly string[] {
  return OF_ELEMENT[element]?.domains ?? OF_TYPE[resourceType] ?? [];
}

export function requiredDomain(element: string): string | undefined {
  const known = OF_ELEMENT[element];
  return known?.required ? known.domains[0] : undefined;
}
