/**
 * Organization and Location → care_site, each with a location row for its address (which identifies no patient, so
 * it is kept whole whatever the setting). care_site_source_value is the resource's id.
 *
 * place_of_service would be the dominant kind of visit (Themis), which one resource does not know: it is only set from
 * a Location's type.
 */

import { VISIT } from '../cdm/concepts.ts';
import type { Location } from '../cdm/rows.ts';
import { type Concept, concept, NO_CONCEPT } from '../read/coding.ts';
import { object, objects, text } from '../read/fhir.ts';
import { codeSet } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { identifiersOf } from '../read/links.ts';
import { type Reading, read, result } from '../read/reading.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';
import { homeOf, location, position } from './address.ts';

/** v3-ServiceDeliveryLocationRoleType, as far as a Standard place of service says the same. */
const PLACES = codeSet({
  systems: SYSTEM.roleCode,
  codes: {
    HOSP: VISIT.inpatientHospital.id,
    ER: VISIT.emergencyRoom.id,
    OF: VISIT.outpatientHospital.id,
    SNF: VISIT.skilledNursing.id,
    RH: VISIT.rehabilitation.id,
    PTRES: VISIT.home.id,
  },
  bare: true,
});

export function mapOrganization(resource: Resource, context: MapContext): Outcome {
  const reading = read(resource, context);
  return careSite(reading, location(homeOf(resource['address']), 'full'), NO_CONCEPT);
}

export function mapLocation(resource: Resource, context: MapContext): Outcome {
  if (resource['status'] === 'entered-in-error') return { kind: 'excluded', rule: 'entered-in-error' };
  const reading = read(resource, context);
  const at = location(object(resource['address']), 'full');
  const { latitude, longitude } = position(resource);
  const placed = latitude === undefined && longitude === undefined ? at : { ...at, latitude, longitude };
  const kind = concept(reading, objects(resource['type'])[0], 'place-of-service', {
    domain: 'Visit',
    fixed: PLACES,
  });
  return careSite(reading, placed, kind);
}

function careSite(reading: Reading, at: Location | undefined, kind: Concept): Outcome {
  const site: Row = {
    table: 'care_site',
    values: {
      care_site_name: text(reading.resource['name']),
      place_of_service_concept_id: kind.conceptId,
      location_id: at && { own: 'key' },
      care_site_source_value: text(reading.resource.id),
      place_of_service_source_value: kind.sourceValue,
    },
  };
  const rows: Row[] = at ? [site, { table: 'location', values: at }] : [site];
  return result(reading, rows, { relations: { identifiers: identifiersOf(reading) } });
}
