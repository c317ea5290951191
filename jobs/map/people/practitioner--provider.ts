/**
 * Practitioner and PractitionerRole → provider.
 *
 * The name stays out (provider_name is NULL). The NPI goes to its own column and is no key (Themis).
 * provider_source_value is the resource's id, which is no business identifier (f2o-020).
 * A PractitionerRole is a provider of its own, with its specialty and organisation: events refer to either. When a run
 * closes they are brought to the Practitioner's row, too (derive/provider-roles.ts).
 */

import { type Concept, choose, concept, NO_CONCEPT } from '../read/coding.ts';
import { moment } from '../read/event-dates.ts';
import { object, objects, text } from '../read/fhir.ts';
import { careSite, identifiersOf, reference } from '../read/links.ts';
import { type Reading, read, result } from '../read/reading.ts';
import type { MapContext, Outcome, Relations, Resource, Row } from '../types.ts';
import { genderConcept } from './gender.ts';

const NPI_SYSTEMS = new Set(['http://hl7.org/fhir/sid/us-npi', 'urn:oid:2.16.840.1.113883.4.6']);

export function mapPractitioner(resource: Resource, context: MapContext): Outcome {
  const reading = read(resource, context);
  const gender = text(resource['gender']);
  const born = moment(reading, resource, 'birthDate', { optional: true });
  const npi = objects(resource['identifier']).find((one) => NPI_SYSTEMS.has(text(one['system']) ?? ''));
  const specialty = qualifiedAs(reading);
  const row: Row = {
    table: 'provider',
    values: {
      npi: text(npi?.['value']),
      specialty_concept_id: specialty.conceptId,
      year_of_birth: born && Number(born.date.slice(0, 4)),
      gender_concept_id: gender === undefined ? undefined : genderConcept(gender),
      provider_source_value: text(resource.id),
      specialty_source_value: specialty.sourceValue,
      specialty_source_concept_id: specialty.sourceConceptId,
      gender_source_value: gender,
      gender_source_concept_id: gender === undefined ? undefined : 0,
    },
  };
  return result(reading, [row], { relations: { identifiers: identifiersOf(reading) } });
}

/** A qualification is mostly a degree; it is a specialty when the vocabulary says so. */
function qualifiedAs(reading: Reading): Concept {
  for (const one of objects(reading.resource['qualification'])) {
    const found = choose(reading, one['code'], 'clinical');
    const target = found?.targets.find((it) => it.domain === 'Provider');
    if (found && target) return { ...found, conceptId: target.conceptId };
  }
  return NO_CONCEPT;
}

export function mapPractitionerRole(resource: Resource, context: MapContext): Outcome {
  const reading = read(resource, context);
  const named = objects(resource['specialty'])[0] ?? objects(resource['code'])[0];
  const specialty = concept(reading, named, 'specialty', { domain: 'Provider' });
  const row: Row = {
    table: 'provider',
    values: {
      specialty_concept_id: specialty.conceptId,
      care_site_id: careSite(reading, resource['organization']),
      provider_source_value: text(resource.id),
      specialty_source_value: specialty.sourceValue,
      specialty_source_concept_id: specialty.sourceConceptId,
    },
  };
  return result(reading, [row], {
    relations: { role: roleOf(reading), identifiers: identifiersOf(reading) },
  });
}

/** A role that is not active any more says nothing of the Practitioner. */
function roleOf(reading: Reading): Relations['role'] {
  const { resource } = reading;
  if (resource['active'] === false) return undefined;
  const practitioner = reference(reading, resource['practitioner'], ['Practitioner']);
  const end = text(object(resource['period'])?.['end']);
  return practitioner && { practitioner, until: end?.startsWith('9999') ? undefined : end?.slice(0, 30) };
}
