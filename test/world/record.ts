/**
 * The smallest resources that are loaded, for scenarios about a handful of them. Given fields replace the
 * usual ones.
 */
import type { Resource } from '../../jobs/map/types.ts';
import { codeable, coding, quantity } from '../ehr/codes.ts';

type Fields = Readonly<Record<string, unknown>>;

export const to = (type: string, id: string) => ({ reference: `${type}/${id}` });

export function patient(id: string, fields: Fields = {}): Resource {
  return { resourceType: 'Patient', id, gender: 'female', birthDate: '1970-03-04', ...fields };
}

export function practitioner(id: string, fields: Fields = {}): Resource {
  return { resourceType: 'Practitioner', id, active: true, ...fields };
}

export function encounter(id: string, patientId: string, fields: Fields = {}): Resource {
  return {
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: to('Patient', patientId),
    period: { start: '2026-03-01T10:00:00Z', end: '2026-03-01T10:30:00Z' },
    ...fields,
  };
}

/** A heart rate. */
export function observation(id: string, patientId: string, fields: Fields = {}): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: codeable(coding('LOINC', '8867-4')),
    subject: to('Patient', patientId),
    effectiveDateTime: '2026-03-01T10:05:00Z',
    valueQuantity: quantity(72, '/min'),
    ...fields,
  };
}

export function condition(id: string, patientId: string, fields: Fields = {}): Resource {
  return {
    resourceType: 'Condition',
    id,
    clinicalStatus: { coding: [{ code: 'active' }] },
    verificationStatus: { coding: [{ code: 'confirmed' }] },
    code: codeable(coding('SNOMED', '44054006')),
    subject: to('Patient', patientId),
    onsetDateTime: '2026-03-01',
    ...fields,
  };
}

export function medication(id: string, code = '314076'): Resource {
  return { resourceType: 'Medication', id, status: 'active', code: codeable(coding('RxNorm', code)) };
}

export function prescription(
  id: string,
  patientId: string,
  medicationId: string,
  fields: Fields = {},
): Resource {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationReference: to('Medication', medicationId),
    subject: to('Patient', patientId),
    authoredOn: '2026-03-01',
    ...fields,
  };
}
