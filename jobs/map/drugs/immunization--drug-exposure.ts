/**
 * Immunization → drug_exposure (by domain); it ends when it starts.
 *
 * Type concept: administered (32818), or where the report comes from (reportOrigin): recall → patient self-report,
 * record and school → government report; not from the one who gave it and of unknown origin → EHR.
 *
 * Departures from the guide: vaccinations that were reported (primarySource false) are drug exposures with that type
 * concept, as the concept's domain says, not observations. Without a date nothing can be written.
 */

import { TYPE } from '../cdm/concepts.ts';
import { mainCode } from '../read/coding.ts';
import { datedBy, moment } from '../read/event-dates.ts';
import { flag, object, objects, text } from '../read/fhir.ts';
import { codeSet, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { encounter, performer } from '../read/links.ts';
import { unrealized } from '../read/status.ts';
import { printedUnit } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { routeOf } from './dosage.ts';
import { mapDrug } from './drug.ts';

const ORIGINS = codeSet({
  systems: SYSTEM.immunizationOrigin,
  codes: {
    provider: TYPE.administration.id,
    recall: TYPE.selfReport.id,
    record: TYPE.government.id,
    school: TYPE.government.id,
  },
  bare: true,
});

const GIVEN = new Set(['completed']);

export function mapImmunization(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, GIVEN);
  if (refusal) return refusal;
  return mapDrug(
    resource,
    context,
    (reading) => {
      const start = datedBy(reading, moment(reading, resource, 'occurrenceDateTime'), resource['encounter']);
      if (!start) return undefined;
      const dose = object(resource['doseQuantity']);
      return {
        visit: encounter(reading, resource['encounter']),
        provider: performer(reading, objects(resource['performer']), 'actor'),
        start,
        typeConceptId: typeOf(resource),
        amount: dose,
        drug: {
          endDate: start.date,
          endDatetime: start.datetime,
          lotNumber: text(resource['lotNumber']),
          route: routeOf(reading, resource['route']),
          doseUnit: printedUnit(dose),
        },
      };
    },
    (reading) => {
      const code = mainCode(reading, resource['vaccineCode'], 'vaccine');
      return code && { codes: [code] };
    },
  );
}

function typeOf(resource: Resource): number {
  const origin = valueIn(ORIGINS, resource['reportOrigin']);
  return origin ?? (flag(resource['primarySource']) === false ? TYPE.ehr.id : TYPE.administration.id);
}
