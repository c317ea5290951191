/** Whose a resource is, whatever becomes of it: of a Patient itself, else of the Patients that its subject elements name. */

import type { MappingSettings } from '../settings.ts';
import type { Resource } from '../types.ts';
import { readReference } from './references.ts';

/** Where FHIR R4 resources name the patient that they are about (Patient compartment); of a Binary the last. */
const SUBJECT = ['subject', 'patient', 'beneficiary', 'for', 'individual', 'securityContext'];

export function patientsOf(resource: Resource, settings: MappingSettings): readonly string[] {
  if (resource.resourceType === 'Patient') return typeof resource['id'] === 'string' ? [resource['id']] : [];
  return SUBJECT.flatMap((name) => {
    const value: unknown = resource[name];
    return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
      const pointer = readReference(one, settings);
      if (pointer?.kind === 'uuid') return [pointer.id];
      return pointer?.kind === 'typed' && pointer.type === 'Patient' ? [pointer.id] : [];
    });
  });
}
